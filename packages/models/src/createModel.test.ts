import { createModel, modelNames } from './createModel.js';

const sounds = ['envnet', 'envnetV2', 'm3', 'm5', 'm11', 'm18', 'm34Res'];
/** Narrow where a network is wide, so that all of them are built in no time. */
const narrow = { baseWidth: 4, depth: 40, growth: 4, stem: 'imagenet' } as const;
/** The shortest sounds and smallest images that they take. */
const least: Record<string, number> = { envnet: 5294, envnetV2: 23_642, m3: 64 };

test('createModel knows every network by the name of its function', () => {
  expect(modelNames).toEqual([
    ...['convnet', 'resnet18', 'resnet29', 'resnet32', 'resnext29', 'resnext101', 'densenetBC'],
    ...['shakeShake', 'shakeShake29', 'shakeShakeShort'],
    ...sounds,
  ]);
});

test.each(modelNames)('createModel builds %s', (name) => {
  const inputShape = sounds.includes(name) ? [least[name] ?? 1024] : [32, 32, 3];
  const depth = name.startsWith('shakeShake') ? 8 : narrow.depth;
  const model = createModel(name, { classes: 7, inputShape, ...narrow, depth });
  expect(model.inputs.map(({ shape }) => shape)).toEqual([[null, ...inputShape]]);
  expect(model.outputs.map(({ shape }) => shape)).toEqual([[null, 7]]);
  expect(model.name).toBe(name);
  model.dispose();
});

test.each(['convnt', 'toString', ''])(
  'createModel refuses the name %j and lists the others',
  (name) => {
    expect(() => createModel(name, { classes: 10 })).toThrow(
      new RangeError(`createModel: name must be one of ${modelNames.join(', ')}, got "${name}"`),
    );
  },
);

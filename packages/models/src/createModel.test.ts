import { createModel, modelNames } from './createModel.js';

test.each(modelNames)('createModel builds %s', (name) => {
  const model = createModel(name, { classes: 7, inputShape: [16, 16, 3] });
  expect(model.outputs.map(({ shape }) => shape)).toEqual([[null, 7]]);
  expect(model.name).toBe(name);
  model.dispose();
});

test('createModel knows convnet', () => {
  expect(modelNames).toContain('convnet');
});

test.each(['convnt', 'toString', ''])(
  'createModel refuses the name %j and lists the others',
  (name) => {
    expect(() => createModel(name, { classes: 10 })).toThrow(
      new RangeError(`createModel: name must be one of ${modelNames.join(', ')}, got "${name}"`),
    );
  },
);

import { convnet } from '../networks/convnet.js';
import { freeze } from './freeze.js';
import { learningRateFactors } from './learningRateFactors.js';

test('learningRateFactors gives the last factor that is said of a weight that is trained', () => {
  const model = convnet({ classes: 2, inputShape: [8, 8, 3] });
  freeze(model, 'conv11');
  const factors = learningRateFactors(model, [
    { match: ['conv11', 'conv12', 'fc6'], factor: 0.1 },
    { match: /\.bn$/, factor: 0 },
  ]);
  const norms = ['12', '21', '22', '31', '32', '33', '34'].flatMap((n) => [
    [`conv${n}.bn/gamma`, 0],
    [`conv${n}.bn/beta`, 0],
  ]);
  expect(factors).toEqual({
    'conv12.conv/kernel': 0.1,
    'fc6/kernel': 0.1,
    'fc6/bias': 0.1,
    ...Object.fromEntries(norms),
  });
  for (const factor of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => learningRateFactors(model, [{ match: 'fc6', factor }])).toThrow(
      new RangeError(
        `learningRateFactors: factor must be a number from 0 up, got ${factor}; freeze() stops layers for good`,
      ),
    );
  }
  expect(() => learningRateFactors(model, [{ match: 'fc7', factor: 1 }])).toThrow(
    'learningRateFactors: layers must be some of convnet, got fc7',
  );
  model.dispose();
});

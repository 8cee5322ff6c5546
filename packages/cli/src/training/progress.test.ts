import type { StepEvent, TrainEvent } from '@bcl/trainer';
import { createProgress } from './progress.js';

const start: TrainEvent = {
  type: 'start',
  epochs: 2,
  epoch: 0,
  step: 0,
  stepsPerEpoch: 80,
  examples: 1280,
  parameters: 7582154,
  backend: 'wasm',
  threads: 2,
};

const step = (n: number): StepEvent => ({
  type: 'step',
  step: n,
  epoch: n > 80 ? 2 : 1,
  loss: 1.5,
  accuracy: 0.25,
  learningRate: 0.1,
  imagesPerSecond: 32,
});

const epoch: TrainEvent = {
  type: 'epoch',
  epoch: 1,
  step: 80,
  trainLoss: 1.5,
  trainAccuracy: 0.25,
  testLoss: 1.25,
  testAccuracy: 0.5,
  seconds: 90,
  imagesPerSecond: 140.4,
  learningRate: 0.1,
};

/** What is written while events are shown. */
function written(watched: boolean, events: TrainEvent[]): string {
  let text = '';
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += part;
    return true;
  });
  const progress = createProgress(watched);
  for (const event of events) progress.show(event);
  progress.close();
  spy.mockRestore();
  return text;
}

const steps = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => step(from + i));

describe('createProgress', () => {
  test('writes plain lines where nobody watches: the start, a step now and then, each epoch', () => {
    expect(written(false, [start, ...steps(1, 80), epoch])).toBe(`\
1 280 images, 7 582 154 parameters, wasm on 2 threads
  step 20/160  loss 1.500  accuracy 25.0 %  32.0 images/s  1 min 10 s left
  step 40/160  loss 1.500  accuracy 25.0 %  32.0 images/s  1 min 0 s left
  step 60/160  loss 1.500  accuracy 25.0 %  32.0 images/s  50 s left
  step 80/160  loss 1.500  accuracy 25.0 %  32.0 images/s  40 s left
epoch 1/2   training loss 1.500  accuracy 25.00 %   test loss 1.250  accuracy 50.00 %   1 min 30 s, 140 images/s
`);
  });

  test('says where a resumed run goes on', () => {
    const text = written(false, [{ ...start, epoch: 1, step: 80 }, ...steps(81, 100)]);
    expect(text).toContain('threads, 1 of 2 epochs done\n');
    expect(text).toContain('  step 100/160  ');
  });

  test('smooths what jumps from batch to batch', () => {
    const events = [start, ...steps(1, 19), { ...step(20), loss: 11.5, accuracy: 1 }];
    expect(written(false, events)).toContain('step 20/160  loss 3.000  accuracy 36.3 %');
  });

  test.each([true, false])('tells when an optimizer changes its ways: watched %s', (watched) => {
    const turn = { from: 'adam', to: 'sgd', learningRate: 0.012345 };
    const event: TrainEvent = { type: 'switch', step: 7, epoch: 1, ...turn };
    expect(written(watched, [start, ...steps(1, 7), event, step(8)])).toContain(
      '  step 7: from adam to sgd, at a learning rate of 0.0123\n',
    );
  });

  test('tells an epoch that was not tested', () => {
    const { testLoss: _, testAccuracy: __, ...untested } = epoch;
    expect(written(false, [start, untested])).toContain(
      'training loss 1.500  accuracy 25.00 %   1 min 30 s, 140 images/s\n',
    );
  });

  test('ends the bar with a line for the epoch where someone watches', () => {
    const text = written(true, [start, ...steps(1, 80), epoch]);
    expect(text).toContain('epoch 1/2   training loss 1.500');
    expect(text).not.toContain('step 20/160');
  });
});

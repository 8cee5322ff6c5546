import fc from 'fast-check';
import { constant } from './constant.js';
import { cosine } from './cosine.js';
import { milestones } from './milestones.js';
import { polynomial } from './polynomial.js';
import type { Schedule, ScheduleConfig } from './Schedule.js';
import { scheduleFromConfig } from './scheduleFromConfig.js';
import { withWarmup } from './withWarmup.js';

/** The rate in the first step of an epoch. */
function rateIn(schedule: Schedule, epoch: number, epochs: number, stepsPerEpoch = 4): number {
  return schedule({ epoch, step: (epoch - 1) * stepsPerEpoch, stepsPerEpoch, epochs });
}

describe('milestones', () => {
  test('is the schedule of the authors with its defaults', () => {
    const schedule = milestones(0.1);
    const expected = [
      [1, 0.1],
      [100, 0.1],
      [101, 0.01],
      [150, 0.01],
      [151, 0.001],
      [200, 0.001],
      [201, 0.0001],
      [250, 0.0001],
    ] as const;
    for (const [epoch, rate] of expected) {
      expect(rateIn(schedule, epoch, 250)).toBeCloseTo(rate, 12);
    }
  });

  test('takes epochs as well as fractions', () => {
    const schedule = milestones(1, { at: [2, 0.5], factor: 0.5 });
    expect([1, 2, 3, 4, 5, 6].map((e) => rateIn(schedule, e, 8))).toEqual([
      1, 1, 0.5, 0.5, 0.25, 0.25,
    ]);
  });

  test('reaches a fraction at its epoch whatever the last bit of the product', () => {
    // 0.57 · 100 and 0.07 · 100 come out a little above 57 and 7 or below.
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), (percent) => {
        const schedule = milestones(1, { at: [percent / 100], factor: 0.5 });
        expect(rateIn(schedule, percent, 100)).toBe(1);
        expect(rateIn(schedule, percent + 1, 100)).toBe(0.5);
      }),
    );
  });
});

describe('cosine', () => {
  test('falls from the rate through its half towards zero, step by step', () => {
    const at = (step: number) =>
      cosine(0.2)({ epoch: 1 + Math.floor(step / 4), step, stepsPerEpoch: 4, epochs: 2 });
    expect(at(0)).toBeCloseTo(0.2, 12);
    expect(at(2)).toBeCloseTo(0.1 * (1 + Math.SQRT1_2), 12);
    expect(at(4)).toBeCloseTo(0.1, 12);
    expect(at(7)).toBeCloseTo(0.1 * (1 + Math.cos((7 / 8) * Math.PI)), 12);
  });

  test('comes down to the minimum', () => {
    const schedule = cosine(1, { minimum: 0.5 });
    expect(schedule({ epoch: 2, step: 4, stepsPerEpoch: 4, epochs: 2 })).toBeCloseTo(0.75, 12);
  });
});

describe('polynomial', () => {
  test('falls in a line, or as a power of what is left', () => {
    const at = (schedule: Schedule) =>
      [0, 4, 7].map((step) => schedule({ epoch: 1, step, stepsPerEpoch: 4, epochs: 2 }));
    expect(at(polynomial(0.5))).toEqual([0.5, 0.25, 0.0625]);
    expect(at(polynomial(0.75, { power: 2, minimum: 0.25 }))).toEqual([0.75, 0.375, 0.2578125]);
  });
});

describe('withWarmup', () => {
  test('rises in a line to the rate', () => {
    const schedule = withWarmup(constant(1), { epochs: 2, factor: 0.5 });
    const rates = [0, 1, 2, 3, 4, 5].map((step) =>
      schedule({ epoch: 1 + Math.floor(step / 2), step, stepsPerEpoch: 2, epochs: 9 }),
    );
    expect(rates).toEqual([0.5, 0.625, 0.75, 0.875, 1, 1]);
  });

  test('stays at a tenth, then jumps, as EnvNet-v2 of the authors', () => {
    const schedule = withWarmup(milestones(0.1, { at: [0.3, 0.6, 0.9] }), {
      epochs: 10,
      shape: 'flat',
    });
    const rates = [1, 10, 11, 300, 301].map((epoch) => rateIn(schedule, epoch, 1000));
    expect(rates.map((rate) => Number(rate.toPrecision(6)))).toEqual([0.01, 0.01, 0.1, 0.1, 0.01]);
  });

  test('of no epochs changes nothing', () => {
    expect(rateIn(withWarmup(constant(1), { epochs: 0 }), 1, 5)).toBe(1);
  });
});

describe('scheduleFromConfig', () => {
  test.each([
    constant(0.3),
    milestones(0.3, { at: [1, 0.9], factor: 0.2 }),
    cosine(0.3, { minimum: 0.1 }),
    polynomial(0.3, { power: 2, minimum: 0.1 }),
    withWarmup(milestones(0.3, { at: [2, 0.75] }), { epochs: 1 }),
    withWarmup(cosine(0.3), { epochs: 1.5, factor: 0, shape: 'flat' }),
  ])('makes the same schedule again: %#', (schedule) => {
    const again = scheduleFromConfig(JSON.parse(JSON.stringify(schedule.config)));
    for (let step = 0; step < 20; step++) {
      const point = { epoch: 1 + Math.floor(step / 5), step, stepsPerEpoch: 5, epochs: 4 };
      expect(again(point)).toBe(schedule(point));
    }
  });

  test('names what it knows when it meets something else', () => {
    expect(() => scheduleFromConfig({ name: 'cyclic' } as unknown as ScheduleConfig)).toThrow(
      'scheduleFromConfig: name must be constant, milestones, cosine, polynomial or warmup, got cyclic',
    );
  });
});

test.each([
  [() => constant(-1), 'constant: the learning rate must be from 0 up, got -1'],
  [() => cosine(Number.NaN), 'cosine: the learning rate must be from 0 up, got NaN'],
  [() => polynomial(1, { power: 0 }), 'polynomial: power must be above 0, got 0'],
  [() => milestones(1, { at: [0] }), 'milestones: each of at must be above 0, got 0'],
  [() => milestones(1, { factor: 0 }), 'milestones: factor must be above 0, got 0'],
  [() => withWarmup(constant(1), { epochs: -1 }), 'withWarmup: epochs must be from 0 up, got -1'],
])('a schedule refuses a setting out of range: %#', (make, message) => {
  expect(make).toThrow(new RangeError(message));
});

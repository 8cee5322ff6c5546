import { ruleOf, stageOf } from '../augment/planSteps.js';
import type { AugmentationStep } from '../augment/Step.js';
import type { Preprocessing } from '../preprocessing.js';

/** Refuses steps that do more than move pixels of the whole images. */
export function checkResidentSteps(
  caller: string,
  steps: readonly AugmentationStep[],
  preprocessing: Preprocessing | undefined,
): void {
  const calculated = steps.find(({ step }) => !ruleOf(step).view);
  if (calculated) {
    throw new RangeError(
      `${caller}: images on the device can be moved alone, by flip, padCrop, randomCrop and centerCrop, got the step ${calculated.step}; leave it out, or leave out resident`,
    );
  }
  const cut = steps.find((each) => stageOf(each) === 'raw');
  if (cut && preprocessing?.method === 'bc+') {
    throw new RangeError(
      `${caller}: under 'bc+' images on the device lose the mean of the whole image, got the step ${cut.step}, which cuts them before that; leave it out, or leave out resident`,
    );
  }
}

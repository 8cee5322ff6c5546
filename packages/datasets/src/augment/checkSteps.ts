import { ruleOf, stageOf } from './planSteps.js';
import type { AugmentationStep, StepName } from './Step.js';
import { stepRules } from './stepRules.js';

/** The steps with all their settings. Refuses those that are unknown, out of range or out of order. */
export function checkSteps(steps: unknown): readonly AugmentationStep[] {
  if (!Array.isArray(steps)) {
    throw new TypeError(
      `compose: steps must be a list such as [{ step: 'flip' }], got ${JSON.stringify(steps)}`,
    );
  }
  const complete = steps.map(completeStep);
  let prepared: StepName | undefined;
  for (const each of complete) {
    const stage = stageOf(each);
    if (stage === 'prepared') prepared = each.step;
    if (stage === 'raw' && prepared) {
      throw new RangeError(
        `compose: ${each.step} is for raw images and must come before ${prepared}, which is for preprocessed ones`,
      );
    }
  }
  return complete;
}

function completeStep(given: unknown): AugmentationStep {
  const { step, ...settings } = (given ?? {}) as AugmentationStep;
  if (!Object.hasOwn(stepRules, step ?? '')) {
    const known = Object.keys(stepRules).join(', ');
    throw new RangeError(
      `compose: step must be one of ${known}, got ${JSON.stringify(step)}; was it written by a later @bcl/datasets?`,
    );
  }
  const complete = { step, ...(ruleOf(step).complete(settings as never) as object) };
  const unknown = Object.keys(settings).find((name) => !Object.hasOwn(complete, name));
  if (unknown !== undefined) {
    const known = Object.keys(complete).slice(1).join(', ');
    throw new RangeError(`compose: ${step} has the settings ${known}, got ${unknown}`);
  }
  return complete as AugmentationStep;
}

import type { DataIteratorOptions } from '../batches/DataIteratorOptions.js';
import type { Dataset } from '../dataset.js';
import { isStream, type Source } from '../imagesOf.js';
import { checkResidentSteps } from './checkResidentSteps.js';

/** Refuses options of an iterator under which its images cannot be on the device. */
export function checkResident(
  source: Source,
  { resident, prefetch, preprocessing, augment }: DataIteratorOptions,
): asserts source is Dataset {
  if (isStream(source)) {
    throw new TypeError(
      `DataIterator: resident keeps all images on the device, got ${source.name}, a stream; collect(stream) it first, or leave out resident`,
    );
  }
  if (prefetch) {
    throw new TypeError(
      'DataIterator: resident prepares batches on the device and prefetch on threads, got both; leave out one of them',
    );
  }
  const steps = augment?.steps ?? preprocessing?.evaluation.steps ?? [];
  checkResidentSteps('DataIterator', steps, preprocessing);
  if (typeof resident !== 'object') return;
  if (resident.dataset !== source || resident.preprocessing !== preprocessing) {
    throw new RangeError(
      `DataIterator: resident must be true, or images of the same data set and preprocessing, got those of ${resident.dataset.name} with others; make them of these`,
    );
  }
}

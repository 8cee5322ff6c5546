import { frameLength } from './frameLength.js';

/** The lowest weight, dB; utils.py of the authors' code. */
const FLOOR_DB = -80;

/**
 * A-weighting: how much louder or softer than at 1 kHz the ear hears each frequency, in dB,
 *
 *     A(f) = 2.0 + 20 log10(12194² f⁴ / ((f² + 20.6²) (f² + 12194²) sqrt((f² + 107.7²) (f² + 737.9²))))
 *
 * and at least −80 dB. One number for each bin of a frame's spectrum: n/2 + 1 frequencies evenly
 * from 0 Hz to half the sample rate, where a frame has n = 2048 samples at 16 kHz and 4096 at
 * 44.1 kHz, and at other rates as many as the power of two nearest to a tenth of a second.
 *
 * @param sampleRate Hz, 1000 to 1 000 000.
 * @returns dB, n/2 + 1 numbers.
 * @throws RangeError when the sample rate is none.
 *
 * @example
 * ```ts
 * import { aWeighting } from '@bcl/mixing';
 *
 * const dB = aWeighting(16000); // bins of 7.8125 Hz
 * dB.length; // => 1025
 * Math.round(dB[13]); // => -19
 * Math.round(dB[128]); // => 0
 * ```
 *
 * @see IEC 61672-1; the authors' code, mil-tokyo/bc_learning_sound, utils.py, which takes half the
 * sample rate rounded down and refuses other rates than these two.
 */
export function aWeighting(sampleRate: number): Float32Array {
  const bins = frameLength('aWeighting', sampleRate) / 2;
  const step = Math.floor(sampleRate / 2) / bins;
  return Float32Array.from({ length: bins + 1 }, (_, k) => decibels(k * step));
}

function decibels(hertz: number): number {
  const f2 = hertz === 0 ? 1 : hertz ** 2; // the logarithm of 0 is none
  const rise = 12194 ** 2 * f2 ** 2;
  const fall =
    (f2 + 20.6 ** 2) * (f2 + 12194 ** 2) * Math.sqrt((f2 + 107.7 ** 2) * (f2 + 737.9 ** 2));
  return Math.max(FLOOR_DB, 2 + 20 * Math.log10(rise / fall));
}

/** What a frame should last, seconds; the power of two nearest to it gives the authors' two lengths. */
const FRAME_SECONDS = 0.1;

/**
 * Samples in one frame, a power of two: 2048 at 16 kHz and 4096 at 44.1 kHz as the authors have it.
 * Other rates, which their code refuses, get the power of two nearest to a tenth of a second.
 */
export function frameLength(name: string, sampleRate: number): number {
  if (!(sampleRate >= 1e3 && sampleRate <= 1e6)) {
    throw new RangeError(
      `${name}: sampleRate must be in Hz, 1000 to 1000000, got ${sampleRate}; 16 kHz is 16000`,
    );
  }
  return 2 ** Math.round(Math.log2(FRAME_SECONDS * sampleRate));
}

import { aWeighting } from './aWeighting.js';

describe('aWeighting', () => {
  // IEC 61672-1, table 3, dB.
  test.each([
    [63, -26.2],
    [125, -16.1],
    [250, -8.6],
    [500, -3.2],
    [1000, 0],
    [2000, 1.2],
    [4000, 1],
    [8000, -1.1],
    [16000, -6.6],
  ])('is the standard at %d Hz: %d dB', (hertz, dB) => {
    const weights = aWeighting(64000); // bins of 7.8125 Hz
    expect(Math.abs((weights[Math.round(hertz / 7.8125)] as number) - dB)).toBeLessThan(0.2);
  });

  test.each([
    [1000, 128],
    [8000, 1024],
    [11025, 1024],
    [16000, 2048],
    [22050, 2048],
    [32000, 4096],
    [44100, 4096],
    [48000, 4096],
    [96000, 8192],
    [192000, 16384],
  ])('has at %d Hz a frame of %d samples, about a tenth of a second', (sampleRate, frame) => {
    expect(aWeighting(sampleRate).length).toBe(frame / 2 + 1);
    expect(Math.abs(Math.log2(frame / sampleRate / 0.1))).toBeLessThanOrEqual(0.5);
  });

  test('goes no lower than −80 dB, which 0 Hz has', () => {
    expect(aWeighting(16000)[0]).toBe(-80);
    expect(Math.min(...aWeighting(1000))).toBe(-80);
  });

  test('says what is no sample rate', () => {
    expect(() => aWeighting(44.1)).toThrow(
      new RangeError(
        'aWeighting: sampleRate must be in Hz, 1000 to 1000000, got 44.1; 16 kHz is 16000',
      ),
    );
  });
});

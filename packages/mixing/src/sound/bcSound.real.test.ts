import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { bc } from '../bc.js';
import { bcSound } from './bcSound.js';
import { soundLevel } from './soundLevel.js';

const folder = join(
  process.env.BCL_DATA || join(__dirname, '../../../../../shared/data'),
  'esc-sample/audio',
);
const there = existsSync(folder);
if (!there) console.log(`skipped: no real sounds at ${folder}; BCL_DATA names the folder`);

const options = { sampleRate: 16000 };

(there ? describe : describe.skip)('real sounds', () => {
  test('are heard as r to 1 − r, where plain mixing drowns one of them', async () => {
    const clips = readdirSync(folder)
      .filter((name) => name.endsWith('.wav'))
      .sort()
      .map((name) => samplesOf(readFileSync(join(folder, name))));
    expect(clips.length).toBeGreaterThan(1);
    const length = Math.min(...clips.map((clip) => clip.length));
    const [x1, x2] = [0, 1].map((from) =>
      tf.tensor2d(
        clips.map((_, i) =>
          Array.from((clips[(i + from) % clips.length] as Float32Array).subarray(0, length)),
        ),
      ),
    ) as [tf.Tensor2D, tf.Tensor2D];

    let worst = 0;
    for (const r of [0.5, 0.2]) {
      const wanted = 20 * Math.log10(r / (1 - r));
      for (const dB of await heard(bcSound(x1, x2, r, options), x1, x2)) {
        expect(Math.abs(dB - wanted)).toBeLessThan(0.01);
      }
      const plain = await heard(bc(x1, x2, r), x1, x2);
      worst = Math.max(worst, ...plain.map((dB) => Math.abs(dB - wanted)));
    }
    expect(worst).toBeGreaterThan(20);
  }, 60_000);
});

/** How much louder than the second sound the first is in each mix, dB: fits both into it by least squares. */
async function heard(mixed: tf.Tensor2D, x1: tf.Tensor2D, x2: tf.Tensor2D): Promise<number[]> {
  const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b), 1);
  const [aa, bb, ab] = [dot(x1, x1), dot(x2, x2), dot(x1, x2)];
  const [am, bm] = [dot(x1, mixed), dot(x2, mixed)];
  const share1 = tf.sub(tf.mul(am, bb), tf.mul(bm, ab));
  const share2 = tf.sub(tf.mul(bm, aa), tf.mul(am, ab));
  const ratio = await tf.abs(tf.div(share1, share2)).data();
  const between = await tf.sub(soundLevel(x1, options), soundLevel(x2, options)).data();
  return Array.from(between, (dB, i) => dB + 20 * Math.log10(ratio[i] as number));
}

/** Samples of a wav file of 16-bit mono at 16 kHz, −1..1. */
function samplesOf(file: Buffer): Float32Array {
  expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 12)).toBe('RIFFWAVE');
  let at = 12;
  for (;;) {
    const [name, size] = [file.toString('latin1', at, at + 4), file.readUInt32LE(at + 4)];
    const body = file.subarray(at + 8, at + 8 + size);
    if (name === 'fmt ') {
      // Format 1 (PCM), 1 channel, sample rate, and 16 bits.
      expect([0, 2, 14].map((field) => body.readUInt16LE(field))).toEqual([1, 1, 16]);
      expect(body.readUInt32LE(4)).toBe(16000);
    }
    if (name === 'data') {
      return Float32Array.from({ length: size / 2 }, (_, i) => body.readInt16LE(2 * i) / 32768);
    }
    at += 8 + size + (size % 2);
  }
}

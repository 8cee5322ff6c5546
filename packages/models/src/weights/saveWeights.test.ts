import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { convnet } from '../networks/convnet.js';
import { fillByRule, type GoldenNetwork, goldenFile } from '../testing/golden.js';
import { GoldenRule } from '../testing/goldenRule.js';
import { loadWeights } from './loadWeights.js';
import { readWeights } from './readWeights.js';
import { saveWeights } from './saveWeights.js';

const golden = goldenFile<GoldenNetwork>('models/convnet.json');
// For smaller images than the reference's, so that fc4 has a sixteenth of its inputs.
const options = { classes: 10, inputShape: [8, 8, 3] } as const;
const expected = golden.tensors.map(([name, shape]): [string, number[]] =>
  name === 'fc4.weight' ? [name, [1024, 256]] : [name, shape],
);

let folder: string;
let model: LayersModel;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bcl-weights-'));
  model = convnet(options);
  fillByRule(model, { ...golden, tensors: expected });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  model.dispose();
});

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  Buffer.from(buffer, byteOffset, byteLength);

describe('saveWeights', () => {
  test('writes the names, layouts and numbers of PyTorch', async () => {
    const { numTensors } = tf.memory();
    const tensors = await readWeights(await saveWeights(model));
    expect(tf.memory().numTensors).toBe(numTensors);
    const shapes = [...tensors.values()].map(({ name, shape }) => [name, shape]);
    expect(shapes.sort()).toEqual([...expected].sort());
    const rule = new GoldenRule(golden.salt);
    for (const [name, shape] of expected) {
      const gain = name === golden.head ? golden.headGain : golden.gain;
      const values = name.endsWith('num_batches_tracked')
        ? BigInt64Array.of(0n)
        : rule.weight(name, shape, gain);
      const written = tensors.get(name)?.values() as Float32Array;
      expect([name, bytesOf(written).equals(bytesOf(values))]).toEqual([name, true]);
    }
  });

  test('writes a file that is loaded again without loss, by path and by URL', async () => {
    const other = convnet({ ...options, seed: 5 });
    const path = join(folder, 'net.safetensors');
    for (const file of [path, pathToFileURL(join(folder, 'url.safetensors'))]) {
      expect(await saveWeights(model, file)).toBeUndefined();
      await loadWeights(other, file);
      const [copies, weights] = [other.getWeights(), model.getWeights()];
      expect(copies).toHaveLength(46);
      for (const [i, weight] of weights.entries()) {
        const copy = await (copies[i] as tf.Tensor).data();
        expect(bytesOf(copy).equals(bytesOf(await weight.data()))).toBe(true);
      }
      for (const { val } of other.weights as unknown as { val: tf.Variable }[]) {
        val.assign(tf.zeros(val.shape));
      }
    }
    other.dispose();
    expect(readdirSync(folder).sort()).toEqual(['net.safetensors', 'url.safetensors']);
  });

  test('leaves what stands there, and nothing beside it, where it cannot write', async () => {
    const taken = join(folder, 'taken');
    mkdirSync(taken);
    writeFileSync(join(taken, 'old'), 'old');
    await expect(saveWeights(model, taken)).rejects.toThrow(
      `saveWeights: ${taken} cannot be written: `,
    );
    expect(readdirSync(taken)).toEqual(['old']);
    expect(readdirSync(folder).filter((name) => name.endsWith('.writing'))).toEqual([]);
    const nowhere = join(folder, 'no', 'such.safetensors');
    await expect(saveWeights(model, nowhere)).rejects.toThrow(
      `saveWeights: ${nowhere} cannot be written: ENOENT`,
    );
    expect(existsSync(join(folder, 'no'))).toBe(false);
    await expect(saveWeights(model, 'https://example.org/net.safetensors')).rejects.toThrow(
      "file must be a path on this machine's disk, in Node, got https://example.org/net.safetensors",
    );
  });
});

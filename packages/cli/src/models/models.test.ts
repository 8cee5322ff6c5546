import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelNames, summarizeNetwork } from '@bcl/models';
import { drawModel } from './drawModel.js';
import { listModels } from './listModels.js';
import { listText } from './listText.js';
import { networkSummary } from './network.js';
import { papers } from './papers.js';
import { summarizeModel } from './summarizeModel.js';
import { summaryText } from './summaryText.js';

/** What is printed in the meantime. */
async function printed(work: Promise<void>): Promise<string> {
  let text = '';
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += part;
    return true;
  });
  try {
    await work;
    return text;
  } finally {
    spy.mockRestore();
  }
}

describe('bcl models', () => {
  test('lists every network with what it costs and where it is from', async () => {
    expect(Object.keys(papers).sort()).toEqual([...modelNames].sort());
    const text = await printed(listModels());
    for (const name of modelNames) expect(text).toMatch(new RegExp(`^${name} .*\\d M|G `, 'm'));
    expect(text).toMatch(/^convnet +7 582 154 +28\.9 MiB +234 M {2}32 × 32 × 3 +between-class/m);
    expect(text).toMatch(/^envnetV2 +101 087 306 /m);
  });

  test('aligns its table', () => {
    const summary = summarizeNetwork('m5', { classes: 10 });
    expect(
      listText([{ name: 'm5', summary }], 10)
        .split('\n')
        .slice(0, 3),
    ).toEqual(
      [
        'name  parameters   weights  multiply-adds  input  from',
        '────  ──────────  ────────  ─────────────  ─────  ──────────────────────────',
        'm5       559 114  2.14 MiB          279 M  32000  M5, raw waveforms, 1610.00087',
      ].map((line, i) => (i === 1 ? expect.stringMatching(/^[─ ]+$/) : line)),
    );
  });
});

describe('bcl models summary', () => {
  test('sums up stages, and tells memory', () => {
    const summary = summarizeNetwork('resnet32', { classes: 10, batchSize: 128 });
    expect(summaryText(summary, { everyLayer: false })).toBe(
      `\
resnet32: 32 × 32 × 3 to 10 classes

stage    what                    result        parameters  multiply-adds
───────  ──────────────────────  ────────────  ──────────  ─────────────
images   InputLayer              32 × 32 × 3
conv1    Conv2D 3×3              32 × 32 × 16         432          442 k
bn1      BatchNorm ReLU          32 × 32 × 16          32
layer1   30 layers               32 × 32 × 16      23 360         23.6 M
layer2   32 layers               16 × 16 × 32      88 192         22.4 M
layer3   32 layers               8 × 8 × 64       351 488         22.4 M
avgpool  GlobalAveragePooling2D  64
fc       Dense                   10                   650            640

parameters     464 154
statistics     2 272 of normalisations, which training keeps by itself
multiply-adds  68.9 M an example forward, some 207 M in training
weights        1.78 MiB
batch of 128   377 MiB of results kept for the gradients, 33.5 MiB at most in evaluation`,
    );
  });

  test('tells every layer when asked', async () => {
    const flags = { classes: 10, batchSize: 1, layers: true, set: { width: 16 } };
    const text = await printed(summarizeModel('shakeShakeShort', flags));
    expect(text).toMatch(/^stage3\.0\.shake +ShakeShake shake, shake, image +8 × 8 × 64$/m);
    expect(text).toMatch(
      /^stage2\.0\.skip\.conv1 +Conv2D 1×1, stride 2 +16 × 16 × 16 +272 +65\.5 k$/m,
    );
  });

  test.each([
    [[64], [64, 64, 3]],
    [
      [48, 64],
      [48, 64, 3],
    ],
    [
      [32, 32, 1],
      [32, 32, 1],
    ],
  ])('takes %p as the shape of an image', async (input, inputShape) => {
    expect(await networkSummary('resnet18', { classes: 2, input })).toMatchObject({ inputShape });
  });

  test('takes a number of samples, and options of the network', async () => {
    const sounds = await networkSummary('m5', { classes: 2, input: [16000] });
    expect(sounds.inputShape).toEqual([16000]);
    const set = { depth: 40, growth: 12 };
    const { parameters } = await networkSummary('densenetBC', { classes: 10, set });
    expect(parameters).toBe(176122);
  });

  test('names the nearest network, and says what it cannot build', async () => {
    await expect(networkSummary('resnet19', { classes: 2 })).rejects.toThrow(
      "models: there is no model 'resnet19'. Did you mean 'resnet18'?",
    );
    await expect(networkSummary('resnet18', { classes: 2, input: [16] })).rejects.toThrow(
      'resnet18: images must be at least 32 x 32 pixels',
    );
  });
});

describe('bcl models draw', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bcl-draw-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('writes a picture, and nothing beside it', async () => {
    const out = join(folder, 'net.svg');
    expect(await printed(drawModel('convnet', { classes: 10, out }))).toBe(`${out}: convnet\n`);
    expect(readFileSync(out, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    const nowhere = join(folder, 'no', 'net.svg');
    await expect(drawModel('convnet', { classes: 10, out: nowhere })).rejects.toThrow(
      `${nowhere} cannot be written: ENOENT`,
    );
    await expect(drawModel('convnet', { classes: 10, out: 'net.jpg' })).rejects.toThrow(
      'models: the picture must be named .svg or .png, got net.jpg',
    );
    expect(readdirSync(folder)).toEqual(['net.svg']);
  });
});

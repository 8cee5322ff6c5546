import { type ModelSummary, modelNames, summarizeNetwork } from '@bcl/models';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { boxesOf } from './boxesOf.js';
import { columnsOf } from './columnsOf.js';
import { layoutColumn } from './layoutColumn.js';
import { networkSvg } from './networkSvg.js';

// Weights that are never looked at take no memory there.
beforeAll(() => tf.setBackend('cpu'));

const of = (name: string, options = {}): ModelSummary =>
  summarizeNetwork(name, { classes: 10, ...options });

/** The columns of a network: titles of boxes, and blocks with how often they come. */
const drawn = (summary: ModelSummary) =>
  columnsOf(boxesOf(summary.layers)).map(({ title, boxes, blocks }) => ({
    title,
    boxes: boxes.map(({ title, times }) => (times > 1 ? `${times} ${title}` : title)),
    blocks: blocks.map(({ name, times }) => `${times} ${name}`),
  }));

describe('a drawing', () => {
  test('puts normalisation and activation into the box of a convolution, and draws alike ones once', () => {
    expect(drawn(of('convnet'))).toEqual([
      {
        title: '',
        boxes: [
          'images',
          '2 conv 3×3, 64',
          'max pool 2×2',
          '2 conv 3×3, 128',
          'max pool 2×2',
          '4 conv 3×3, 256',
          'max pool 2×2',
          '2 dense 1024',
          'dense 10',
        ],
        blocks: [],
      },
    ]);
    const [box] = boxesOf(of('densenetBC').layers).filter(({ id }) => /norm1$/.test(id));
    expect(box).toMatchObject({
      title: 'conv 1×1, 48',
      notes: 'after BN, ReLU; then BN, ReLU',
      shape: [32, 32, 48],
    });
  });

  test('has a column for each stage, and blocks that repeat themselves once', () => {
    const columns = drawn(of('resnet18'));
    expect(columns.map(({ title }) => title)).toEqual(['', 'layer1', 'layer2', 'layer3', 'layer4']);
    expect(columns.map(({ blocks }) => blocks)).toEqual([
      [],
      ['2 layer1.0'],
      ['1 layer2.0', '1 layer2.1'],
      ['1 layer3.0', '1 layer3.1'],
      ['1 layer4.0', '1 layer4.1'],
    ]);
    expect(columns.at(-1)?.boxes.slice(-2)).toEqual(['global mean', 'dense 10']);
    expect(drawn(of('shakeShake'))[1]?.blocks).toEqual(['1 stage1.0', '3 stage1.1']);
    expect(drawn(of('densenetBC', { depth: 190, growth: 40 }))[1]?.blocks).toEqual([
      '31 features.denseblock1.denselayer1',
    ]);
  });

  test('leads on from the last of the blocks that it draws once', () => {
    const columns = columnsOf(boxesOf(of('densenetBC').layers));
    const after = columns[1]?.boxes.find(({ id }) => id === 'features.transition1.norm');
    const [from] = after?.inputs ?? [];
    expect(from).toMatchObject({ title: 'concatenate', shape: [32, 32, 216] });
    expect(columns[1]?.boxes).toContain(from);
  });

  test.each(modelNames)(
    'of %s has all of its boxes apart, in their frames, on the page',
    (name) => {
      const summary = of(name);
      for (const column of columnsOf(boxesOf(summary.layers)).map(layoutColumn)) {
        const all = [...column.boxes, ...column.ports].map(({ at }) => at);
        for (const [i, a] of all.entries()) {
          expect([a.x >= 0, a.y >= 0]).toEqual([true, true]);
          expect(a.x + a.width).toBeLessThanOrEqual(column.width);
          expect(a.y + a.height).toBeLessThanOrEqual(column.height);
          for (const b of all.slice(i + 1)) {
            const apart =
              a.x + a.width <= b.x ||
              b.x + b.width <= a.x ||
              a.y + a.height <= b.y ||
              b.y + b.height <= a.y;
            expect(apart).toBe(true);
          }
        }
        for (const { block, at } of column.blocks) {
          for (const { box, at: inner } of column.boxes) {
            const middle = inner.y + inner.height / 2;
            const inside = middle > at.y && middle < at.y + at.height;
            expect(inside).toBe(block.boxes.includes(box));
          }
        }
      }
      const svg = networkSvg(summary);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(svg.match(/<g /g)).toHaveLength(svg.match(/<\/g>/g)?.length ?? 0);
      expect(svg).toContain(`>${name === 'densenetBC' ? 'dense 10' : summary.name}<`);
    },
  );

  test('writes names as XML', () => {
    expect(networkSvg({ ...of('m3'), name: 'a<b>&"c"' })).toContain(
      '>a&#60;b&#62;&#38;&#34;c&#34;<',
    );
  });
});

import type { MixSample } from './mixSamples.js';
import type { Picture } from './Picture.js';
import { sheetSvg } from './sheetSvg.js';

const gray = (value: number): Picture => ({
  width: 32,
  height: 32,
  data: new Uint8Array(3072).fill(value),
});

const sample: MixSample = {
  first: gray(1),
  second: gray(2),
  firstClass: 'cat & <mouse>',
  secondClass: 'dog',
  ratio: 0.25,
  mixes: [
    { method: 'bc', picture: gray(3) },
    { method: 'bc+', picture: gray(4) },
  ],
  label: [
    { className: 'cat & <mouse>', share: 0.25 },
    { className: 'dog', share: 0.75 },
  ],
};

/** Says of a picture its first byte and width. */
const encode = ({ data, width }: Picture) => `data:${data[0]},${width}`;

describe('sheetSvg', () => {
  test('places the pictures of each pair in a column, enlarged', () => {
    const svg = sheetSvg([sample, sample], encode);
    const images = [
      ...svg.matchAll(
        /<image x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)" xlink:href="(.*?)"/g,
      ),
    ];
    expect(images.map((match) => match.slice(1))).toEqual(
      [152, 294].flatMap((x) => [
        [`${x}`, '20', '128', '128', 'data:1,128'],
        [`${x}`, '175', '128', '128', 'data:2,128'],
        [`${x}`, '364', '128', '128', 'data:3,128'],
        [`${x}`, '506', '128', '128', 'data:4,128'],
      ]),
    );
  });

  test('is no higher than what it shows', () => {
    const height = (svg: string) => Number(svg.match(/<svg [^>]* height="(\d+)"/)?.[1]);
    const one = { ...sample, mixes: sample.mixes.slice(1) };
    expect(height(sheetSvg([sample], encode)) - height(sheetSvg([one], encode))).toBe(142);
  });

  test('writes ratio, classes and shares', () => {
    const svg = sheetSvg([sample], encode);
    expect(svg).toContain('>r = 0.25<');
    expect(svg).toContain('>25 %<');
    expect(svg).toContain('>75 %<');
    expect(svg).toMatch(/width="32\.00" height="14" fill/);
    expect(svg).toMatch(/width="96\.00" height="14" fill/);
  });

  test('writes names as text, never as markup', () => {
    const svg = sheetSvg([sample], encode);
    expect(svg).not.toContain('<mouse>');
    expect(svg).toContain('>cat &#38; &#60;mouse&#62;<');
  });

  test('refuses an empty sheet', () => {
    expect(() => sheetSvg([], encode)).toThrow('sheetSvg: a sheet needs a sample, got none');
  });
});

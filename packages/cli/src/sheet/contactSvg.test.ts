import type { ClassSample } from './classSamples.js';
import { contactLayout, contactSvg } from './contactSvg.js';
import type { Picture } from './Picture.js';

const gray = (value: number): Picture => ({
  width: 32,
  height: 32,
  data: new Uint8Array(3072).fill(value),
});
const encode = ({ data, width }: Picture) => `data:${data[0]},${width}`;
const samples: ClassSample[] = [
  { className: 'cat & <mouse>', total: 1000, pictures: [gray(1), gray(2)] },
  { className: 'a name that is longer than there is room for', total: 1, pictures: [gray(3)] },
  { className: 'none', total: 0, pictures: [] },
];

describe('contactSvg', () => {
  test('places the images of each class in a row, enlarged', () => {
    const svg = contactSvg(samples, encode);
    const images = [
      ...svg.matchAll(
        /<image x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)" xlink:href="(.*?)"/g,
      ),
    ];
    expect(images.map((match) => match.slice(1))).toEqual([
      ['190', '20', '64', '64', 'data:1,64'],
      ['258', '20', '64', '64', 'data:2,64'],
      ['190', '88', '64', '64', 'data:3,64'],
    ]);
    expect(svg).toMatch(/<svg [^>]* width="342" height="240"/);
  });

  test('writes names as text, and how many images there are', () => {
    const svg = contactSvg(samples, encode);
    expect(svg).toContain('>cat &#38; &#60;mouse&#62;<');
    expect(svg).toContain('>1000 images<');
    expect(svg).toContain('>a name that is longer t…<');
    expect(svg).toContain('>0 images<');
  });

  test('draws images smaller where there are many classes, and rows for their titles', () => {
    expect(contactLayout({ width: 32, height: 32 }, 100, 10).scale).toBe(1);
    expect(contactLayout({ width: 224, height: 200 }, 3, 1).scale).toBe(1);
    const small = contactLayout({ width: 8, height: 8 }, 30, 1);
    expect([small.scale, small.y(1) - small.y(0)]).toEqual([4, 36]);
    const flat = contactLayout({ width: 64, height: 4 }, 2, 1);
    expect(flat.y(1) - flat.y(0)).toBe(28);
  });

  test('refuses an empty sheet', () => {
    expect(() => contactSvg(samples.slice(2), encode)).toThrow(
      'contactSvg: a sheet needs an image, got none',
    );
  });
});

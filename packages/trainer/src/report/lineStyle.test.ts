import { lineStyle, palette } from './lineStyle.js';

type Rgb = [number, number, number];

/** Linear light of a colour, 0..1; sRGB's curve. */
function linear(hex: string): Rgb {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as Rgb;
}

const times = (matrix: readonly Rgb[], [r, g, b]: Rgb): Rgb =>
  matrix.map((row) => row[0] * r + row[1] * g + row[2] * b) as Rgb;

/** sRGB to CIE XYZ, D65. */
const xyz: Rgb[] = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];

/** What people see: all of them; those without red, green and blue cones (Machado, Oliveira, Fernandes 2009, severity 1). */
const eyes: Record<string, Rgb[]> = {
  'all colours': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE L*a*b*, in which a distance of about 2 can just be seen. */
function lab(color: Rgb): Rgb {
  const white = times(xyz, [1, 1, 1]);
  const inside = color.map((c) => Math.min(1, Math.max(0, c))) as Rgb;
  const [x, y, z] = times(xyz, inside).map((value, i) => {
    const t = value / (white[i] as number);
    return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
  }) as Rgb;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Contrast of two colours, 1 to 21; WCAG 2. */
function contrast(a: string, b: string): number {
  const [high, low] = [a, b].map((hex) => times(xyz, linear(hex))[1]).sort((x, y) => y - x);
  return ((high as number) + 0.05) / ((low as number) + 0.05);
}

describe('lineStyle', () => {
  test('draws no two of 48 groups alike, and neighbours apart in colour and in dash', () => {
    const styles = Array.from({ length: 48 }, (_, group) => lineStyle(group));
    expect(new Set(styles.map((style) => JSON.stringify(style))).size).toBe(48);
    for (const [i, { color, dash }] of styles.slice(1).entries()) {
      expect(color).not.toBe(styles[i]?.color);
      expect(dash).not.toEqual(styles[i]?.dash);
    }
    expect(lineStyle(0)).toEqual({ color: '--line-0', dash: [] });
  });
});

describe.each([
  ['light', '#ffffff'],
  ['dark', '#1b1f23'],
] as const)('the %s palette', (name, card) => {
  const colors = palette[name];

  test('stands out from its card', () => {
    for (const color of colors) expect(contrast(color, card)).toBeGreaterThan(3);
  });

  test.each(Object.keys(eyes))('has colours far apart for eyes that see %s', (eye) => {
    const seen = colors.map((color) => lab(times(eyes[eye] as Rgb[], linear(color))));
    const distances = seen.flatMap((a, i) =>
      seen.slice(0, i).map((b) => Math.hypot(...a.map((value, k) => value - (b[k] as number)))),
    );
    expect(Math.min(...distances)).toBeGreaterThan(15);
  });
});

import type { LineStyle } from './PageData.js';

/**
 * Colours of lines on white and on a dark card: of 3 : 1 contrast at least, and apart for people who see no red,
 * green or blue as for those who see all.
 */
export const palette = {
  light: ['#1c53d4', '#ed3923', '#387949', '#9a3997', '#3e5251', '#737d1c', '#0381c5', '#d24786'],
  dark: ['#41aeff', '#f38852', '#2d8a64', '#a67ab0', '#d0ffd1', '#e8d939', '#74f8ff', '#e59cae'],
} as const;

/** Lengths of strokes and gaps, in pixels; each is told from the others without colour. */
const dashes: readonly (readonly number[])[] = [
  [],
  [9, 4],
  [2, 3],
  [12, 3, 2, 3],
  [18, 6],
  [6, 2, 2, 2, 2, 2],
];

/** How the line of a group is drawn: unlike its neighbours in colour and in dash, and no two of 48 alike. */
export function lineStyle(group: number): LineStyle {
  const colors = palette.light.length;
  const color = group % colors;
  // Five and six have no divisor in common: each round gives a colour another dash.
  const dash = (color + 5 * Math.floor(group / colors)) % dashes.length;
  return { color: `--line-${color}`, dash: dashes[dash] ?? [] };
}

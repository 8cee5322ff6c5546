import { checkFeatureSets } from '../features/checkFeatureSets.js';
import { classMark } from '../features/classMark.js';
import type { FeatureSet } from '../features/featureSet.js';
import { meanOf } from '../features/meanOf.js';
import { midst } from '../features/midst.js';
import { viewOf } from './browser/viewOf.js';
import { escapeHtml } from './escape.js';
import { short } from './featureTables.js';

/** Side of a picture, gap between pictures, and what is above and below them, pixels. */
const SIDE = 380;
const GAP = 24;
const HEAD = 44;
const FOOT = 28;
const LEGEND = 22;

/** How the points are looked at: flat, and from the side, in degrees. */
const views = [
  { turn: 0, tilt: 0, caption: 'components 1 and 2' },
  { turn: 40, tilt: 20, caption: 'components 1 to 3, turned' },
];

/**
 * The features of models as a picture in SVG: a column a model, its points flat and turned, and the numbers below.
 *
 * @param sets One for each model, all of the same classes.
 */
export function featuresSvg(sets: readonly FeatureSet[]): string {
  checkFeatureSets('featuresSvg', sets);
  const [first] = sets as [FeatureSet];
  const width = GAP + sets.length * (SIDE + GAP);
  const longest = Math.max(...first.classNames.map((name) => shortened(name).length));
  const cell = 40 + 7.4 * longest;
  const perRow = Math.max(1, Math.floor((width - GAP) / cell));
  const legendTop = HEAD + views.length * (SIDE + FOOT) + 84;
  const height = legendTop + Math.ceil(first.classNames.length / perRow) * LEGEND + GAP / 2;
  const legend = first.classNames.map((name, id) => {
    const [x, y] = [GAP + (id % perRow) * cell, legendTop + Math.floor(id / perRow) * LEGEND];
    return `${mark(id, x + 6, y - 4, 6)}<text x="${x + 18}" y="${y}">${escapeHtml(shortened(name))}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>
text { font-family: "DejaVu Sans", sans-serif; font-size: 12px; fill: #1d2126; }
.title { font-size: 15px; font-weight: bold; }
.soft { fill: #5d6670; }
.at { font-weight: bold; text-anchor: middle; stroke: #fff; stroke-width: 3px; stroke-linejoin: round; paint-order: stroke; }
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
${sets.map((set, column) => columnOf(set, GAP + column * (SIDE + GAP))).join('\n')}
${legend.join('\n')}
</svg>`;
}

function columnOf(set: FeatureSet, left: number): string {
  const { name, layer, separation } = set;
  const { within, total, pairs } = separation;
  const fisher = pairs.reduce((sum, pair) => sum + pair.fisher, 0) / pairs.length;
  const least = pairs[0] as (typeof pairs)[number];
  const top = HEAD + views.length * (SIDE + FOOT);
  const share = total > 0 ? `${((100 * within) / total).toFixed(1)} %` : '–';
  const lines = [
    `variance within classes: ${share} of all`,
    `Fisher's criterion: ${short(fisher)} in the mean over pairs,`,
    `${short(least.fisher)} for ${set.classNames[least.a]} – ${set.classNames[least.b]}`,
  ];
  return `<text class="title" x="${left}" y="20">${escapeHtml(shortened(name, 40))}</text>
<text class="soft" x="${left}" y="37">${escapeHtml(layer)}</text>
${views.map((view, row) => cloud(set, view, left, HEAD + row * (SIDE + FOOT))).join('\n')}
${lines.map((line, i) => `<text x="${left}" y="${top + 14 + 17 * i}">${escapeHtml(line)}</text>`).join('\n')}`;
}

/** The points from one side, in a frame. */
function cloud(
  { points, labels, explained, classNames, separation }: FeatureSet,
  { turn, tilt, caption }: (typeof views)[number],
  left: number,
  top: number,
): string {
  const view = viewOf(turn, tilt);
  const along = (at: ArrayLike<number>, direction: readonly number[]) =>
    direction.reduce((sum, v, k) => sum + v * (at[k] as number), 0);
  const of = (i: number) => points.subarray(3 * i, 3 * i + 3);
  const { middle, reach } = midst(points);
  const place = (at: ArrayLike<number>) => {
    const from = middle.map((v, k) => (at[k] as number) - v);
    const [x, y] = [view.across, view.up].map((axis) => along(from, axis) / (1.08 * reach || 1));
    return [
      left + (SIDE / 2) * (1 + (x as number)),
      top + (SIDE / 2) * (1 - (y as number)),
    ] as const;
  };
  const order = Array.from(labels, (_, i) => i);
  order.sort((a, b) => along(of(a), view.near) - along(of(b), view.near));
  const size = labels.length > 800 ? 2.5 : 3.5;
  const marks = order.map((i) => mark(labels[i] as number, ...place(of(i)), size));
  const taken: { x: number; y: number; half: number }[] = [];
  const names = separation.classes.map(({ id }) => {
    const name = classNames[id] as string;
    const [x, y] = place(meanOf(points, labels, id));
    const half = 4.2 * name.length;
    const covers = (other: (typeof taken)[number]) =>
      Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 14;
    if (taken.some(covers)) return '';
    taken.push({ x, y, half });
    return `<text class="at" x="${x.toFixed(1)}" y="${(y + 4).toFixed(1)}">${escapeHtml(name)}</text>`;
  });
  const flat = turn === 0 && tilt === 0;
  const shown = explained.slice(0, flat ? 2 : 3).map((share) => `${(100 * share).toFixed(0)} %`);
  return `<rect x="${left}" y="${top}" width="${SIDE}" height="${SIDE}" fill="none" stroke="#e4e4df"/>
${marks.join('')}
${names.join('')}
<text class="soft" x="${left}" y="${top + SIDE + 16}">${caption}: ${shown.join(', ')} of the variance</text>`;
}

function mark(id: number, x: number, y: number, size: number): string {
  const { onWhite, corners } = classMark(id);
  const at = corners.map((v, i) => ((i % 2 === 0 ? x : y) + size * v).toFixed(1));
  return `<polygon points="${at.join(' ')}" fill="${onWhite}" fill-opacity="0.85" stroke="#fff" stroke-width="0.5"/>`;
}

function shortened(name: string, most = 24): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

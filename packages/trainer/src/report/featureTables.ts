import type { FeatureSet } from '../features/featureSet.js';
import { escapeHtml } from './escape.js';

/** So many pairs of classes are shown, those least apart in the first model. */
const MOST_PAIRS = 100;

/** The numbers of each model in a row. */
export function summaryTable(sets: readonly FeatureSet[]): string {
  const head = [
    ['model', ''],
    ['layer', ''],
    ['variance within classes', 'of all variance'],
    ['distance between classes', 'mean over pairs'],
    ["Fisher's criterion", 'mean over pairs'],
    ['the same for the pair least apart', ''],
  ];
  const rows = sets.map(
    ({ name, layer, size, classNames, separation: { within, total, pairs } }) => {
      const least = pairs[0] as (typeof pairs)[number];
      const cells = [
        `${escapeHtml(layer)}, ${size} numbers`,
        `${short(within)} <span class="soft">${percent(total > 0 ? within / total : 0)}</span>`,
        short(mean(pairs.map(({ distance }) => distance))),
        short(mean(pairs.map(({ fisher }) => fisher))),
        `${short(least.fisher)} <span class="soft">${pairName(classNames, least)}</span>`,
      ];
      return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
    },
  );
  const heads = head.map(
    ([title, more]) =>
      `<th scope="col">${title}${more ? ` <span class="soft">${more}</span>` : ''}</th>`,
  );
  return `<table class="side-by-side">
<thead><tr>${heads.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

/** Each pair of classes in a row, and for each model its distance and both forms of Fisher's criterion. */
export function pairTable(sets: readonly FeatureSet[]): string {
  const [first] = sets as [FeatureSet];
  const found = sets.map(
    ({ separation }) => new Map(separation.pairs.map((pair) => [`${pair.a}-${pair.b}`, pair])),
  );
  const shown = first.separation.pairs.slice(0, MOST_PAIRS);
  const measures = [
    ['fisher', "Fisher's criterion"],
    ['alongLine', 'on the line'],
    ['distance', 'distance'],
  ] as const;
  const columns = sets.flatMap((_, set) => measures.map(([key, title]) => ({ set, key, title })));
  const names = sets.map(
    ({ name }) => `<th scope="colgroup" colspan="${measures.length}">${escapeHtml(name)}</th>`,
  );
  const heads = columns.map(
    ({ set, key, title }) =>
      `<th scope="col"><button type="button" data-sort="${key}-${set}">${title}</button></th>`,
  );
  const rows = shown.map((pair) => {
    const cells = columns.map(({ set, key }) => {
      const value = found[set]?.get(`${pair.a}-${pair.b}`)?.[key];
      return value === undefined
        ? '<td>–</td>'
        : `<td data-order="${value === Number.POSITIVE_INFINITY ? 1e308 : value}">${short(value)}</td>`;
    });
    const name = pairName(first.classNames, pair);
    return `<tr><th scope="row" data-order="${name}">${name}</th>${cells.join('')}</tr>`;
  });
  return `<table class="side-by-side" id="pairs">
<caption class="unseen">Each pair of classes, those least apart in ${escapeHtml(first.name)} first</caption>
<thead>
<tr><td></td>${names.join('')}</tr>
<tr><th scope="col"><button type="button" data-sort="pair">pair</button></th>${heads.join('')}</tr>
</thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

/** What share of a model's variance each class has within itself. */
export function classSpreadTable(sets: readonly FeatureSet[]): string {
  const [first] = sets as [FeatureSet];
  const rows = first.classNames.map((name, id) => {
    const cells = sets.map(({ separation: { classes, total } }) => {
      const spread = classes.find((each) => each.id === id);
      if (spread === undefined || total === 0) return '<td>–</td>';
      return `<td>${short(spread.within)} <span class="soft">${percent(spread.within / total)}</span></td>`;
    });
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join('')}</tr>`;
  });
  return `<table class="side-by-side">
<thead><tr><th scope="col">class</th>${sets.map(({ name }) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

function pairName(names: readonly string[], { a, b }: { a: number; b: number }): string {
  return `${escapeHtml(names[a])} – ${escapeHtml(names[b])}`;
}

/** Three digits. */
export function short(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '∞';
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

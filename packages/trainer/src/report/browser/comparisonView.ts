import type uPlot from 'uplot';
import type { GroupCurve, Measure, PageData, PageGroup, TableText, View } from '../PageData.js';
import type { bandChart } from './bandChart.js';
import type { ChartKit } from './chartKit.js';
import type { copyButton } from './copyButton.js';
import type { facets } from './facets.js';
import type { legend } from './legend.js';
import type { numbersTable } from './numbersTable.js';
import type { rowSorter } from './rowSorter.js';

/** The parts that the page of a comparison is made of. */
export interface Parts {
  kit: ChartKit;
  bandChart: typeof bandChart;
  copyButton: typeof copyButton;
  facets: typeof facets;
  legend: typeof legend;
  numbersTable: typeof numbersTable;
  rowSorter: typeof rowSorter;
}

/**
 * Brings the page of a comparison to life. What is shown stands behind the `#` of its address:
 * `only.SETTING=VALUE` for each checked box, `sort=COLUMN` or `sort=-COLUMN`, `curve=MEASURE`, `bands=off`.
 */
export function comparisonView(Plot: typeof uPlot, parts: Parts, data: PageData): void {
  const { groups, measures } = data;
  const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
  const table = find<HTMLTableElement>('groups');
  const status = find('status');
  const bands = find<HTMLInputElement>('bands');
  const mixed = find('mixed');
  const radios = [...document.querySelectorAll<HTMLInputElement>('input[name=curve]')];
  const rows = [...document.querySelectorAll<HTMLTableRowElement>('tr[data-group]')];
  const groupOf = (row: HTMLElement) => Number(row.dataset.group);

  document.documentElement.classList.add('scripted');
  const facets = parts.facets(find<HTMLFormElement>('filters'), groups, changed);
  const sorter = parts.rowSorter(table, changed);
  const chart = parts.bandChart(Plot, parts.kit, find('chart'), (epoch) => {
    legend.at(epoch);
  });
  const swatches = [...table.querySelectorAll('.swatch')];
  const legend = parts.legend(parts.kit, find('legend'), find('epoch'), swatches, chart);
  const numbers = parts.numbersTable(parts.kit, find<HTMLDetailsElement>('numbers'));

  function measure(): Measure {
    const key = radios.find((radio) => radio.checked)?.value;
    return measures.find((each) => each.key === key) ?? (measures[0] as Measure);
  }

  function show(): void {
    const shown = facets.shown();
    for (const row of rows) row.hidden = !shown.includes(groupOf(row));
    const all = `${groups.length} setting${groups.length === 1 ? '' : 's'}`;
    status.textContent = shown.length === groups.length ? all : `${shown.length} of ${all}`;
    find('nothing').hidden = shown.length > 0;
    find<HTMLButtonElement>('all').hidden = facets.checked().length === 0;
    mixed.hidden = !measure().training;
    const view: View = {
      measure: measure(),
      lines: shown.map((group) => {
        const { name, style, curves } = groups[group] as PageGroup;
        return { group, name, style, curve: curves[measure().key] as GroupCurve };
      }),
    };
    chart.show(view, bands.checked);
    legend.show(view);
    numbers.show(view);
  }

  function changed(): void {
    show();
    const hash = new URLSearchParams();
    for (const [setting, value] of facets.checked()) hash.append(`only.${setting}`, value);
    if (sorter.order() !== '') hash.set('sort', sorter.order());
    if (measure() !== measures[0]) hash.set('curve', measure().key);
    if (!bands.checked) hash.set('bands', 'off');
    const [page] = location.href.split('#');
    history.replaceState(null, '', `${hash}` === '' ? page : `#${hash}`);
  }

  function restore(): void {
    const hash = new URLSearchParams(location.hash.slice(1));
    facets.check(
      [...hash].flatMap(([name, value]) =>
        name.startsWith('only.') ? [[name.slice(5), value] as const] : [],
      ),
    );
    sorter.sort(hash.get('sort') ?? '');
    const asked = radios.find((radio) => radio.value === hash.get('curve')) ?? radios[0];
    if (asked) asked.checked = true;
    bands.checked = hash.get('bands') !== 'off';
    show();
  }

  function copied({ head, rows, foot }: TableText, format: string): { text: string; what: string } {
    const shown = [...(table.tBodies[0]?.rows ?? [])].filter((row) => !row.hidden).map(groupOf);
    return {
      text: `${head}${shown.map((group) => rows[group]).join('')}${foot}`,
      what: `${shown.length} row${shown.length === 1 ? '' : 's'} as ${format}`,
    };
  }

  parts.copyButton(find<HTMLButtonElement>('copy-markdown'), find('copied'), () =>
    copied(data.markdown, 'Markdown'),
  );
  parts.copyButton(find<HTMLButtonElement>('copy-csv'), find('copied'), () =>
    copied(data.csv, 'CSV'),
  );
  find('all').addEventListener('click', () => {
    facets.check([]);
    changed();
    find('filters').querySelector('input')?.focus();
  });
  for (const input of [...radios, bands]) input.addEventListener('change', changed);
  for (const row of table.tBodies[0]?.rows ?? []) {
    row.addEventListener('pointerenter', () => chart.highlight(groupOf(row)));
    row.addEventListener('pointerleave', () => chart.highlight(undefined));
  }
  addEventListener('hashchange', restore);
  restore();
}

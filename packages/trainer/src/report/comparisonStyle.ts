import { palette } from './lineStyle.js';

const colors = (list: readonly string[]) =>
  list.map((color, index) => `--line-${index}: ${color};`).join(' ');

/** What the style sheet of a comparison's page adds. */
export const comparisonStyle: string = `
:root { ${colors(palette.light)} --accent: #2467c9; --head: #f3f3ef; }
@media screen and (prefers-color-scheme: dark) {
  :root:not(.printing) { ${colors(palette.dark)} --accent: #78aef0; --head: #22272c; }
}
html:not(.scripted) .scripted { display: none; }
[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.comparison { max-width: 80rem; }
.comparison h1 { font-size: 1.5rem; margin-bottom: .5rem; }
.comparison h2 { margin: 0; }
.comparison section { margin-top: 2.25rem; }
.comparison code { overflow-wrap: anywhere; }
.sides { display: grid; gap: 0 2rem; }
.results { min-width: 0; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin-bottom: .6rem; }
.bar > p { margin: 0; }
.buttons { display: flex; gap: .5rem; margin-left: auto; }
button { font: inherit; color: inherit; }
.buttons button, #all { font-size: .9rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .7rem; cursor: pointer; }
.buttons button:hover, #all:hover { border-color: var(--soft); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
.filters { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; margin-top: 1.75rem; }
.filters:not(:has(fieldset)) { display: none; }
.filters label { font-size: .95rem; }
.filters legend { color: var(--soft); font-size: .85rem; padding: 0; margin-bottom: .25rem; }
.filters label { display: inline-flex; gap: .4rem; align-items: baseline; margin-right: 1rem; padding: .2rem 0; cursor: pointer; }
.filters label.none { color: var(--soft); }
.count { color: var(--soft); font-size: .85rem; font-variant-numeric: tabular-nums; }
input { accent-color: var(--accent); margin: 0; align-self: center; }
.side-by-side { width: 100%; }
.side-by-side th, .side-by-side td { padding: .4rem .55rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
.side-by-side :is(th, td):first-child { text-align: left; padding-left: .25rem; position: sticky; left: 0; background: var(--page); }
.side-by-side tbody th { white-space: normal; min-width: 15rem; }
.side-by-side tbody th > span { display: flex; gap: .6rem; align-items: center; }
.side-by-side thead :is(th, td) { background: var(--head); border-bottom: 0; color: var(--soft); font-weight: 400; padding-block: .3rem; vertical-align: bottom; white-space: normal; }
.side-by-side thead th:first-child { background: var(--head); }
.side-by-side thead button { background: none; border: 0; padding: .1rem 0; cursor: pointer; color: inherit; text-align: inherit; }
.side-by-side thead button:hover { color: var(--ink); }
.side-by-side thead button::after { content: "↕"; opacity: .35; margin-left: .2em; }
[aria-sort=ascending] button { color: var(--ink) !important; } [aria-sort=ascending] button::after { content: "↑" !important; opacity: 1 !important; }
[aria-sort=descending] button { color: var(--ink) !important; } [aria-sort=descending] button::after { content: "↓" !important; opacity: 1 !important; }
.side-by-side tbody tr:hover :is(th, td) { background: var(--head); }
#groups td:nth-child(2) { font-weight: 650; }
.trials td:nth-child(2) { text-align: left; }
.swatch { flex: none; } .swatch path { stroke-width: 3; fill: none; }
a { color: var(--accent); }
.choice { display: flex; flex-wrap: wrap; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; background: var(--card); }
.choice label { padding: .3rem .7rem; font-size: .9rem; cursor: pointer; display: flex; gap: .4rem; }
.choice label:has(:checked) { background: var(--head); }
.choice label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: -2px; }
.bar > label { display: flex; gap: .4rem; cursor: pointer; }
#chart { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .75rem .5rem .25rem; }
#legend { list-style: none; margin: .25rem 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 0 1.25rem; }
#legend button { display: flex; gap: .6rem; align-items: center; width: 100%; text-align: left; background: none; border: 0; padding: .3rem .25rem; font-size: .9rem; cursor: pointer; }
#legend li { display: flex; border-bottom: 1px solid var(--line); }
#legend button:hover, #legend [aria-pressed=true] { background: var(--head); }
#legend .name { flex: 1; }
#legend .value { font-variant-numeric: tabular-nums; white-space: nowrap; }
.comparison .epochs thead th { white-space: normal; min-width: 6.5rem; vertical-align: bottom; }
textarea { width: 100%; font: .85rem/1.4 ui-monospace, monospace; background: var(--card); color: inherit; }
.printing main { max-width: 42rem; padding-inline: 0; } .printing .sides { display: block; } .printing .filters { display: none; }
@media (min-width: 64rem) {
  .sides:has(.filters fieldset) { grid-template-columns: 11rem minmax(0, 1fr); }
  .filters { flex-direction: column; position: sticky; top: 1rem; align-self: start; max-height: calc(100vh - 2rem); overflow-y: auto; margin-top: 2.4rem; }
  .filters label { display: flex; margin-right: 0; }
}
@media (max-width: 40rem) {
  .buttons { margin-left: 0; }
  .side-by-side th, .side-by-side td { padding-inline: .5rem; }
  .side-by-side tbody th { min-width: 7.5rem; }
  .side-by-side tbody th > span { flex-wrap: wrap; gap: 0; }
}
@media print {
  .filters, .buttons, .bar > label, .choice label:not(:has(:checked)), #copied, footer { display: none !important; }
  .sides { display: block; } .choice { border: 0; }
  main { padding: 0; } .scroll { overflow: visible; }
  .side-by-side th, .side-by-side td { padding-inline: .3rem; font-size: .75rem; white-space: normal; position: static !important; }
  #groups td:nth-child(-n+4) { white-space: nowrap; } .side-by-side tbody th { min-width: 9rem; }
  .side-by-side thead button::after { content: none !important; }
  tr, li, #chart { break-inside: avoid; }
}
`;

/** The style sheet of the report. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fcfcfa; --card: #fff; --ink: #1d2126; --soft: #5d6670; --line: #e4e4df;
  --train: #2f6fc4; --train-soft: #a9c4e8; --test: #cf5a12; --right: #1f8a5b; --wrong: #c8401f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1b1f23; --ink: #e7e9eb; --soft: #9aa4ae; --line: #2d3339;
    --train: #78aef0; --train-soft: #35506f; --test: #f59a58; --right: #3fae7c; --wrong: #e5673f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { overflow-wrap: anywhere; font-size: 1.15rem; font-weight: 600; margin: 0; }
h2 { font-size: 1.15rem; margin: 2.75rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .35rem 0; max-width: 44rem; }
.soft, figcaption, caption { color: var(--soft); font-size: .9rem; }
.score { font-size: clamp(3.5rem, 14vw, 6rem); line-height: 1.05; font-weight: 700; letter-spacing: -.03em; margin: .75rem 0 0; max-width: none; font-variant-numeric: tabular-nums; }
.score small { font-size: .5em; font-weight: 600; letter-spacing: 0; color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: 1px; margin: 1.5rem 0 0; background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.facts div { flex: 1 1 8.5rem; background: var(--card); padding: .6rem .85rem; }
.facts dt { color: var(--soft); font-size: .8rem; }
.facts dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.25rem; }
figure { margin: 0; min-width: 0; }
.charts figure, .samples { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .85rem; overflow: hidden; }
.charts figcaption { color: var(--ink); font-weight: 600; margin-bottom: .25rem; }
.samples { padding: 0; }
.samples img { display: block; width: 100%; height: auto; min-width: 40rem; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
caption { text-align: left; padding-bottom: .5rem; }
th { text-align: left; font-weight: 500; }
.settings, .epochs { width: 100%; }
.settings th, .settings td, .epochs th, .epochs td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.settings th { color: var(--soft); width: 45%; font-weight: 400; }
.settings td { overflow-wrap: anywhere; }
.settings caption { font-weight: 600; color: var(--ink); font-size: 1rem; }
.epochs th, .epochs td { text-align: right; white-space: nowrap; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 2rem; align-items: start; }
.beside { display: flex; flex-wrap: wrap; gap: 0 3rem; align-items: flex-start; }
.beside > * { min-width: 0; }
.confusion { border-collapse: separate; border-spacing: 2px; }
.confusion td { min-width: 2.75rem; height: 2.1rem; text-align: center; border-radius: 3px; padding: 0 .25rem; }
.confusion tbody td { background: color-mix(in srgb, var(--tone) calc(var(--shade) * 92%), var(--card)); }
.confusion .right { --tone: var(--right); } .confusion .wrong { --tone: var(--wrong); }
.confusion .dark { color: #fff; }
.confusion i { color: var(--soft); opacity: .55; font-style: normal; }
.confusion thead th { vertical-align: bottom; height: 6.5rem; padding: 0 0 .25rem; }
.confusion thead th span { writing-mode: vertical-rl; transform: rotate(180deg); display: block; margin: 0 auto; width: 1.4em; line-height: 1.4; white-space: nowrap; }
.confusion thead td { vertical-align: bottom; }
.corner { color: var(--soft); font-size: .8rem; white-space: nowrap; }
.confusion tbody th { position: sticky; left: 0; background: var(--page); padding-right: .6rem; white-space: nowrap; }
.classes th, .classes td { padding: .3rem 1.25rem .3rem 0; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
.classes th:first-child { text-align: left; }
.classes td:last-child, .classes th:last-child { text-align: left; }
.classes .bar { min-width: 8rem; background: linear-gradient(to right, color-mix(in srgb, var(--right) 26%, transparent) calc(var(--share) * 100%), transparent 0) no-repeat 0 / calc(100% - 1.25rem); }
.mistakes { padding-left: 1.3rem; margin: .25rem 0; }
.mistakes span { color: var(--soft); }
details { margin-top: 1rem; } summary { cursor: pointer; color: var(--soft); }
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
.u-legend { text-align: left !important; font-size: 12px !important; margin: .25rem 0 0 !important; color: var(--soft); }
.u-legend .u-series > * { padding: 1px 3px !important; }
.u-cursor-x, .u-cursor-y { border-color: var(--soft) !important; }
@media (prefers-color-scheme: dark) { .u-select { background: rgba(255, 255, 255, .08) !important; } }
@media print { .samples img { min-width: 0; } }
`;

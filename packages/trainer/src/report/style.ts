/** The style sheet of all our pages. What is printed is light: `.printing` says that it will be, before the printer asks. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fcfcfa; --card: #fff; --ink: #1d2126; --soft: #5d6670; --line: #e4e4df;
  --train: #2f6fc4; --train-soft: #a9c4e8; --test: #cf5a12; --right: #1f8a5b; --wrong: #c8401f;
}
@media screen and (prefers-color-scheme: dark) {
  :root:not(.printing) {
    --page: #14171a; --card: #1b1f23; --ink: #e7e9eb; --soft: #9aa4ae; --line: #2d3339;
    --train: #78aef0; --train-soft: #35506f; --test: #f59a58; --right: #3fae7c; --wrong: #e5673f;
  }
}
@media print { :root { color-scheme: light; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { overflow-wrap: anywhere; font-size: 1.15rem; font-weight: 600; margin: 0; }
h2 { font-size: 1.15rem; margin: 2.75rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .35rem 0; max-width: 44rem; }
.soft, figcaption, caption { color: var(--soft); font-size: .9rem; }
.facts { display: flex; flex-wrap: wrap; gap: 1px; margin: 1.5rem 0 0; background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.facts div { flex: 1 1 8.5rem; background: var(--card); padding: .6rem .85rem; }
.facts dt { color: var(--soft); font-size: .8rem; }
.facts dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
figure { margin: 0; min-width: 0; }
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
details { margin-top: 1rem; } summary { cursor: pointer; color: var(--soft); }
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
.u-legend { text-align: left !important; font-size: 12px !important; margin: .25rem 0 0 !important; color: var(--soft); }
.u-legend .u-series > * { padding: 1px 3px !important; }
.u-cursor-x, .u-cursor-y { border-color: var(--soft) !important; }
@media screen and (prefers-color-scheme: dark) { .u-select { background: rgba(255, 255, 255, .08) !important; } }
`;

/** What the style sheet of a run's report adds. */
export const reportStyle = `
.score { font-size: clamp(3.5rem, 14vw, 6rem); line-height: 1.05; font-weight: 700; letter-spacing: -.03em; margin: .75rem 0 0; max-width: none; font-variant-numeric: tabular-nums; }
.score small { font-size: .5em; font-weight: 600; letter-spacing: 0; color: var(--soft); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.25rem; }
.charts figure, .samples { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .85rem; overflow: hidden; }
.charts figcaption { color: var(--ink); font-weight: 600; margin-bottom: .25rem; }
.samples { padding: 0; }
.samples img { display: block; width: 100%; height: auto; min-width: 40rem; }
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
@media print { .samples img { min-width: 0; } }
`;

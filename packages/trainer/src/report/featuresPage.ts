import { type ClassMark, classMark } from '../features/classMark.js';
import type { FeatureSet } from '../features/featureSet.js';
import { meanOf } from '../features/meanOf.js';
import { midst } from '../features/midst.js';
import { comparisonStyle } from './comparisonStyle.js';
import { escapeHtml } from './escape.js';
import type { FeatureData, ShownSet } from './FeatureData.js';
import { classSpreadTable, pairTable, summaryTable } from './featureTables.js';
import { fiveDigits } from './fiveDigits.js';
import { htmlDocument } from './htmlDocument.js';
import { featureProgram } from './programs.js';
import type { Uplot } from './readUplot.js';
import { style } from './style.js';

const featuresStyle = `
.clouds { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.25rem; }
.clouds figure { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .85rem; overflow: hidden; }
.clouds figcaption b { color: var(--ink); font-weight: 600; }
.clouds [data-set] { touch-action: pan-y; cursor: grab; } .clouds [data-set]:active { cursor: grabbing; }
.clouds .under { min-height: 1.5em; margin: .25rem 0 0; font-variant-numeric: tabular-nums; }
.sliders { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: center; margin: 1rem 0; }
.sliders label { display: flex; gap: .6rem; align-items: center; font-size: .9rem; }
.sliders output { min-width: 3.2em; font-variant-numeric: tabular-nums; }
.marks { list-style: none; margin: 0 0 1rem; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem; }
.marks button, #flat { display: flex; gap: .45rem; align-items: center; font-size: .9rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .25rem .6rem; cursor: pointer; }
.marks button:hover, #flat:hover { border-color: var(--soft); }
.marks [aria-pressed=true] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
#pairs thead tr:first-child th { text-align: center; color: var(--ink); font-weight: 600; border-left: 1px solid var(--line); }
@media print { .sliders, .marks button:not([aria-pressed=true]) { display: none; } }
`;

/** What features look like, as one HTML page that asks for nothing from outside. */
export function featuresPage(
  title: string,
  sets: readonly FeatureSet[],
  uplot: Uplot,
  command?: string,
): string {
  const [first] = sets as [FeatureSet];
  const marks = first.classNames.map((_, id) => classMark(id));
  const body = `<main class="comparison">
<header>
<h1>${escapeHtml(title)}</h1>
<p>What a layer gives for each test image, in the directions in which it varies most. Where classes lie apart and are narrow, an image between two of them is no image of a third.</p>
${command === undefined ? '' : `<p class="soft">Made by <code>${escapeHtml(command)}</code></p>`}
</header>
<section aria-labelledby="numbers-title">
<h2 id="numbers-title">In numbers</h2>
<p class="soft">Of all dimensions of the layer. Fisher's criterion is the squared distance between the means of two classes over the sum of their variances; it and the shares do not depend on the scale, which each model has its own of.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of models">
${summaryTable(sets)}
</div>
</section>
<section aria-labelledby="clouds-title">
<h2 id="clouds-title">In three dimensions</h2>
<noscript><p>The pictures need a script; the tables do not.</p></noscript>
<div class="scripted">
<div class="sliders">
<label>turn <input type="range" id="turn" min="-180" max="180" step="1" value="0"><output></output></label>
<label>tilt <input type="range" id="tilt" min="-90" max="90" step="1" value="0"><output></output></label>
<button type="button" id="flat">the first two components</button>
</div>
<ul class="marks" aria-label="Classes in front">${first.classNames.map((name, id) => `<li><button type="button" data-class="${id}" aria-pressed="false">${swatch(marks[id] as ClassMark)}${escapeHtml(name)}</button></li>`).join('')}</ul>
<div class="clouds">
${sets.map(cloud).join('\n')}
</div>
</div>
</section>
<section aria-labelledby="pairs-title">
<h2 id="pairs-title">Pair by pair</h2>
<p class="soft">Those least apart in the first model come first. On the line: Fisher's criterion with the variances along the line through both means, which is where the two classes meet.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of pairs">
${pairTable(sets)}
</div>
</section>
<section aria-labelledby="classes-title">
<h2 id="classes-title">Variance within each class</h2>
<p class="soft">Mean squared distance from the mean of the class, and its share of all variance.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of classes">
${classSpreadTable(sets)}
</div>
</section>
<footer>Written by @bcl/trainer. Drag a picture to turn it. The address of this page keeps what is shown.</footer>
</main>
${featureProgram(pageData(sets, marks), uplot)}`;
  return htmlDocument({
    title,
    style: `${uplot.style}${style}${comparisonStyle}${featuresStyle}`,
    body,
  });
}

function cloud({ name, layer, labels, explained }: FeatureSet, set: number): string {
  const shares = explained.map((share) => `${(100 * share).toFixed(0)} %`).join(', ');
  const spoken = `${labels.length} images of ${name} as points, by class; the tables hold the numbers.`;
  return `<figure>
<figcaption><b>${escapeHtml(name)}</b><br>${escapeHtml(layer)}; components of ${shares} of the variance</figcaption>
<div data-set="${set}" role="img" aria-label="${escapeHtml(spoken)}"></div>
<p class="soft under">${labels.length} images</p>
</figure>`;
}

/** The mark of a class, small. */
function swatch({ color, corners }: ClassMark): string {
  return `<svg width="12" height="12" viewBox="-1.2 -1.2 2.4 2.4" aria-hidden="true"><polygon points="${corners.join(' ')}" fill="var(${color})"/></svg>`;
}

function pageData(sets: readonly FeatureSet[], marks: ClassMark[]): FeatureData {
  const [first] = sets as [FeatureSet];
  return {
    sets: sets.map(shown),
    classNames: first.classNames,
    marks: marks.map(({ color, corners }) => ({ color, corners })),
  };
}

function shown({ name, points, labels, said, separation }: FeatureSet): ShownSet {
  return {
    name,
    points: Array.from(points, fiveDigits),
    means: separation.classes.map(({ id }) => ({
      id,
      at: meanOf(points, labels, id).map(fiveDigits),
    })),
    labels: [...labels],
    said: [...said],
    ...midst(points),
  };
}

import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/**
 * Which layers are meant: by a name, by the name of a stage (`'layer1'` for `layer1.0.conv1` and all that begins with `layer1.`),
 * with `*` for any characters, by a regular expression, by a function, or by several of these.
 */
export type LayerMatch =
  | string
  | RegExp
  | ((name: string) => boolean)
  | readonly (string | RegExp | ((name: string) => boolean))[];

/** Names that one error lists. */
const NAMES_SHOWN = 12;

/**
 * The layers with weights that are meant, in the order of the model.
 *
 * @param who The function that was called, for errors.
 * @throws RangeError for a part of `match` that no layer fits: a slip of the pen would do nothing in silence.
 */
export function matchLayers(who: string, model: LayersModel, match: LayerMatch): Layer[] {
  const layers = model.layers.filter(({ weights }) => weights.length > 0);
  const meant = new Set<Layer>();
  const parts = Array.isArray(match) ? match : [match];
  for (const part of parts as (string | RegExp | ((name: string) => boolean))[]) {
    const fits = testOf(part);
    const found = layers.filter(({ name }) => fits(name));
    if (found.length === 0) {
      throw new RangeError(
        `${who}: layers must be some of ${model.name}, got ${part}; its stages are ${stagesOf(layers)}`,
      );
    }
    for (const layer of found) meant.add(layer);
  }
  return layers.filter((layer) => meant.has(layer));
}

function testOf(part: string | RegExp | ((name: string) => boolean)): (name: string) => boolean {
  if (typeof part === 'function') return part;
  if (part instanceof RegExp) return (name) => name.search(part) >= 0;
  const pattern = part.split('*').map(escaped).join('.*');
  const whole = new RegExp(`^${pattern}(\\..*)?$`, 's');
  return (name) => whole.test(name);
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

/** The first parts of the layers' names. */
function stagesOf(layers: readonly Layer[]): string {
  const stages = [...new Set(layers.map(({ name }) => name.split('.', 1)[0] as string))];
  const more = stages.length > NAMES_SHOWN ? `, … (${stages.length} in all)` : '';
  return `${stages.slice(0, NAMES_SHOWN).join(', ')}${more}`;
}

import { show } from '../dataset.js';
import { bytesOf, type TarExample } from './readShard.js';

/** What an example says of its class. */
export interface LabelSource {
  readonly key: string;
  /** Its member `.cls` as a text without space around it. */
  readonly cls: string | undefined;
  /** Its member `.txt`, likewise. */
  readonly txt: string | undefined;
  /** Its member `.json`, parsed. */
  readonly json: unknown;
}

/** Says the class of an example, by its number or its name. */
export type LabelRule = (source: LabelSource) => number | string | undefined;

/** `.cls`, else `.txt`, else the field `label` of `.json`. */
const usualRule: LabelRule = ({ cls, txt, json }) =>
  cls ?? txt ?? (json as { label?: number | string } | undefined)?.label;

/** The class number of an example. A text is a name, or a number if there is no such name. */
export function labelOf(
  example: TarExample,
  ids: ReadonlyMap<string, number>,
  rule: LabelRule = usualRule,
): number {
  const { key, members } = example;
  const text = (kind: string) => {
    const member = members.get(kind);
    return member === undefined ? undefined : new TextDecoder().decode(bytesOf(member)).trim();
  };
  const json = text('json');
  const said = rule({
    key,
    cls: text('cls'),
    txt: text('txt'),
    json: json === undefined ? undefined : parse(json),
  });
  if (said === undefined) throw new Error('it has no label: no .cls, .txt or label in a .json');
  const number = typeof said === 'string' && /^\d{1,9}$/.test(said) ? Number(said) : said;
  const label = typeof said === 'string' ? (ids.get(said) ?? number) : said;
  if (typeof label !== 'number' || !Number.isInteger(label) || label < 0 || label >= ids.size) {
    throw new Error(
      `its label must be one of the ${ids.size} class names or 0..${ids.size - 1}, got ${show(shortened(said))}`,
    );
  }
  return label;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new Error(`its .json is damaged: ${(cause as Error).message}`, { cause });
  }
}

/** The beginning of a long text. */
function shortened(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, 40) : value;
}

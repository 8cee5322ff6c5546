/** Where a layer stands in a network that is built of blocks. */
export interface BlockName {
  /** `layer1` */
  stage: string;
  /** `layer1.0` */
  name: string;
}

/** The block of a layer by its name, as `layer1.0` of `layer1.0.conv1` and `block1.denselayer3` of `block1.denselayer3.norm1`. */
export function blockOf(layer: string): BlockName | undefined {
  const [name, stage] = /^(.+?)\.(?:[a-z]+layer)?\d+(?=\.|$)/i.exec(layer) ?? [];
  return name === undefined || stage === undefined ? undefined : { stage, name };
}

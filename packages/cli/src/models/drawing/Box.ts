import type { LayerSummary } from '@bcl/models';

/** What a box does, which gives it its colour. */
export type BoxKind = 'input' | 'conv' | 'dense' | 'pool' | 'join' | 'other';

/** One box of a drawing: a layer that does the work, with the small ones before and after it. */
export interface Box {
  id: string;
  kind: BoxKind;
  /** The layer that the box is named after. */
  main: LayerSummary;
  layers: LayerSummary[];
  /** Boxes that it takes from. */
  inputs: Box[];
  /** `conv 3×3, 64`. */
  title: string;
  /** What comes along: `BN, ReLU`. */
  notes: string;
  /** Shape of its result. */
  shape: readonly number[];
  /** How many boxes of its kind, one after the other, it stands for. */
  times: number;
}

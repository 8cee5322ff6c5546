/** What the program of the page of features reads. */
export interface FeatureData {
  sets: ShownSet[];
  classNames: readonly string[];
  /** By class: a custom property of the style sheet, and corners from −1 to 1. */
  marks: { color: string; corners: number[] }[];
}

/** The points of one model. */
export interface ShownSet {
  name: string;
  /** Three numbers an image. */
  points: number[];
  /** The means of the classes that have images, three numbers each. */
  means: { id: number; at: number[] }[];
  labels: number[];
  /** Class that the model says of each image. */
  said: number[];
  /** A place in their midst, three numbers, and the distance of the point farthest from it. */
  middle: number[];
  reach: number;
}

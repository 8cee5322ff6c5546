/** What the program of a comparison's page reads. */
export interface PageData {
  groups: PageGroup[];
  measures: Measure[];
  markdown: TableText;
  csv: TableText;
}

/** A group as the page's program knows it; its number is its place in the list. */
export interface PageGroup {
  name: string;
  settings: Readonly<Record<string, string>>;
  style: LineStyle;
  /** One curve a measure, by its key. */
  curves: Readonly<Record<string, GroupCurve>>;
}

/** How the line of a group is drawn. */
export interface LineStyle {
  /** Custom property of the style sheet. */
  color: string;
  /** Lengths of strokes and gaps in pixels; none for a line without gaps. */
  dash: readonly number[];
}

/** What a chart can show. */
export interface Measure {
  key: string;
  /** As in `test accuracy`. */
  title: string;
  /** Whether its values are percentages. */
  percent: boolean;
  /** Whether it is measured while training, and so on mixes where the method mixes. */
  training: boolean;
}

/** A measure over epochs: mean over the trials that have come to each epoch. */
export interface GroupCurve {
  /** Epochs, rising. */
  x: number[];
  mean: number[];
  /** Standard error of the mean; null where one trial alone has come to the epoch. */
  error: (number | null)[];
  /** Trials. */
  count: number[];
}

/** What the chart, its legend and its table of numbers show. */
export interface View {
  measure: Measure;
  lines: ShownLine[];
}

/** A group in them; its curve has no epochs where nothing was measured yet. */
export interface ShownLine {
  group: number;
  name: string;
  style: LineStyle;
  curve: GroupCurve;
}

/** A table as text, taken apart so that some rows can be left out or put in another order. */
export interface TableText {
  head: string;
  /** A line a group. */
  rows: string[];
  /** What follows the rows. */
  foot: string;
}

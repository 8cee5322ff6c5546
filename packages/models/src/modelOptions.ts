/** What every network takes. */
export interface ModelOptions {
  /** Number of classes, at least 2. */
  classes: number;
  /** Selects the initial weights and all that is drawn in training; 0 unless told. */
  seed?: number;
  /**
   * What the biases of the last layer start from: `'zeros'` unless told. `'prior'` starts each from -log(classes - 1), so that every
   * sigmoid starts at 1 / classes, as the class-balanced paper has it for sigmoid and focal loss.
   */
  headBias?: HeadBias;
}

export type HeadBias = 'zeros' | 'prior';

/** What every network for images takes. */
export interface ImageModelOptions extends ModelOptions {
  /** Height, width and channels of an image; [32, 32, 3] unless told or said otherwise. */
  inputShape?: readonly [height: number, width: number, channels: number];
}

/** What every network for sounds takes. */
export interface SoundModelOptions extends ModelOptions {
  /** Samples of a sound; each network says what it is unless told. */
  inputShape?: readonly [samples: number];
}

/**
 * Refuses options that no network for images could be built from.
 *
 * @param smallest Least height and width in pixels: what the strides and poolings of the network shrink to one.
 */
export function checkImageOptions(
  name: string,
  { inputShape = [32, 32, 3], ...options }: ImageModelOptions,
  smallest: number,
): void {
  checkModelOptions(name, options);
  if (!isShape(inputShape, 3)) {
    throw new RangeError(
      `${name}: inputShape must be [height, width, channels], three integers above 0, got ${JSON.stringify(inputShape)}`,
    );
  }
  const [height, width] = inputShape;
  if (height < smallest || width < smallest) {
    throw new RangeError(
      `${name}: images must be at least ${smallest} x ${smallest} pixels, because strides and poolings shrink them ${smallest} times, got ${height} x ${width}; enlarge them or pad them`,
    );
  }
}

/** Refuses options that no network for sounds could be built from; `smallest` is in samples. */
export function checkSoundOptions(
  name: string,
  { inputShape, ...options }: SoundModelOptions,
  smallest: number,
): void {
  checkModelOptions(name, options);
  if (inputShape === undefined) return;
  if (!isShape(inputShape, 1)) {
    throw new RangeError(
      `${name}: inputShape must be [samples], one integer above 0, got ${JSON.stringify(inputShape)}`,
    );
  }
  if (inputShape[0] < smallest) {
    throw new RangeError(
      `${name}: sounds must be at least ${smallest} samples, because strides and poolings shrink them, got ${inputShape[0]}; pad them`,
    );
  }
}

/** Refuses a `value` that is none of `allowed`. */
export function checkOneOf(
  name: string,
  option: string,
  value: unknown,
  allowed: readonly string[],
): void {
  if (!allowed.includes(value as string)) {
    throw new RangeError(
      `${name}: ${option} must be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}`,
    );
  }
}

/** Refuses a `value` that is no whole number from 1. */
export function checkWhole(name: string, option: string, value: unknown): void {
  if (!Number.isInteger(value) || (value as number) < 1) {
    throw new RangeError(`${name}: ${option} must be an integer of at least 1, got ${value}`);
  }
}

/** Refuses a share of dropped units that leaves none. */
export function checkDropout(name: string, dropout: number): void {
  if (!(dropout >= 0 && dropout < 1)) {
    throw new RangeError(
      `${name}: dropout must be from 0 up to but not including 1, got ${dropout}`,
    );
  }
}

/** Refuses a depth that is not `blocks` layers for each block of a stage and `rest` others; `named` are depths people know. */
export function checkDepth(
  name: string,
  depth: number,
  { blocks, rest, named }: { blocks: number; rest: number; named: readonly number[] },
): void {
  const count = (depth - rest) / blocks;
  if (Number.isInteger(count) && count >= 1) return;
  throw new RangeError(
    `${name}: depth must be ${blocks} n + ${rest} with n from 1, such as ${named.join(', ')}, got ${depth}`,
  );
}

function checkModelOptions(
  name: string,
  { classes, seed = 0, headBias = 'zeros' }: ModelOptions,
): void {
  if (!Number.isInteger(classes) || classes < 2) {
    throw new RangeError(`${name}: classes must be an integer of at least 2, got ${classes}`);
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`${name}: seed must be an integer, got ${seed}`);
  }
  checkOneOf(name, 'headBias', headBias, ['zeros', 'prior']);
}

function isShape(shape: unknown, rank: number): boolean {
  return (
    Array.isArray(shape) &&
    shape.length === rank &&
    shape.every((size) => Number.isInteger(size) && size > 0)
  );
}

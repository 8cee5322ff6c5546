/** What every network takes. */
export interface ModelOptions {
  /** Number of classes, at least 2. */
  classes: number;
  /** Height, width and channels of an image; [32, 32, 3] unless told. */
  inputShape?: readonly [height: number, width: number, channels: number];
  /** Selects the initial weights and the dropout masks; 0 unless told. */
  seed?: number;
}

/** Refuses options that no network could be built from. `smallest` is in pixels. */
export function checkModelOptions(
  name: string,
  { classes, inputShape = [32, 32, 3], seed = 0 }: ModelOptions,
  smallest: number,
): void {
  if (!Number.isInteger(classes) || classes < 2) {
    throw new RangeError(`${name}: classes must be an integer of at least 2, got ${classes}`);
  }
  const sizes: readonly unknown[] = Array.isArray(inputShape) ? inputShape : [inputShape];
  if (sizes.length !== 3 || !sizes.every((size) => Number.isInteger(size) && Number(size) > 0)) {
    throw new RangeError(
      `${name}: inputShape must be [height, width, channels], three integers above 0, got ${JSON.stringify(inputShape)}`,
    );
  }
  const [height, width] = inputShape;
  if (height < smallest || width < smallest) {
    throw new RangeError(
      `${name}: images must be at least ${smallest} x ${smallest} pixels, because poolings halve them, got ${height} x ${width}; enlarge them or pad them`,
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`${name}: seed must be an integer, got ${seed}`);
  }
}

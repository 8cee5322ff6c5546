/** Where a layer that draws by counting stands: which training step comes next, and with which example of the batch it begins. */
export class Place {
  step = 0;
  firstExample = 0;

  /** @param layer Name of the layer's class, for messages. */
  constructor(readonly layer: string) {}

  /** Goes to a place, as `seek` of the layer asks. */
  seek(step: number, firstExample: number): void {
    for (const [name, value] of Object.entries({ step, firstExample })) {
      if (!Number.isSafeInteger(value) || value < 0) {
        throw new RangeError(
          `${this.layer}.seek: ${name} must be an integer of at least 0, got ${value}`,
        );
      }
    }
    this.step = step;
    this.firstExample = firstExample;
  }
}

/** Refuses a seed that JSON could not hold. */
export function checkSeed(layer: string, seed: number): void {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`${layer}: seed must be an integer, got ${seed}`);
  }
}

import { createRandom, normal, type Random, shuffled, uniformInt } from '@bcl/random';
import { checkCount, checkSplit, type Dataset, type Split } from './dataset.js';
import { type Place, SHAPES } from './embeddedShapes.js';

/** Sides of an image, pixels. */
const SIDE = 32;

/**
 * How hard the pictures are; grey levels are 0..255. A class is a matter of form: colours, light,
 * place and size say nothing of it. The figure is more often the lighter part, which
 * gives a network something to begin with: without it the first hundred steps go nowhere.
 */
const DIFFICULTY = {
  /** Least difference in brightness between figure and ground, grey levels. */
  contrast: 90,
  /** Probability that the figure is the lighter of the two. */
  lighter: 0.7,
  /** The whole picture is made lighter or darker by up to this, grey levels. */
  brightness: 50,
  /** A shadow across the picture darkens one side and lightens the other by up to this, grey levels. */
  shadow: 20,
  /** Largest standard deviation of the noise on each value, grey levels. */
  noise: 12,
  /** How far a figure's centre lies from the middle, pixels. */
  shift: 3,
  /** Smallest and largest radius of a figure, pixels. */
  radius: [8.5, 12],
  /** Smallest and largest width of a stripe, a square or a dot's cell, pixels. */
  width: [4, 5.5],
  /** Largest turn either way, radians. */
  turn: 0.15,
} as const;

/** Numbers in the table that the noise of all pictures is read from; a power of two. */
const NOISE_TABLE = 1 << 15;

/** Share of each channel in brightness, ITU-R BT.601. */
const LUMA = [0.299, 0.587, 0.114] as const;

export interface EmbeddedOptions {
  /** Which part. The two never share a picture. Default `'train'`. */
  readonly split?: Split;
  /** How many pictures are drawn. Default 2000 for training, 500 for testing. */
  readonly size?: number;
  /** Another seed is another set of pictures. Default 0. */
  readonly seed?: number | string;
}

/**
 * Draws a data set: ten classes of 32 × 32 colour pictures, which needs no download.
 *
 * The classes are figures (disc, ring, square, triangle, cross) and patterns (stripes of three
 * directions, checkerboard, dots), in any two colours, any place and size, under changing light
 * and noise. So no pixel tells a class by itself: a linear model gets
 * less than half of them right, a convolutional one nearly all. A mirrored picture keeps its class. The first pictures of a
 * larger set are those of a smaller one, and every ten of them hold each class once.
 *
 * @example
 * ```ts
 * import { embedded } from '@bcl/datasets';
 *
 * const train = embedded({ size: 20 });
 * train.shape; // => [32, 32, 3]
 * train.classNames.slice(0, 3); // => ['disc', 'ring', 'square']
 * ```
 */
export function embedded(options: EmbeddedOptions = {}): Dataset {
  const { split = 'train', seed = 0 } = options;
  checkSplit('embedded', split);
  const { size = split === 'train' ? 2000 : 500 } = options;
  checkCount('embedded', 'size', size);

  const random = createRandom(seed).stream('embedded').stream(split);
  const noise = noiseTable(random.stream('noise'));
  // A clamped array rounds and clamps what is written to it.
  const images = new Uint8ClampedArray(size * SIDE * SIDE * 3);
  const labels = new Uint8Array(size);
  let classes: Int32Array = new Int32Array(0);
  for (let i = 0; i < size; i++) {
    const turn = i % SHAPES.length;
    if (turn === 0) classes = shuffled(random, SHAPES.length);
    const label = classes[turn] as number;
    labels[i] = label;
    drawPicture(images, i * SIDE * SIDE * 3, label, random, noise);
  }
  return {
    name: 'embedded',
    images: new Uint8Array(images.buffer),
    labels,
    shape: [SIDE, SIDE, 3],
    classNames: SHAPES.map(({ name }) => name),
  };
}

/** Draws one picture of class `label` at byte `to`. */
function drawPicture(
  images: Uint8ClampedArray,
  to: number,
  label: number,
  random: Random,
  noise: Float32Array,
): void {
  const between = (low: number, high: number) => low + (high - low) * random();
  const { brightness, shadow, shift, radius, width, turn } = DIFFICULTY;
  const [ground, figure] = drawColours(random);

  const light = between(-brightness, brightness);
  const [shadowX, shadowY] = direction(between(0, 2 * Math.PI), between(0, shadow));
  const grain = between(0.3, 1) * DIFFICULTY.noise;
  const grainAt = uniformInt(random, NOISE_TABLE);
  const middle = (SIDE - 1) / 2;
  const place: Place = {
    radius: between(radius[0], radius[1]),
    width: between(width[0], width[1]),
    phase: [random(), random()],
    variant: random(),
  };
  const [cos, sin] = direction(between(-turn, turn), 1);
  const centreX = middle + between(-shift, shift);
  const centreY = middle + between(-shift, shift);
  const { cover } = SHAPES[label] as (typeof SHAPES)[number];

  let at = grainAt;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const dx = column - centreX;
      const dy = row - centreY;
      const share = cover(dx * cos + dy * sin, dy * cos - dx * sin, place);
      const lit = light + (shadowX * (column - middle) + shadowY * (row - middle)) / middle;
      for (let c = 0; c < 3; c++) {
        const dark = ground[c] as number;
        const colour = dark + share * ((figure[c] as number) - dark);
        const grains = grain * (noise[at++ & (NOISE_TABLE - 1)] as number);
        images[to++] = colour + lit + grains;
      }
    }
  }
}

/** Colours of ground and figure, far enough apart in brightness; which is the lighter one is drawn too. */
function drawColours(random: Random): [ground: number[], figure: number[]] {
  const lighter = random() < DIFFICULTY.lighter;
  for (;;) {
    const [a, b] = [drawColour(random), drawColour(random)];
    const contrast = luma(a) - luma(b);
    if (Math.abs(contrast) < DIFFICULTY.contrast) continue;
    return contrast > 0 === lighter ? [b, a] : [a, b];
  }
}

/** A colour that light can still change both ways. */
function drawColour(random: Random): number[] {
  return [0, 1, 2].map(() => 30 + 195 * random());
}

function luma(colour: readonly number[]): number {
  return LUMA.reduce((sum, share, c) => sum + share * (colour[c] as number), 0);
}

/** The vector of this angle, radians, and length. */
function direction(angle: number, length: number): [x: number, y: number] {
  return [length * Math.cos(angle), length * Math.sin(angle)];
}

/** Standard normal numbers. Each picture starts at its own place in them: quick, and as good to the eye. */
function noiseTable(random: Random): Float32Array {
  return Float32Array.from({ length: NOISE_TABLE }, () => normal(random));
}

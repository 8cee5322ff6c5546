// Looked up once: these run for every pixel.
const { abs, floor, max, min, round, sqrt } = Math;

/** What varies within a class, besides place and turn. */
export interface Place {
  /** Of a figure, pixels. */
  readonly radius: number;
  /** Of a stripe, a square or half a dot's cell, pixels. */
  readonly width: number;
  /** Where a pattern starts, in its periods, across and down. */
  readonly phase: readonly [number, number];
  /** One number in [0, 1) for what only some classes have. */
  readonly variant: number;
}

interface Shape {
  readonly name: string;
  /** How much of the pixel at (x, y), pixels from the centre, the shape covers: 0..1, soft over one pixel. */
  readonly cover: (x: number, y: number, place: Place) => number;
}

/** Coverage at a distance from an edge, pixels, negative inside. */
function inside(distance: number): number {
  return max(0, min(1, 0.5 - distance));
}

/** Length of a vector; `Math.hypot` guards against overflow and takes ten times as long. */
function length(x: number, y: number): number {
  return sqrt(x * x + y * y);
}

/** Distance to the nearest of parallel edges `width` apart, positive in every second stripe. */
function stripe(x: number, width: number, phase: number): number {
  const t = x / (2 * width) + phase;
  const nearest = abs(t - floor(t) - 0.5);
  return (0.25 - nearest) * 2 * width;
}

const HALF_ROOT_3 = sqrt(3) / 2;
const ROOT_HALF = sqrt(0.5);

/** The ten classes, in the order of their numbers. */
export const SHAPES: readonly Shape[] = [
  { name: 'disc', cover: (x, y, { radius }) => inside(length(x, y) - radius) },
  {
    name: 'ring',
    cover: (x, y, { radius, variant }) => {
      const thickness = radius * (0.15 + 0.1 * variant);
      return inside(abs(length(x, y) - radius + thickness) - thickness);
    },
  },
  {
    name: 'square',
    cover: (x, y, { radius }) => inside(max(abs(x), abs(y)) - 0.85 * radius),
  },
  {
    name: 'triangle',
    cover: (x, y, { radius, variant }) => {
      const down = variant < 0.5 ? y : -y;
      const slanted = HALF_ROOT_3 * abs(x) - 0.5 * down;
      return inside(max(down, slanted) - 0.6 * radius);
    },
  },
  {
    name: 'cross',
    cover: (x, y, { radius, variant }) => {
      const arm = radius * (0.2 + 0.12 * variant);
      const [far, near] = [max(abs(x), abs(y)), min(abs(x), abs(y))];
      return inside(max(far - radius, near - arm));
    },
  },
  {
    name: 'horizontal stripes',
    cover: (_, y, { width, phase }) => inside(stripe(y, width, phase[1])),
  },
  {
    name: 'vertical stripes',
    cover: (x, _, { width, phase }) => inside(stripe(x, width, phase[0])),
  },
  {
    name: 'diagonal stripes',
    cover: (x, y, { width, phase, variant }) =>
      inside(stripe(ROOT_HALF * (variant < 0.5 ? x + y : x - y), width, phase[0])),
  },
  {
    name: 'checkerboard',
    cover: (x, y, { width, phase }) => {
      const a = inside(stripe(x, width, phase[0]));
      const b = inside(stripe(y, width, phase[1]));
      return a + b - 2 * a * b;
    },
  },
  {
    name: 'dots',
    cover: (x, y, { width, phase }) => {
      const cell = 2 * width;
      const u = x / cell + phase[0];
      const v = y / cell + phase[1];
      return inside(cell * (length(u - round(u), v - round(v)) - 0.3));
    },
  },
];

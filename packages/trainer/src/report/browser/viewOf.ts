/** The directions across, up and towards the reader of a view of three dimensions. */
export interface Viewpoint {
  across: readonly number[];
  up: readonly number[];
  near: readonly number[];
}

/**
 * How three axes are seen when they were turned about the second, which points up, and then tilted about the line
 * across. Without either the first points right, the second up, the third to the reader.
 *
 * @param turn Degrees.
 * @param tilt Degrees.
 */
export function viewOf(turn: number, tilt: number): Viewpoint {
  const [a, b] = [(turn * Math.PI) / 180, (tilt * Math.PI) / 180];
  const [ca, sa, cb, sb] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
  return {
    across: [ca, 0, sa],
    up: [sa * sb, cb, -ca * sb],
    near: [-sa * cb, sb, ca * cb],
  };
}

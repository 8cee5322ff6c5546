/** The middle of the box around points of three numbers, and how far from it the farthest of them lies. */
export function midst(points: Float32Array): { middle: number[]; reach: number } {
  const middle = [0, 1, 2].map((k) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = k; i < points.length; i += 3) {
      low = Math.min(low, points[i] as number);
      high = Math.max(high, points[i] as number);
    }
    return (low + high) / 2;
  });
  let reach = 0;
  for (let i = 0; i < points.length; i += 3) {
    const from = middle.map((v, k) => (points[i + k] as number) - v);
    reach = Math.max(reach, Math.hypot(...from));
  }
  return { middle, reach };
}

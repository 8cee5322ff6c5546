/** Mean of the points of a class, three numbers. */
export function meanOf(points: Float32Array, labels: Int32Array, id: number): number[] {
  const sum = [0, 0, 0];
  let count = 0;
  for (const [i, label] of labels.entries()) {
    if (label !== id) continue;
    count++;
    for (let k = 0; k < 3; k++) sum[k] = (sum[k] as number) + (points[3 * i + k] as number);
  }
  return sum.map((v) => v / count);
}

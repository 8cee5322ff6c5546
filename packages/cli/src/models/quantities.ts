/** A number in three digits: `1.81 G`, `234 M`. */
export function metric(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  let unit = 0;
  let scaled = value;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${threeDigits(scaled, unit === 0)}${units[unit]}`;
}

/** Bytes in three digits: `42.7 MiB`. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let scaled = value;
  while (scaled >= 1023.5 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${threeDigits(scaled, unit === 0)} ${units[unit]}`;
}

/** A shape: `32 × 32 × 3`. */
export function shapeText(shape: readonly number[]): string {
  return shape.map(String).join(' × ');
}

function threeDigits(value: number, whole: boolean): string {
  if (whole || value >= 99.95) return value.toFixed(0);
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

/** A time as `4.2 s`, `2 min 5 s` or `1 h 20 min`; undefined where there is none. */
export function duration(seconds: number): string | undefined {
  if (!(seconds > 0)) return undefined;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

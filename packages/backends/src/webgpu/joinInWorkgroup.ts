/**
 * WGSL that joins what the threads of a workgroup have put into `found`, in pairs, until the first few threads have all: thread t of them
 * what those at t and multiples of their number from there had. `thread` is the thread's place.
 *
 * @param threads Of the workgroup, a power of two.
 * @param left How many have something at the end, a power of two.
 * @param join WGSL for two parts joined.
 */
export function joinInWorkgroup(
  threads: number,
  left: number,
  join: (a: string, b: string) => string,
): string {
  return `
    workgroupBarrier();
    for (var half = ${threads / 2}; half >= ${left}; half = half / 2) {
      if (thread < half) {
        found[thread] = ${join('found[thread]', 'found[thread + half]')};
      }
      workgroupBarrier();
    }
  `;
}

/** The headers of Node's C interface, from npm; the package has no types. */
declare module 'node-api-headers' {
  export const include_dir: string;
}

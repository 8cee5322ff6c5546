/**
 * Loads a package that the user installs when they need it.
 *
 * @param load `() => import('name')`, written out so that bundlers see it.
 * @param what What it is needed for, the end of "… needs the package NAME".
 */
export async function importOptional<T>(
  caller: string,
  name: string,
  what: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    throw new Error(
      missing
        ? `${caller}: ${what} needs the package ${name}, which is not installed; npm install ${name}`
        : `${caller}: ${what} needs the package ${name}, which cannot be loaded: ${message}`,
      { cause: error },
    );
  }
}

import { existsSync } from 'node:fs';

/** Where a browser of Chromium's kind is on this machine; undefined where there is none. */
export const chromium: string | undefined = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync);

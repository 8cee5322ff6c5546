// For `npm pack` in a package: `node pack-manifest.mjs before` writes the versions of our own packages where package.json says
// `workspace:`, which npm does not know (pnpm does this by itself); `after` puts the manifest back.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const manifest = join(process.cwd(), 'package.json');
const kept = `${manifest}.workspace`;
const [when] = process.argv.slice(2);

if (when === 'before') {
  const text = readFileSync(manifest, 'utf8');
  const resolved = text.replace(
    /"@bcl\/([\w-]+)": "workspace:([\^~]?|\*)"/g,
    (_, name, range) => `"@bcl/${name}": "${range === '*' ? '' : range}${versionOf(name)}"`,
  );
  if (resolved !== text) {
    writeFileSync(kept, text);
    writeFileSync(manifest, resolved);
  }
} else if (when === 'after') {
  if (existsSync(kept)) renameSync(kept, manifest);
} else {
  throw new Error(`pack-manifest: expected before or after, got ${when}`);
}

function versionOf(name) {
  const file = join(process.cwd(), '..', name, 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

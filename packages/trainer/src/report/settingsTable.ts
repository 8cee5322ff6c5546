import { escapeHtml } from './escape.js';

/** Nested settings as a table of two columns: `training.batchSize` is the row "training: batch size". */
export function settingsTable(settings: Record<string, unknown>, caption: string): string {
  const rows = flatten(settings).map(
    ([name, value]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table class="settings">
<caption>${escapeHtml(caption)}</caption>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

function flatten(settings: Record<string, unknown>, prefix = ''): [string, string][] {
  return Object.entries(settings).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || value === null) return [];
    const title = prefix + words(name);
    if (Array.isArray(value)) return [[title, value.map(plain).join(', ')]];
    if (typeof value === 'object') {
      return flatten(value as Record<string, unknown>, `${title}: `);
    }
    return [[title, plain(value)]];
  });
}

function plain(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `batchSize` as "batch size"; names with a slash, dot or dash are packages and stay as they are. */
function words(name: string): string {
  return /^[a-z]+([A-Z][a-z]+)*$/.test(name)
    ? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : name;
}

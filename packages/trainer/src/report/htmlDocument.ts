import { escapeHtml } from './escape.js';

/** A page that asks for nothing from outside, and that may not. */
export function htmlDocument({
  title,
  style,
  body,
}: {
  title: string;
  style: string;
  body: string;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** Short facts with their names, as a list; those that are undefined are left out. */
export function factList(facts: readonly (readonly [string, string | undefined])[]): string {
  const shown = facts.filter(([, value]) => value !== undefined);
  return `<dl class="facts">${shown
    .map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`)
    .join('')}</dl>`;
}

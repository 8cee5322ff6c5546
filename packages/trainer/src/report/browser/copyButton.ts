/**
 * Lets a button copy a text, in a page, and tells of it in an element. Where the browser keeps its clipboard shut
 * the text is shown, selected, to be copied by hand.
 */
export function copyButton(
  button: HTMLButtonElement,
  told: HTMLElement,
  text: () => { text: string; what: string },
): void {
  button.addEventListener('click', async () => {
    const copied = text();
    document.getElementById('by-hand')?.remove();
    try {
      await navigator.clipboard.writeText(copied.text);
      told.textContent = `Copied ${copied.what}.`;
    } catch {
      const area = document.createElement('textarea');
      area.id = 'by-hand';
      area.readOnly = true;
      area.rows = 8;
      area.setAttribute('aria-label', copied.what);
      area.value = copied.text;
      told.after(area);
      area.select();
      told.textContent = document.execCommand('copy')
        ? `Copied ${copied.what}.`
        : 'This browser lets no page copy: the text is below, selected.';
    }
  });
}

import axe from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';

/** A page of a desktop's size that notes all that goes wrong in it, what it asks of a network included. */
export async function watchedPage(browser: Browser): Promise<{ page: Page; errors: string[] }> {
  const errors: string[] = [];
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) errors.push(`asked for ${request.url()}`);
  });
  return { page, errors };
}

/** What keeps some people from using a page, by the rules of axe. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source });
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
  });
}

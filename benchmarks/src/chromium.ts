import { chromium, type Page } from 'playwright-core';
import { CHROMIUM_OPTIONS, findChromium } from '../../scripts/find-chromium.js';

/** Nothing listens here: the browser is given all files directly. Pages of this host may share memory. */
const ORIGIN = 'http://localhost';

const HEADERS = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
};

/** Gives a file by its path from the root, such as `/page.js`. */
export type FileOf = (path: string) => Uint8Array | Promise<Uint8Array>;

/**
 * Opens a page in a Chromium of its own, cross-origin isolated. The browser ends with this process.
 *
 * @param path of the page, with what follows it
 * @param fileOf gives the page and all that it asks for; folders ask for their `index.html`
 * @throws Error if there is no Chromium
 */
export async function openPage(path: string, fileOf: FileOf): Promise<Page> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('There is no Chromium. Install it, or set WEFT_CHROMIUM to the path of its program.');
  }
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_OPTIONS });
  // What a service worker asks for would go past the files given here.
  const page = await browser.newPage({ serviceWorkers: 'block', viewport: { width: 1280, height: 900 } });
  await page.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    const contentType = TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    await route.fulfill({ headers: HEADERS, contentType, body: Buffer.from(await fileOf(file)) });
  });
  await page.goto(`${ORIGIN}${path}`, { waitUntil: 'load' });
  return page;
}

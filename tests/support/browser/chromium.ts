import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, describe, type SuiteAPI } from 'vitest';
import { CHROMIUM_OPTIONS, findChromium } from '../../../scripts/find-chromium.js';

/** Where screenshots go, for people to look at. */
const ARTEFACTS = fileURLToPath(new URL('../../../test-artifacts/', import.meta.url));

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A page of a busy machine may take this long, in milliseconds, for what a test waits for. */
const PATIENCE = 240_000;

const executable = findChromium();
if (executable === undefined) {
  console.warn('Skipped: tests in a browser. Install Chromium, or set WEFT_CHROMIUM to the path of its program.');
}

/** `describe` for tests that need Chromium. Where there is none they are skipped, and counted so. */
export const inChromium: SuiteAPI | SuiteAPI['skip'] = executable === undefined ? describe.skip : describe;

const opened: Browser[] = [];
afterAll(async () => {
  for (const browser of opened) await browser.close();
});

/** Starts Chromium for the tests of a file, and closes it after them. Without Chromium nothing uses what is returned. */
export async function openBrowser(): Promise<Browser> {
  if (executable === undefined) return undefined as unknown as Browser;
  const browser = await chromium.launch({
    executablePath: executable,
    args: CHROMIUM_OPTIONS,
  });
  opened.push(browser);
  return browser;
}

/** A page, and what goes wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console and of scripts, and requests that failed. A test looks at it at its end. */
  readonly problems: string[];
}

/** Opens an empty page in a context of its own: with no cookies, files or workers of other pages. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  // Of all its pages: tests open more of them.
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('requestfailed', (request) => {
    problems.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
  });
  return { page, problems };
}

/** Keeps a picture of a page, for a look: all of it, as `NAME.png` in `test-artifacts`. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: true });
}

/** Faults of a page that axe calls serious or critical, each with the elements that have it. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // Evaluated by the debugger: the page's content security policy does not forbid it.
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run()')) as import('axe-core').AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`);
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium, newPage, openBrowser, screenshot, seriousFaults } from '../support/browser/chromium.js';
import { type FileServer, serve } from '../support/browser/serve.js';

// The site as `pnpm site` builds it, below a path of its host. The live pages have tests of their own.
const root = fileURLToPath(new URL('../..', import.meta.url));
const manual = join(root, 'docs/site/manual');
const host = mkdtempSync(join(tmpdir(), 'weft-site-'));

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return { status, output: stdout + stderr };
}

const install = () => run('npx', '--yes', 'pnpm', '--dir', manual, 'install', '--frozen-lockfile', '--prefer-offline');
const build = (out: string, base: string) =>
  run(process.execPath, join(manual, 'build.js'), '--out', out, '--base', base);

let installed: ReturnType<typeof run>;
let built: ReturnType<typeof run>;
beforeAll(() => {
  installed = install();
  built = build(join(host, 'weft'), '/weft/');
});
afterAll(() => rmSync(host, { recursive: true }));

describe('pnpm site', () => {
  it('installs its tools, and builds a site without dead links, with a page and an example for each symbol', () => {
    expect(installed.output).not.toContain('ERR_');
    expect(built.status, built.output).toBe(0);
    expect(built.output).toContain(`The site is in ${join(host, 'weft')}.`);
  });

  it('refuses a folder that is not its own, and a path that is none', () => {
    const [foreign, path] = [build(root, '/'), build(join(host, 'other'), 'weft')];
    expect(foreign).toEqual({ status: 1, output: expect.stringContaining('is not empty, and no site is in it') });
    expect(path).toEqual({ status: 1, output: expect.stringContaining('Give a path that begins and ends with /') });
  });
});

const PAGES = [
  ['home', '/weft/', 'Deep learning in pure TypeScript'],
  ['guide', '/weft/guides/own-pictures.html', 'Your own pictures, from folder to heat map'],
  ['example', '/weft/examples/classifier.html', 'classifier'],
  ['features', '/weft/reference/features.html', 'What there is'],
  ['architecture', '/weft/internals/architecture.html', 'How Weft works'],
  ['package', '/weft/api/nn/index.html', '@weft/nn'],
  ['layer', '/weft/api/nn/classes/Conv2D.html', 'Conv2D'],
  ['tensor', '/weft/api/core/classes/Tensor.html', 'Tensor'],
] as const;

/** What VitePress's list of results has: each is a link within an option, with a name of its own. */
const SEARCH_OF_VITEPRESS = /^(nested-interactive|label-content-name-mismatch): /;

const SCREENS = [
  ['desktop', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  ['phone', { viewport: { width: 390, height: 844 }, colorScheme: 'dark', reducedMotion: 'reduce' }],
] as const;

inChromium('the site in Chromium', () => {
  let browser: Browser;
  let server: FileServer;
  beforeAll(async () => {
    browser = await openBrowser();
    server = await serve(host);
  });
  afterAll(() => server.close());

  /** Opens a page, which may ask its own host alone. */
  async function open(path: string, options: Parameters<typeof newPage>[1] = {}) {
    const { page, problems } = await newPage(browser, options);
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(server.origin) && !url.startsWith('data:')) problems.push(`asks for ${url}`);
    });
    await page.goto(server.origin + path, { waitUntil: 'networkidle' });
    return { page, problems };
  }

  describe.each(SCREENS)('%s', (screen, options) => {
    it.each(PAGES)('%s shows itself without errors and without serious faults', async (name, path, title) => {
      const { page, problems } = await open(path, options);
      expect(await page.locator('h1').first().textContent()).toContain(title);
      await screenshot(page, `site-${name}-${screen}`);
      expect(await seriousFaults(page)).toEqual([]);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(content, 'nothing is wider than the screen').toBeLessThanOrEqual(window);
      expect(problems).toEqual([]);
      await page.context().close();
    });
  });

  it('search finds a layer, by keys alone', async () => {
    const { page, problems } = await open('/weft/');
    await page.keyboard.press('/');
    const search = page.locator('.VPLocalSearchBox');
    await search.locator('input').fill('DepthwiseConv2D');
    await search.locator('.result').first().waitFor();
    await screenshot(page, 'site-search');
    const faults = await seriousFaults(page);
    expect(faults.filter((fault) => !SEARCH_OF_VITEPRESS.test(fault))).toEqual([]);
    const results = await search
      .locator('.result')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(results.some((href) => href?.startsWith('/weft/api/nn/classes/DepthwiseConv2D.html'))).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForURL(({ pathname }) => pathname === '/weft/api/nn/classes/DepthwiseConv2D.html');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it.each(['Denoise', 'Explore', 'Train'])('home leads to the live page %s, and that leads back', async (name) => {
    const { page, problems } = await open('/weft/');
    await page.locator('.VPFeature', { hasText: `Open ${name}` }).click();
    await page.waitForURL(({ pathname }) => pathname === `/weft/live/${name.toLowerCase()}/`);
    // A page that becomes isolated is loaded twice: a click between would be lost, and what it was fetching is.
    await expect.poll(() => page.evaluate('crossOriginIsolated').catch(() => false)).toBe(true);
    await page.waitForLoadState('networkidle');
    expect(problems.filter((problem) => !problem.endsWith('net::ERR_ABORTED'))).toEqual([]);
    await page.getByRole('link', { name: 'Docs' }).click();
    await page.waitForURL(`${server.origin}/weft/`);
    await page.context().close();
  });

  it('leads from the README to the reference run, and from a layer to what it takes', async () => {
    const { page, problems } = await open('/weft/start.html');
    await page.getByRole('link', { name: 'reports/fashion-mnist', exact: true }).click();
    await page.waitForURL(`${server.origin}/weft/reports/fashion-mnist/`);
    await page.locator('main img').nth(7).waitFor();
    await page.goto(`${server.origin}/weft/api/nn/classes/Dense.html`);
    await page.locator('main').getByRole('link', { name: 'BaseLayer' }).first().click();
    await page.waitForURL(`${server.origin}/weft/api/nn/classes/BaseLayer.html`);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installPackages, packPackages } from '../../scripts/packages.js';
import { bundlers, compressedScripts, PROGRAM, serveWithVite, writeProject } from '../support/browser/bundles.js';
import { inChromium, newPage, openBrowser } from '../support/browser/chromium.js';
import { serve } from '../support/browser/serve.js';
import { webFiles } from '../support/browser/web.js';

/**
 * Bytes of the scripts of a page that trains a convolutional network, minified by Vite and compressed. The goal is
 * 45,000; the compiler alone, from tensors to WebAssembly, has 49,000.
 */
const MOST_BYTES = 120_000;

inChromium('a page that trains', async () => {
  const browser = await openBrowser();
  const temporary = mkdtempSync(join(tmpdir(), 'weft-bundles-'));
  afterAll(() => rmSync(temporary, { recursive: true }));
  const project = join(temporary, 'project');
  beforeAll(() => {
    mkdirSync(project);
    installPackages(project, packPackages(join(temporary, 'tarballs')), ['@weft/web']);
    writeProject(project);
  });

  /** What a page says in its title when it has trained. */
  async function titleOf(address: string): Promise<string> {
    const { page, problems } = await newPage(browser);
    await page.goto(address);
    await page.waitForFunction("document.title !== 'Training'");
    expect(problems).toEqual([]);
    const title = await page.title();
    await page.context().close();
    return title;
  }

  /** What all pages must say. */
  let expected = '';
  beforeAll(async () => {
    // Without a bundler: a script that imports the whole package from one file.
    const html = new TextDecoder().decode(Buffer.from(webFiles()['/index.html'])).replace('Weft', 'Training');
    const script = PROGRAM.replace("'@weft/web'", "'./weft.js'");
    const files = { ...webFiles(), '/index.html': `${html}<script type="module">${script}</script>` };
    const server = await serve(files, { isolated: true });
    expected = await titleOf(server.origin);
    await server.close();
    expect(expected).toMatch(/^shared 2 [0-9a-f]{64}$/);
  });

  test.each(Object.entries(bundlers))('is bundled by %s, with its workers', async (_, bundle) => {
    const server = await serve(await bundle(project), { isolated: true });
    expect(await titleOf(server.origin)).toBe(expected);
    // The page and the worker.
    expect(new Set(server.requests.map(({ path }) => path).filter((path) => path.endsWith('.js'))).size).toBe(2);
    await server.close();
  });

  test('runs from the server that Vite has for development', async () => {
    const server = await serveWithVite(project);
    expect(await titleOf(server.resolvedUrls?.local[0] as string)).toBe(expected);
    await server.close();
  });

  test('loads no more bytes than it may', async () => {
    const folder = await bundlers.Vite(project);
    const server = await serve(folder, { isolated: true });
    await titleOf(server.origin);
    await server.close();
    const bytes = compressedScripts(folder);
    const loaded = new Set(server.requests.map(({ path }) => path.slice(1)));
    const sizes = Object.entries(bytes).filter(([path]) => loaded.has(path));
    // The page and its worker; the reference kernels are there, and are not loaded.
    expect(sizes).toHaveLength(2);
    expect(Object.keys(bytes)).toHaveLength(3);
    expect(sizes.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(MOST_BYTES);
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('<script type="module"');
  });
});

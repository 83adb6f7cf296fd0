import { expect, test } from 'vitest';
import { syntheticGarments, writeIdx } from '../../packages/data/src/index.js';
import { inChromium, newPage, openBrowser } from '../support/browser/chromium.js';
import { builtFile, openLive, printedByNode } from '../support/browser/live.js';

const SETTINGS = 'model=dense&images=100&epochs=1';

inChromium('the page Train, where something is amiss', async () => {
  const browser = await openBrowser();

  test('trains on what it says, also where a file was chosen before', async () => {
    const { page, problems, server } = await openLive(browser, 'train', { settings: `${SETTINGS}&data=file` });
    const { train: garments } = syntheticGarments({ trainCount: 100, testCount: 1, seed: 3 });
    const idx = writeIdx({ type: 'uint8', shape: [100, 28, 28], data: garments.images });
    await page.setInputFiles('#file', { name: 'mine.idx', mimeType: '', buffer: Buffer.from(idx) });
    await page.selectOption('#data', 'synthetic');
    await page.locator('#go:enabled').click();
    await page.getByText('Training is done.').waitFor();
    expect(await page.textContent('#sha256')).toBe(printedByNode((await page.textContent('#program')) ?? ''));
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('takes another address up, and keeps the settings in it where a link leads to the content', async () => {
    const { page, problems, server, address } = await openLive(browser, 'train', { settings: SETTINGS });
    await page.locator('#go:enabled').waitFor();
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${address}#${SETTINGS}`);
    await page.goto(`${address}#model=dense&epochs=7&images=1e9&seed=NaN&noise=<script>`);
    await expect.poll(() => page.inputValue('#epochs')).toBe('7');
    await expect.poll(() => page.textContent('#status')).toContain('images=1e9, seed=NaN, noise=<script>');
    await page.waitForURL(`${address}#model=dense&epochs=7`);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('trains where the browser keeps no files for it, and says that it cannot pause', async () => {
    const { page } = await newPage(browser);
    // Neither https nor this machine: a page without a file system of its own, and without service workers.
    await page.context().route('http://weft.example/**', (route) => {
      const { pathname } = new URL(route.request().url());
      const path = `${pathname.slice(1)}${pathname.endsWith('/') ? 'index.html' : ''}`;
      const type = { html: 'text/html', js: 'text/javascript', css: 'text/css' }[path.split('.').at(-1) ?? ''];
      return route.fulfill({ body: Buffer.from(builtFile(path)), ...(type && { contentType: type }) });
    });
    await page.goto(`http://weft.example/train/#${SETTINGS}`);
    await page.getByText('Training cannot be paused here').waitFor();
    await page.locator('#go:enabled').click();
    await page.getByText('Training is done.').waitFor();
    expect(await page.textContent('#sha256')).toBe(printedByNode((await page.textContent('#program')) ?? ''));
    await page.context().close();
  });

  test('can go on with a training after a look at another address', async () => {
    const settings = 'images=300&epochs=3&batchSize=4';
    const { page, problems, server, address } = await openLive(browser, 'train', { settings });
    await page.locator('#go:enabled').click();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('Training has paused.').waitFor();
    const other = await page.context().newPage();
    await other.goto(`${address}#${SETTINGS}`);
    await other.getByRole('button', { name: 'Start', exact: true }).waitFor();
    await other.locator('#go:enabled').waitFor();
    await other.goto(`${address}?again`);
    await other.getByText('The last training was broken off.').waitFor();
    expect(await other.inputValue('#batchSize')).toBe('4');
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('says so where its worker does not start', async () => {
    const { page, server, address } = await openLive(browser, 'train', { serviceWorkers: 'block' });
    await page.context().route(/trainer-.*\.js$/, (route) => route.abort());
    await page.goto(`${address}?again`);
    await page.getByText('A worker of this page has stopped: its script cannot be loaded. Reload the page.').waitFor();
    await page.context().close();
    await server.close();
  });
});

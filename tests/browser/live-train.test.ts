import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { syntheticGarments, writeIdx } from '../../packages/data/src/index.js';
import { decodeModel } from '../../packages/formats/src/index.js';
import { AUTOENCODERS } from '../../packages/models/src/index.js';
import { weightsSha256 } from '../../packages/pool/src/index.js';
import { inChromium, openBrowser, screenshot, seriousFaults } from '../support/browser/chromium.js';
import { expectTraffic, openLive, printedByNode, SCREENS, waitUntilKept } from '../support/browser/live.js';

/** What the page loads on its own: requests, and bytes behind gzip. */
const MOST = { requests: 12, bytes: 170_000 };

/** A training of some seconds, with enough steps to pause within it three times, however fast the machine. */
const SHORT = 'images=300&epochs=6&batchSize=4';

const go = (page: Page, label: string) => page.getByRole('button', { name: label, exact: true });
const isDone = (page: Page) => page.getByText('Training is done.').waitFor();
const hasPaused = (page: Page) => page.getByText('Training has paused.').waitFor();
const sha256 = async (page: Page) => (await page.textContent('#sha256')) ?? '';

/** The program that the page shows, for Node. */
const program = async (page: Page) => (await page.textContent('#program')) ?? '';

/** Trains with the settings of the address to the end, and gives the hash of the weights. */
async function train(page: Page): Promise<string> {
  await go(page, 'Start').click();
  await isDone(page);
  return sha256(page);
}

const isPaused = async (page: Page) => {
  await go(page, 'Pause').click();
  await hasPaused(page);
  expect(await page.textContent('#weights-hint')).toMatch(/after \d+ epochs? (and some steps)?/);
};

inChromium('the page Train', async () => {
  const browser = await openBrowser();
  const open = (settings: string, options = {}) => openLive(browser, 'train', { settings, ...options });

  test('trains three epochs to the bits of Node, and gives the weights away', async () => {
    const { page, problems, server } = await open('model=cdae&images=200&batchSize=32&noise=0.3&seed=7');
    await page.fill('#epochs', '3');
    const hash = await train(page);
    expect(page.url()).toMatch(/#model=cdae&images=200&epochs=3&batchSize=32&noise=0.3&seed=7$/);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hash).toBe(printedByNode(await program(page)));

    const [file] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    expect(file.suggestedFilename()).toBe('cdae.safetensors');
    const { model, metadata } = decodeModel(readFileSync(await file.path()));
    expect(weightsSha256(model)).toBe(hash);
    expect(JSON.parse(metadata.card)).toMatchObject({
      dataset: 'synthetic',
      noise: 'gaussian:0.3',
      seed: 7,
      epochs: 3,
    });

    await page.getByText('Values as a table').click();
    await expect.poll(() => page.locator('#curves tbody tr').count()).toBeGreaterThanOrEqual(15);
    await page.locator('#curves svg').focus();
    await page.keyboard.press('End');
    const readout = await page.locator('#curves .readout').textContent();
    expect(readout).toMatch(/^Epoch 3: Training, each epoch [\d.]+, Validation, each epoch [\d.]+/);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('trains every autoencoder to the bits of Node', async () => {
    const { page, problems, server } = await open('images=30&epochs=1&batchSize=8');
    for (const model of Object.keys(AUTOENCODERS)) {
      await page.locator('#go:enabled').waitFor();
      await page.selectOption('#model', model);
      expect([model, await train(page)]).toEqual([model, printedByNode(await program(page))]);
    }
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('gives the same bits after a pause, a reload and a tab that was closed', async () => {
    const { page, problems, server, address } = await open(SHORT);
    const expected = printedByNode(await programOf(page));
    await go(page, 'Start').click();
    await isPaused(page);
    await go(page, 'Go on').click();
    await isPaused(page);
    await page.reload();
    await page.getByText('The last training was broken off.').waitFor();
    await go(page, 'Go on').click();
    await go(page, 'Pause').waitFor();
    const other = await page.context().newPage();
    await page.close();
    await other.goto(address);
    await go(other, 'Go on').click();
    await isDone(other);
    expect(await sha256(other)).toBe(expected);
    expect(problems).toEqual([]);
    await other.context().close();
    await server.close();
  });

  test('changes the learning rate between epochs, and the address says so', async () => {
    const { page, problems, server } = await open('images=300&epochs=40&batchSize=4&model=dense');
    await go(page, 'Start').click();
    // Long before the last epoch, in which there is no other to change.
    await isPaused(page);
    await page.fill('#learningRate', '0.0003');
    await page.keyboard.press('Tab');
    await page.getByText(/^Changed to 0.0003 from epoch \d+ on.$/).waitFor();
    await go(page, 'Go on').click();
    await isDone(page);
    const hash = await sha256(page);
    expect(page.url()).toMatch(/rates=\d+:0.0003$/);
    expect(await page.locator('#command-part').isHidden()).toBe(true);
    expect(await program(page)).toContain('LearningRateScheduler');
    expect(hash).toBe(printedByNode(await program(page)));
    await page.reload();
    await expect.poll(() => page.inputValue('#learningRate')).toBe('0.001');
    expect(await train(page)).toBe(hash);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('trains on a file of the visitor, and says what is wrong with others', async () => {
    const { page, problems, server } = await open('model=dense&epochs=2&batchSize=16&data=file');
    const { train: garments } = syntheticGarments({ trainCount: 120, testCount: 1, seed: 3 });
    const idx = writeIdx({ type: 'uint8', shape: [120, 28, 28], data: garments.images });
    const file = (name: string, buffer: Uint8Array) => ({ name, mimeType: '', buffer: Buffer.from(buffer) });
    await go(page, 'Start').click();
    await page.getByText('Choose the file of pictures to train on.').waitFor();
    await page.setInputFiles('#file', file('words.idx', Buffer.from('no pictures')));
    await go(page, 'Start').click();
    await page.getByText('words.idx is not an IDX file').waitFor();
    await page.setInputFiles('#file', file('labels.idx', writeIdx({ type: 'uint8', shape: [3], data: [1, 2, 3] })));
    await go(page, 'Start').click();
    await page.getByText('labels.idx holds uint8 of shape [3]').waitFor();
    await page.setInputFiles('#file', file('mine.gz', gzipSync(idx)));
    const hash = await train(page);
    const folder = mkdtempSync(join(tmpdir(), 'weft-live-'));
    writeFileSync(join(folder, 'mine.gz'), gzipSync(idx));
    const text = (await program(page)).replace('"mine.gz"', JSON.stringify(join(folder, 'mine.gz')));
    expect(hash).toBe(printedByNode(text));
    rmSync(folder, { recursive: true });
    // What cannot begin has not paused.
    await page.setInputFiles('#file', file('words.idx', Buffer.from('no pictures')));
    await go(page, 'Start').click();
    await page.getByText('words.idx is not an IDX file').waitFor();
    await go(page, 'Start').waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('refuses settings that there are not', async () => {
    const { page, problems, server } = await open('model=gan&epochs=-3&batchSize=16&colour=red');
    await page.getByText('model=gan, epochs=-3, colour=red').waitFor();
    await expect.poll(() => page.inputValue('#batchSize')).toBe('16');
    await expect.poll(() => page.inputValue('#epochs')).toBe('5');
    await page.fill('#epochs', '0');
    await go(page, 'Start').click();
    expect(
      await page.evaluate(() => document.querySelector<HTMLInputElement>('#epochs')?.validity.rangeUnderflow),
    ).toBe(true);
    expect(await go(page, 'Start').isVisible()).toBe(true);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('can be used with the keyboard alone, without memory that is shared', async () => {
    // No headers and no service worker: the page is not isolated, and one worker computes.
    const settings = 'model=dense&images=100&epochs=3&batchSize=16';
    const { page, problems, server } = await open(settings, { isolated: false, serviceWorkers: 'block' });
    await page.getByText('This page is not isolated').waitFor();
    await page.locator('#go:enabled').waitFor();
    await page.locator('#learningRate').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await isDone(page);
    expect(await page.textContent('#pace')).toContain('1 thread');
    expect(await sha256(page)).toBe(printedByNode(await program(page)));
    await page.keyboard.press('Tab');
    await page.locator('#recipe summary').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#command').textContent()).toContain('--limit 100');
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('works offline after the first visit', async () => {
    const { page, server } = await open('model=dense&images=100&epochs=2', { isolated: false });
    await page.getByText('This page is isolated').waitFor();
    await waitUntilKept(page);
    await server.close();
    await page.context().setOffline(true);
    await page.reload();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await train(page)).toMatch(/^[0-9a-f]{64}$/);
    await page.context().close();
  });

  test('loads no more than it should', async () => {
    const { page, problems, server } = await open('model=dense&images=50&epochs=1', { serviceWorkers: 'block' });
    await train(page);
    expectTraffic('Train', server, MOST);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test.each(SCREENS)('has no serious fault on $name', async ({ name, viewport, colorScheme }) => {
    const { page, problems, server } = await open('model=cdae&images=400&epochs=2&batchSize=32', {
      viewport,
      colorScheme,
    });
    await waitUntilKept(page);
    await train(page);
    await page.evaluate(() => scrollTo(0, 0));
    await screenshot(page, `train-${name}`);
    await page.locator('#recipe summary').click();
    expect(await seriousFaults(page)).toEqual([]);
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1]);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });
});

/** The program of the settings that the page has now. */
async function programOf(page: Page): Promise<string> {
  await page.locator('#go:enabled').waitFor();
  return program(page);
}

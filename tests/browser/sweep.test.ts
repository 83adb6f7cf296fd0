import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localExecutor, type PerformTrial, parseSweep, runSweep } from '../../packages/study/src/index.js';
import { inChromium, newPage, openBrowser, screenshot, seriousFaults } from '../support/browser/chromium.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-sweep-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DEFINITION = {
  name: 'rates',
  title: 'Which rate, which batch?',
  base: { model: 'cae', loss: 'mse' },
  space: {
    learningRate: { logUniform: [0.0001, 0.1] },
    batchSize: { powersOfTwo: [8, 512] },
    noise: ['gaussian:0.4', 'blur:1'],
  },
  trials: 12,
  score: 'psnr',
  halving: { factor: 3, firstEpochs: 1, mostEpochs: 9 },
};

/** Results that follow from the options alone: one in six has diverged. */
const perform: PerformTrial = async ({ name, options }) => {
  const number = Number(/\d+/.exec(name)?.[0]);
  const loss = Array.from({ length: Number(options.epochs) }, (_, epoch) =>
    number % 6 === 0 ? Number.NaN : (1 + Number(options.learningRate) + number / 24) / (epoch + 10),
  );
  const [mean] = loss.slice(-1);
  const testError = { mean, median: mean, p95: mean, max: mean, standardDeviation: 0, skewness: 0 };
  const scores = { psnr: 12 / mean, ssim: 1 - mean, testError, weightsSha256: 'sha' };
  const counts = { trainCount: 80, validationCount: 20, testCount: 10 };
  const cae = { title: 'CAE', parameters: 1000, loss, valLoss: loss.map((value) => value * 1.1), ...scores };
  return { name, options, dataset: 'synthetic', synthetic: true, ...counts, models: { cae }, measurements: {} };
};

/** The cells of a column, as they are read, from the top. */
const columnOf = (page: Page, head: string) =>
  page.locator('table[data-sortable]').evaluate((element, name) => {
    const { tHead, tBodies } = element as HTMLTableElement;
    const column = [...tHead!.rows[0].cells].findIndex(({ textContent }) => textContent === name);
    return [...tBodies[0].rows].map((row) => row.cells[column].textContent ?? '');
  }, head);

inChromium('the report of a sweep', async () => {
  const browser = await openBrowser();
  let report: string;
  beforeAll(async () => {
    const sweep = parseSweep(JSON.stringify(DEFINITION), { source: 'rates.json' });
    await runSweep(sweep, { directory: folder, executor: localExecutor(perform) });
    report = pathToFileURL(join(folder, 'report.html')).href;
  });
  const open = async (options = {}) => {
    const watched = await newPage(browser, { viewport: { width: 1100, height: 900 }, ...options });
    await watched.page.goto(report);
    return watched;
  };

  test('sorts its table by any column, by a click or a key, up and then down; what has no value stays last', async () => {
    const { page, problems } = await open();
    const ranks = await columnOf(page, 'Rank');
    expect(ranks).toEqual(Array.from({ length: 24 }, (_, index) => String(index + 1)));
    const numbers = async (head: string) => (await columnOf(page, head)).map((text) => Number(text));
    const head = (name: string) => page.getByRole('button', { name, exact: true });

    await head('learningRate').click();
    const rising = await numbers('learningRate');
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    expect(await page.locator('th[aria-sort]').allTextContents()).toEqual(['learningRate']);
    await page.keyboard.press('Enter');
    expect(await numbers('learningRate')).toEqual(rising.toReversed());
    expect(await page.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');

    for (const _ of ['up', 'down']) {
      await head('SSIM').click();
      expect((await columnOf(page, 'SSIM')).slice(-4)).toEqual(Array(4).fill('not a number'));
    }
    await head('noise').click();
    expect((await columnOf(page, 'noise')).slice(0, 12)).toEqual(Array(12).fill('blur:1'));
    await head('Rank').click();
    expect(await columnOf(page, 'Rank')).toEqual(ranks);
    expect(problems).toEqual([]);
  });

  test('leads to the report of each trial', async () => {
    const { page } = await open();
    const links = await page.locator('tbody th a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links).toHaveLength(24);
    for (const link of links) expect(link).toMatch(/^trials\/trial-\d\d-epochs-[139]\/report\.html$/);
    expect(await page.locator('#best a').getAttribute('href')).toBe(links[0]);
  });

  test.each([
    ['desktop', 1100, 'light'],
    ['desktop', 1100, 'dark'],
    ['phone', 390, 'light'],
    ['phone', 390, 'dark'],
  ] as const)(
    'has no serious fault for those who cannot see it, on a %s (%i pixels, %s)',
    async (device, width, colorScheme) => {
      const { page, problems } = await open({ viewport: { width, height: 900 }, colorScheme });
      await page.getByRole('button', { name: 'Epochs', exact: true }).click();
      expect(await seriousFaults(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await screenshot(page, `sweep-${device}-${colorScheme}`);
      expect(problems).toEqual([]);
    },
  );

  test('is a table in the order of the ranks where no script runs', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect(await page.locator('th button').count()).toBe(0);
    expect(await page.locator('tbody th').first().textContent()).toMatch(/^trial-/);
  });
});

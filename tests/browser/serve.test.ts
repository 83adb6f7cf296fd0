import type { ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleRecordText } from '../../packages/cli/test/support/example-record.js';
import { type Served, startServe } from '../../packages/cli/test/support/serve.js';
import { temporaryFolder, weft, whileHeld } from '../../packages/cli/test/support/weft.js';
import {
  inChromium,
  newPage,
  openBrowser,
  screenshot,
  seriousFaults,
  type WatchedPage,
} from '../support/browser/chromium.js';

const TRAIN = ['train', '--dataset', 'synthetic', '--limit', '640', '--test-limit', '12', '--batch-size', '32'];
const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' } as const;

/** What a stranger's report may try. */
const REPORT = `<!doctype html><html lang="en"><title>Theirs</title><p id="out">Nothing ran</p><script>
const out = document.getElementById('out');
const attempts = {
  origin: () => self.origin,
  cookie: () => document.cookie,
  storage: () => localStorage.length,
  api: () => fetch('/api/runs').then((answer) => answer.text()),
  image: () => new Promise((resolve, reject) => { const image = new Image(); image.onload = resolve; image.onerror = () => reject(new Error()); image.src = '/icon.svg'; }),
  opener: () => window.opener === null ? Promise.reject(new Error()) : 'there',
};
Promise.all(Object.entries(attempts).map(async ([name, attempt]) => {
  try { return name + ': ' + await attempt(); } catch (error) { return name + ': refused'; }
})).then((lines) => { out.textContent = lines.join(', '); });
</script>`;

const HOSTILE = '<img src=x onerror=document.title=1>';

inChromium('weft serve', async () => {
  const browser = await openBrowser();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let served: Served;
  let training: Promise<unknown>;
  let child: ChildProcess;
  let watched: WatchedPage;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const theirs = join(folder.path, HOSTILE);
    await mkdir(theirs);
    await writeFile(join(theirs, 'run.json'), exampleRecordText({ dataset: HOSTILE }));
    await writeFile(join(theirs, 'report.html'), REPORT);
    served = await startServe(['.'], { cwd: folder.path });
    training = weft([...TRAIN, '--epochs', '500', '--model', 'cdae', '--checkpoint-every', '1steps', '--out', 'run'], {
      cwd: folder.path,
      // It waits in its fourth epoch, however slow the machine is, until it is killed.
      ...whileHeld(folder.path, 'CDAE   3/', () => undefined, 'never'),
      onSpawn(started) {
        child = started;
      },
    });
    watched = await newPage(browser, { viewport: { width: 1100, height: 900 } });
    await watched.page.goto(served.address);
  });
  afterAll(async () => {
    child.kill('SIGKILL');
    await training;
    await served.end();
    await folder.remove();
  });

  test('lists runs at an address without the token, names as texts', async () => {
    const { page } = watched;
    expect(page.url()).toBe(`${served.origin}/`);
    await page.getByText('Training CDAE').waitFor();
    expect(await page.getByRole('link', { name: HOSTILE }).count()).toBe(1);
    expect(await page.title()).toBe('Runs – Weft');
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await seriousFaults(page)).toEqual([]);
    await screenshot(page, 'serve-list');
  });

  test('follows a training: pace, losses, and what the model makes of images', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'run', exact: true }).click();
    for (const name of ['Epoch', 'Images of it', 'Loss so far', 'Images a second', 'Time left (CDAE)']) {
      await page.locator('.cards dt', { hasText: new RegExp(`^${name.replace(/[()]/g, '\\$&')}$`) }).waitFor();
    }
    await page.getByText('3 of 500 epochs are done.').waitFor();
    for (const title of ['Original', 'With noise', 'After epoch 3'])
      await page.getByText(title, { exact: true }).waitFor();
    const pictures = page.locator('.samples img');
    await expect
      .poll(() => pictures.evaluateAll((all) => all.every((image) => (image as HTMLImageElement).naturalWidth === 280)))
      .toBe(true);
    expect(await page.locator('.chart path.steps').getAttribute('d')).toMatch(/^M/);
    expect(await page.locator('.chart circle.loss').count()).toBe(3);
    expect(await seriousFaults(page)).toEqual([]);
    await screenshot(page, 'serve-run');
  });

  test('is used by keys alone: an epoch is read, and a table has them all', async () => {
    const { page } = watched;
    const chart = page.getByRole('slider', { name: 'Losses of the CDAE by epoch' });
    await chart.focus();
    expect(await chart.getAttribute('aria-valuetext')).toMatch(
      /^Epoch 3: loss 0\.\d+, validation 0\.\d+, .* images a second$/,
    );
    await page.keyboard.press('Home');
    expect(await chart.getAttribute('aria-valuenow')).toBe('1');
    await page.keyboard.press('ArrowRight');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/^Epoch 2: /);
    expect(await page.locator('.readout').textContent()).toMatch(/^Epoch 2: /);
    await page.getByText('Epochs of the CDAE as a table').focus();
    await page.keyboard.press('Enter');
    expect(await page.getByRole('row').count()).toBe(4);
    expect(await page.getByRole('rowheader').allTextContents()).toEqual(['3', '2', '1']);
    const before = await page.locator('.chart path.loss').getAttribute('d');
    await page.getByLabel('Logarithmic').press('Space');
    expect(await page.locator('.chart path.loss').getAttribute('d')).not.toBe(before);
  });

  test('says what resuming would do when the process was killed', async () => {
    const { page } = watched;
    child.kill('SIGKILL');
    await training;
    await page.getByText('weft train --resume run').waitFor();
    expect(await page.getByRole('status').textContent()).toMatch(/^Interrupted: CDAE, epoch [34] of 500$/);
    expect(await page.locator('.notice').first().textContent()).toMatch(/goes on with the CDAE after epoch 3/);
    expect(await seriousFaults(page)).toEqual([]);
    await page.setViewportSize(PHONE.viewport);
    await page.emulateMedia({ colorScheme: PHONE.colorScheme });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.viewport.width);
    expect(await seriousFaults(page)).toEqual([]);
    await screenshot(page, 'serve-phone');
  });

  test('shows a report as a page that reaches nothing, although its script runs', async () => {
    const { page } = watched;
    await page.goto(served.origin);
    await page.getByRole('link', { name: HOSTILE }).click();
    await page.getByRole('heading', { level: 1, name: HOSTILE }).waitFor();
    expect(watched.problems).toEqual([]);
    const [report] = await Promise.all([page.waitForEvent('popup'), page.getByText('Open the report').click()]);
    await report.getByText('opener').waitFor();
    expect(await report.locator('#out').textContent()).toBe(
      'origin: null, cookie: refused, storage: refused, api: refused, image: refused, opener: refused',
    );
    await report.close();
  });

  test('is not reached from other sites: not asked, not framed, not linked to', async () => {
    const { page } = await newPage(browser);
    await page.goto('about:blank');
    const asked = page.evaluate(
      (origin) => fetch(`${origin}/api/runs`, { credentials: 'include' }).then((answer) => answer.status),
      served.origin,
    );
    await expect(asked).rejects.toThrow();
    await page.setContent(`<iframe src="${served.origin}/"></iframe>`);
    const frame = page.frames()[1];
    expect(await frame?.evaluate('document.body.innerText').catch(() => '')).not.toContain('Runs');
    // Another browser has no cookie, and the token is spent.
    expect((await page.goto(served.address))?.status()).toBe(401);
  });

  test('says so when it has ended, and keeps what is shown', async () => {
    const { page } = watched;
    await page.goto(served.origin);
    await page.getByText('2 runs, none running.').waitFor();
    expect((await served.end()).code).toBe(0);
    await page.getByRole('alert').getByText('weft serve does not answer any more').waitFor();
    expect(await page.getByText('2 runs, none running.').count()).toBe(1);
  });
});

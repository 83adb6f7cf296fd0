import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { imageColours } from '../../packages/report/src/figures/colour-map.js';
import {
  drawFigures,
  errorExamples,
  type Figure,
  formatNumber,
  renderReport,
} from '../../packages/report/src/index.js';
import { exampleInputs, exampleRecord, sequence } from '../../packages/report/test/example-run.js';
import { hashOf } from '../../packages/report/test/page-policy.js';
import { inChromium, newPage, openBrowser, screenshot, seriousFaults } from '../support/browser/chromium.js';

const CLASSES = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Boot'];
const SIDE = 28;

/** Figures of an invented run, with pictures of noise for the bins of its errors. */
function invented(testCount: number, classNames = CLASSES) {
  const inputs = exampleInputs({ testCount, classNames, height: SIDE, width: SIDE, epochs: 12 });
  const next = sequence(3);
  const noise = (count: number) => Uint8Array.from({ length: count * SIDE * SIDE }, () => Math.floor(next() * 256));
  const examples = (errors: ArrayLike<number>, titles: readonly string[]) => {
    const indices = errorExamples(errors);
    const labels = indices.map((index) => index % classNames.length);
    return { indices, labels, rows: titles.map((title) => ({ title, images: noise(indices.length) })) };
  };
  const cae = { ...inputs.cae, examples: examples(inputs.cae.errors, ['Original', 'Reconstruction']) };
  const cdae = { ...inputs.cdae, examples: examples(inputs.cdae.errors, ['Noisy', 'Clean', 'Denoised']) };
  const record = exampleRecord();
  return {
    inputs: { ...inputs, cae, cdae },
    figures: drawFigures({ ...inputs, cae, cdae }),
    record: { ...record, data: { ...record.data, classNames } },
  };
}

const { inputs, figures, record } = invented(2000);
const page = renderReport(record, figures);
const folder = mkdtempSync(join(tmpdir(), 'weft-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return pathToFileURL(join(folder, name)).href;
}

const report = fileOf('report.html', page);
const figure = (opened: Page, number: number) => opened.locator(`#figure-${number}`);
const stage = (opened: Page, number: number) => figure(opened, number).locator('.stage');

/** Moves the pointer over a share of a figure's picture. */
async function hover(opened: Page, number: number, x: number, y: number): Promise<void> {
  await stage(opened, number).scrollIntoViewIfNeeded();
  const box = (await stage(opened, number).boundingBox())!;
  await opened.mouse.move(box.x + x * box.width, box.y + y * box.height);
}

const isRedrawn = (plot: Locator) => plot.evaluate((element) => element.classList.contains('redrawn'));
/** The texts of the axes that are drawn anew. */
const ticks = (plot: Locator) => plot.locator('svg').first().locator('text').allTextContents();
/** Pixels of the canvas that are painted. */
const painted = (plot: Locator) =>
  plot.locator('canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((_, index) => index % 4 === 3).reduce((count, opacity) => count + Number(opacity > 0), 0);
  });

inChromium('the report of a run', async () => {
  const browser = await openBrowser();
  const open = async (url = report, options = {}) => {
    const watched = await newPage(browser, { viewport: { width: 1100, height: 900 }, ...options });
    await watched.page.goto(url);
    return watched;
  };

  test('runs its one script, which makes five figures explorable, and breaks no rule of its policy', async () => {
    const { page: opened, problems } = await open();
    await expect.poll(() => opened.locator('.stage').count()).toBe(5);
    expect(await opened.locator('script:not([type])').count()).toBe(1);
    expect(problems).toEqual([]);
    // Whoever has a pointer learns how it zooms, where the plot zooms.
    const hints = await opened.locator('.hint').allTextContents();
    expect(hints.map((hint) => hint.includes('wheel'))).toEqual([true, true, false, false, true]);
    await screenshot(opened, 'report');
  });

  test('runs no script of another text: its figures stay pictures', async () => {
    const other = page.replace('</script>\n</body>', ';</script>\n</body>');
    expect(hashOf(other, 'script')).not.toBe(hashOf(page, 'script'));
    const { page: opened, problems } = await open(fileOf('other.html', other));
    await expect.poll(() => problems.join('\n')).toMatch(/Content Security Policy/);
    expect(await opened.locator('.stage, .tools').count()).toBe(0);
    expect(await opened.locator('figure img').count()).toBe(figures.length);
  });

  test('tells losses and densities below the pointer', async () => {
    const { page: opened } = await open();
    const { loss, valLoss } = inputs.cae.history;
    // The plot lies between 112 and 972 of 1000 pixels; the first of twelve epochs is near its left edge.
    await hover(opened, 2, 0.14, 0.5);
    const tip = figure(opened, 2).locator('.tip');
    await expect
      .poll(() => tip.textContent())
      .toBe(`Epoch 1training: ${formatNumber(loss[0], 4)}validation: ${formatNumber(valLoss[0], 4)}`);
    await hover(opened, 8, 0.2, 0.6);
    await expect
      .poll(() => figure(opened, 8).locator('.tip').textContent())
      .toMatch(/^Mean squared error of an image: .* to .*[\d,]+ images?density: .*kernel density: /);
    await screenshot(opened, 'report-hover');
  });

  test('enlarges losses by keys, wheel and drag, and Escape shows the picture again', async () => {
    const { page: opened, problems } = await open();
    const plot = stage(opened, 2);
    await plot.focus();
    await opened.keyboard.press('+');
    await expect.poll(() => isRedrawn(plot)).toBe(true);
    const enlarged = await ticks(plot);
    await hover(opened, 2, 0.5, 0.5);
    await opened.mouse.wheel(0, -300);
    await expect.poll(() => ticks(plot)).not.toEqual(enlarged);
    const before = await ticks(plot);
    await opened.mouse.down();
    await hover(opened, 2, 0.2, 0.8);
    await opened.mouse.up();
    await expect.poll(() => ticks(plot)).not.toEqual(before);
    await figure(opened, 2).screenshot({ path: join(folder, 'zoomed.png') });
    await screenshot(opened, 'report-zoom');
    await opened.keyboard.press('Escape');
    await expect.poll(() => isRedrawn(plot)).toBe(false);
    expect(await ticks(plot)).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('is read by arrow keys, aloud', async () => {
    const { page: opened } = await open();
    const said = (number: number) => figure(opened, number).getByRole('status').textContent();
    await stage(opened, 5).focus();
    for (const _ of [1, 2, 3]) await opened.keyboard.press('ArrowRight');
    await expect.poll(() => said(5)).toMatch(/^Epoch 3, training: [\d.]+, validation: [\d.]+$/);
    await stage(opened, 7).focus();
    await opened.keyboard.press('ArrowRight');
    const first = await said(7);
    expect(first).toMatch(/^Test image [\d,]+, .+, Principal component 1: .+, Principal component 2: /);
    await opened.keyboard.press('ArrowUp');
    await expect.poll(() => said(7)).not.toBe(first);
  });

  test('switches classes of the scatter off and on', async () => {
    const { page: opened, problems } = await open();
    const plot = stage(opened, 7);
    const press = (name: string) => figure(opened, 7).getByRole('button', { name, exact: true }).click();
    const toggle = figure(opened, 7).getByRole('button', { name: 'Trouser' });
    expect(await painted(plot)).toBe(0);
    await press('Trouser');
    await expect.poll(() => painted(plot)).toBeGreaterThan(0);
    expect(await toggle.getAttribute('aria-pressed')).toBe('false');
    const without = await painted(plot);
    await press('Bag');
    await expect.poll(() => painted(plot)).toBeLessThan(without);
    await press('None of the classes');
    await expect.poll(() => painted(plot)).toBe(0);
    await press('Trouser');
    await expect.poll(() => painted(plot)).toBeGreaterThan(0);
    await press('Zoom in');
    const [one, all] = [await painted(plot), () => painted(plot)];
    await press('All classes');
    await expect.poll(all).toBeGreaterThan(one);
    await press('Reset the view');
    await expect.poll(() => isRedrawn(plot)).toBe(false);
    expect(problems).toEqual([]);
  });

  test('shows at most eight images of a bin, each as it was, as it became, and the errors of its pixels', async () => {
    const { page: opened, problems } = await open();
    const { data } = figures.find(({ name }) => name === 'figure-8') as Figure;
    if (data?.kind !== 'bars') throw new Error('no bars');
    const items = figure(opened, 8).locator('.bin li');
    await stage(opened, 8).focus();
    await opened.keyboard.press('ArrowRight');
    await opened.keyboard.press('Enter');
    const shown: number[] = [];
    for (const count of data.counts) {
      await expect
        .poll(() => figure(opened, 8).locator('.bin b').textContent())
        .toContain(`: ${Math.min(8, count)} of ${count.toLocaleString('en-GB')} image`);
      shown.push(await items.count());
      await opened.keyboard.press('ArrowRight');
    }
    expect(shown).toEqual(data.counts.map((count) => Math.min(8, count)));
    expect(Math.max(...shown)).toBe(8);
    // A click on the first bin, of the smallest errors.
    await figure(opened, 4).scrollIntoViewIfNeeded();
    await hover(opened, 4, 0.19, 0.8);
    await opened.mouse.down();
    await opened.mouse.up();
    const pictures = figure(opened, 4).locator('.bin li').first().locator('canvas');
    await expect.poll(() => pictures.count()).toBe(3);
    const drawn = await pictures.first().evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      return [...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data];
    });
    const { rows, indices } = inputs.cae.examples;
    const colours = imageColours(rows[0].images.subarray(0, SIDE * SIDE), 1);
    expect(drawn.filter((_, index) => index % 4 < 3)).toEqual([...colours]);
    expect(await figure(opened, 4).locator('.bin li').first().textContent()).toContain(
      `Test image ${(indices[0] + 1).toLocaleString('en-GB')}`,
    );
    expect(problems).toEqual([]);
    await screenshot(opened, 'report-bin');
  });

  test('has the values of each explorable figure as a table', async () => {
    const { page: opened } = await open();
    const tables = opened.locator('.values');
    for (const details of await tables.all()) await details.locator('summary').click();
    await expect.poll(() => tables.locator('table').count()).toBe(5);
    expect(await figure(opened, 2).locator('.values tbody tr').count()).toBe(12);
    expect(await figure(opened, 7).locator('.values tbody tr').count()).toBe(CLASSES.length);
  });

  test('answers to a finger', async () => {
    const { page: opened } = await open(report, {
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 800 },
    });
    await stage(opened, 4).scrollIntoViewIfNeeded();
    await stage(opened, 4).tap({ position: { x: 122, y: 250 } });
    await expect.poll(() => figure(opened, 4).locator('.bin li').count()).toBeGreaterThan(0);
    await screenshot(opened, 'report-phone');
  });

  test.each([
    { name: 'light', options: { colorScheme: 'light' } },
    { name: 'dark', options: { colorScheme: 'dark' } },
    { name: 'phone', options: { colorScheme: 'dark', viewport: { width: 390, height: 800 } } },
  ])('keeps nobody out: $name', async ({ name, options }) => {
    const { page: opened } = await open(report, options);
    await stage(opened, 8).focus();
    await opened.keyboard.press('ArrowRight');
    await opened.keyboard.press('Enter');
    await figure(opened, 7).getByRole('button', { name: 'Trouser' }).click();
    for (const details of await opened.locator('.values').all()) await details.locator('summary').click();
    await expect.poll(() => figure(opened, 8).locator('.bin li').count()).toBeGreaterThan(0);
    expect(await seriousFaults(opened)).toEqual([]);
    await screenshot(opened, `report-${name}`);
  });
});

inChromium('the pictures of a report', async () => {
  const browser = await openBrowser();
  const viewport = { width: 1100, height: 900 };
  const explored = [2, 4, 7, 8];
  const image = (opened: Page, number: number) => figure(opened, number).locator('img');
  /** A picture at the top of the page: elsewhere its lines may lie between pixels. */
  const onTop = async (opened: Page, number: number) => {
    await image(opened, number).evaluate((element) => {
      Object.assign(element.style, { position: 'fixed', left: 0, top: 0, width: '800px', zIndex: 9, borderRadius: 0 });
    });
    const taken = await image(opened, number).screenshot();
    await image(opened, number).evaluate((element) => Object.assign(element.style, { position: '' }));
    return taken;
  };

  test('are those of the SVG files where no script runs', async () => {
    const { page: silent } = await newPage(browser, { viewport, javaScriptEnabled: false });
    await silent.goto(report);
    expect(await silent.locator('.stage, .tools, .values').count()).toBe(0);
    const svgs = figures.map(
      ({ name, svg }) =>
        `<figure id="${name}"><div class="sheet"><img src="data:image/svg+xml;base64,${btoa(unescape(encodeURIComponent(svg)))}" alt=""></div></figure>`,
    );
    const style = /<style>.*<\/style>/s.exec(page)![0];
    const { page: plain } = await newPage(browser, { viewport });
    await plain.goto(
      fileOf('plain.html', `<!doctype html><meta charset="utf-8">${style}<main>${svgs.join('\n')}</main>`),
    );
    for (const number of explored) {
      expect((await onTop(silent, number)).equals(await onTop(plain, number)), `figure ${number}`).toBe(true);
    }
  });

  test('are the same on paper, whatever was done to them on the screen', async () => {
    const { page: silent } = await newPage(browser, { viewport, javaScriptEnabled: false });
    const { page: opened } = await newPage(browser, { viewport });
    for (const each of [silent, opened]) await each.goto(report);
    for (const number of explored) {
      await stage(opened, number).focus();
      await opened.keyboard.press('+');
      await opened.keyboard.press('ArrowRight');
    }
    await figure(opened, 7).getByRole('button', { name: 'Trouser' }).click();
    await expect.poll(() => isRedrawn(stage(opened, 7))).toBe(true);
    for (const each of [silent, opened]) await each.emulateMedia({ media: 'print' });
    for (const number of explored) {
      const [before, after] = [await image(silent, number).screenshot(), await image(opened, number).screenshot()];
      expect(after.equals(before), `figure ${number}`).toBe(true);
    }
    const heights = (each: Page) => each.locator('figure').evaluateAll((all) => all.map((one) => one.clientHeight));
    expect(await heights(opened)).toEqual(await heights(silent));
  });
});

inChromium('the report of 10,000 test images', async () => {
  const browser = await openBrowser();

  test('stays below 5 MB and is explored as any other', async () => {
    const { figures, record } = invented(10_000);
    const text = renderReport(record, figures);
    expect(text.match(/<script type="application\/json">/g)).toHaveLength(5);
    expect(Buffer.byteLength(text)).toBeLessThan(5e6);
    const { page: opened, problems } = await newPage(browser, { viewport: { width: 1100, height: 900 } });
    await opened.goto(fileOf('large.html', text));
    const plot = stage(opened, 7);
    await plot.focus();
    for (const _ of [1, 2, 3]) await opened.keyboard.press('+');
    await expect.poll(() => painted(plot)).toBeGreaterThan(1000);
    expect(problems).toEqual([]);
  });
});

inChromium('a report with the names of a stranger', async () => {
  const browser = await openBrowser();

  test('runs nothing of them', async () => {
    const names = ['</script><script>document.title = 1</script>', '<!--', '<img src=x onerror="document.title = 2">'];
    const { figures, record } = invented(60, [...names, '\u2028\u2029', '\'"><svg onload=document.title=3>']);
    const text = renderReport(record, figures);
    const { page: opened, problems } = await newPage(browser);
    await opened.goto(fileOf('hostile.html', text));
    await expect.poll(() => opened.locator('.stage').count()).toBe(5);
    for (const name of names) {
      expect(await figure(opened, 7).getByRole('button', { name, exact: true }).count()).toBe(1);
    }
    await stage(opened, 7).focus();
    await opened.keyboard.press('ArrowRight');
    await figure(opened, 7).getByRole('button', { name: names[0] }).click();
    await figure(opened, 7).locator('summary').click();
    expect(await opened.title()).toBe('CAE and CDAE on Fashion-MNIST · Weft');
    expect(await opened.locator('script:not([type])').count()).toBe(1);
    expect(problems).toEqual([]);
  });
});

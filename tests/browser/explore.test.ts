import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { latentAt } from '../../docs/site/live/explore/latent.js';
import { ordered, outlierFence } from '../../docs/site/live/explore/order.js';
import { toPlane, toScreen, viewOfAll } from '../../docs/site/live/explore/view.js';
import { temporaryFolder, weft } from '../../packages/cli/test/support/weft.js';
import { decodeExploration, decodeModel, type Exploration } from '../../packages/formats/src/index.js';
import { predict } from '../../packages/pool/src/index.js';
import { inChromium, newPage, openBrowser, screenshot, seriousFaults } from '../support/browser/chromium.js';
import { expectTraffic, openLive } from '../support/browser/live.js';
import { type FileServer, serve } from '../support/browser/serve.js';

const SITE = fileURLToPath(new URL('../../docs/site/dist/', import.meta.url));
const IMAGES = 150;

/** What the page and its example may take: nearly all of it is the example, a thousand images. */
const MOST = { requests: 12, bytes: 1_400_000 };

inChromium('the page Explore', async () => {
  const browser = await openBrowser();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: FileServer;
  let cae: Exploration;
  const file = (model: string) => join(folder.path, 'run', `explore-${model}.safetensors`);

  beforeAll(async () => {
    folder = await temporaryFolder();
    const options = ['--dataset', 'synthetic', '--limit', '300', '--test-limit', String(IMAGES), '--epochs', '1'];
    const models = ['--model', 'cae,unet', '--filters', '8,8', '--batch-size', '50'];
    const { code, stderr } = await weft(['train', ...options, ...models, '--explore', '--out', 'run'], {
      cwd: folder.path,
    });
    expect(stderr).not.toContain('weft: ');
    expect(code).toBe(0);
    cae = decodeExploration(await readFile(file('cae')));
    server = await serve(SITE, { isolated: true });
  });
  afterAll(async () => {
    await server?.close();
    await folder?.remove();
  });

  /** The page with its example, or with a file of the run. */
  async function opened(
    model?: string,
    options: Parameters<typeof newPage>[1] = { viewport: { width: 1280, height: 900 } },
  ) {
    const { page, problems } = await newPage(browser, options);
    await page.goto(`${server.origin}/live/explore/`);
    await page.locator('#rows tr').first().waitFor();
    if (model !== undefined) {
      await page.locator('#file').setInputFiles(file(model));
      await page.getByText(`explore-${model}.safetensors`).waitFor();
    }
    return { page, problems };
  }

  /** Coordinates along the first two components. */
  const placeOf = (image: number, { scores, explainedVarianceRatio } = cae) => {
    const k = explainedVarianceRatio.length;
    return { x: scores[image * k], y: scores[image * k + 1] };
  };

  async function boxOf(page: Page) {
    const box = await page.locator('#points').boundingBox();
    return box as NonNullable<typeof box>;
  }

  async function viewOf(page: Page) {
    await page.locator('#points').evaluate((canvas) => canvas.scrollIntoView({ block: 'center' }));
    const { x: left, y: top } = await boxOf(page);
    // The size that the page reckons with is a whole number of pixels.
    const size = await page.locator('#points').evaluate(({ clientWidth, clientHeight }) => [clientWidth, clientHeight]);
    const box = { x: left, y: top, width: size[0], height: size[1] };
    const places = Array.from({ length: cae.count }, (_, image) => placeOf(image));
    const whole = viewOfAll(
      places.map(({ x }) => x),
      places.map(({ y }) => y),
      box,
    );
    return { box, whole };
  }

  /** Where an image lies on the screen when all are shown. */
  async function onScreen(page: Page, image: number) {
    const { box, whole } = await viewOf(page);
    const { x, y } = toScreen(whole, box, placeOf(image));
    return { x: box.x + x, y: box.y + y };
  }

  /** The image that lies farthest from all others in the plane, so that pointing cannot miss it. */
  function loneliest(): number {
    const distances = Array.from({ length: cae.count }, (_, image) => {
      const { x, y } = placeOf(image);
      const others = Array.from({ length: cae.count }, (_, other) => {
        const place = placeOf(other);
        return other === image ? Number.POSITIVE_INFINITY : Math.hypot(place.x - x, place.y - y);
      });
      return Math.min(...others);
    });
    return distances.indexOf(Math.max(...distances));
  }

  const nameOf = (image: number) => `Image ${image}, ${cae.classNames[(cae.labels as Uint8Array)[image]]}`;
  const title = (page: Page) => page.locator('#details-title').textContent();
  const shown = (page: Page) => page.locator('#shown').textContent();
  const firstRow = (page: Page) => page.locator('#rows th').first().textContent();

  /** Grey of a canvas. */
  const pixelsOf = (page: Page, selector: string) =>
    page.locator(selector).evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      return Array.from(data).filter((_, index) => index % 4 === 0);
    });

  test('shows an example before a file is opened, which is said to be drawn', async () => {
    const { page, problems } = await opened();
    expect(await page.locator('#facts').textContent()).toMatch(
      /^VAE: 1,000 drawn garments, a stand-in for real pictures\. 8 components hold/,
    );
    expect(await shown(page)).toBe('1,000 of 1,000 pictures');
    await page.locator('#rows button').first().click();
    expect(await seriousFaults(page)).toEqual([]);
    await screenshot(page, 'explore-desktop-light');
    expect(problems).toEqual([]);
  });

  test('opens a file, and says of the image under the pointer what the file says', async () => {
    const { page, problems } = await opened('cae');
    expect(await page.locator('#facts').textContent()).toMatch(
      /^CAE: 150 drawn garments.* From explore-cae\.safetensors, run run\.$/,
    );
    const image = loneliest();
    const { x, y } = await onScreen(page, image);
    await page.mouse.move(x, y);
    await expect.poll(() => title(page)).toBe(nameOf(image));
    expect(await page.locator('#details-facts').textContent()).toContain(cae.errors[image].toPrecision(3));
    const size = cae.height * cae.width;
    const part = (bytes: Uint8Array) => [...bytes.subarray(image * size, (image + 1) * size)];
    expect(await pixelsOf(page, '#pictures figure:nth-child(1) canvas')).toEqual(part(cae.originals));
    expect(await pixelsOf(page, '#pictures figure:nth-child(2) canvas')).toEqual(part(cae.reconstructions));
    const names = await page
      .locator('#thumbnails button')
      .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
    expect(names).toEqual([...cae.neighbours.subarray(8 * image, 8 * image + 8)].map(nameOf));
    // Nothing is under the pointer any more.
    await page.mouse.move(5, 5);
    await expect.poll(() => title(page)).toBe('No picture chosen');
    expect(problems).toEqual([]);
  });

  test('keeps what was clicked, goes on to a neighbour, and lets it go', async () => {
    const { page, problems } = await opened('cae');
    const image = loneliest();
    const { x, y } = await onScreen(page, image);
    await page.mouse.click(x, y);
    await page.mouse.move(5, 5);
    await expect.poll(() => title(page)).toBe(nameOf(image));
    await page.locator('#thumbnails button').first().click();
    await expect.poll(() => title(page)).toBe(nameOf(cae.neighbours[8 * image]));
    expect(problems).toEqual([]);
  });

  test('keeps the point under the pointer there while the wheel zooms, and shows all again', async () => {
    const { page, problems } = await opened('cae');
    const image = loneliest();
    const place = await onScreen(page, image);
    await page.mouse.move(place.x, place.y);
    for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -200);
    await page.mouse.move(place.x + 1, place.y + 1);
    await expect.poll(() => title(page)).toBe(nameOf(image));
    // Dragged away, it is no more where it was, but where it was dragged to.
    await page.mouse.down();
    await page.mouse.move(place.x + 61, place.y + 41, { steps: 6 });
    await page.mouse.up();
    await page.mouse.move(5, 5);
    await page.mouse.move(place.x + 60, place.y + 40);
    await expect.poll(() => title(page)).toBe(nameOf(image));
    await page.getByRole('button', { name: 'Show all' }).click();
    const again = await onScreen(page, image);
    await page.mouse.move(again.x, again.y);
    await expect.poll(() => title(page)).toBe(nameOf(image));
    expect(problems).toEqual([]);
  });

  test('shows the classes, the search and the outliers that are asked for', async () => {
    const { page, problems } = await opened('cae');
    const ofClass = (wanted: number) => (cae.labels as Uint8Array).filter((label) => label === wanted).length;
    const { classNames, errors } = cae;
    await page.getByRole('button', { name: 'None' }).click();
    expect(await shown(page)).toBe('0 of 150 pictures');
    await page.getByRole('checkbox', { name: new RegExp(`^${classNames[8]} `) }).check();
    expect(await shown(page)).toBe(`${ofClass(8)} of 150 pictures`);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    const search = page.getByRole('searchbox');
    await search.fill('17');
    expect(await shown(page)).toBe('1 of 150 pictures');
    expect(await firstRow(page)).toBe('17');
    const middle = [...errors].sort()[75];
    await search.fill(`error > ${middle.toPrecision(6)}`);
    const above = errors.filter((error) => error > Number(middle.toPrecision(6))).length;
    expect(await shown(page)).toBe(`${above} of 150 pictures`);
    await search.fill('unicorn');
    expect(await page.getByRole('alert').textContent()).toContain('“unicorn” is no index such as 417');
    await search.fill('');
    expect(await page.locator('#search-fault').textContent()).toBe('');
    await page.getByRole('checkbox', { name: /^Outliers only/ }).check();
    const fence = outlierFence(errors);
    expect(await shown(page)).toBe(`${errors.filter((error) => error > fence).length} of 150 pictures`);
    expect(problems).toEqual([]);
  });

  test('lists the pictures by their errors, and goes from the list to the plane', async () => {
    const { page, problems } = await opened('cae');
    const everything = new Uint8Array(IMAGES).fill(1);
    const largest = ordered(cae.errors, everything, 'largest');
    const rows = () => page.locator('#rows th').allTextContents();
    expect(await rows()).toEqual([...largest.subarray(0, 20)].map(String));
    await page.getByRole('button', { name: /^More pictures \(130 left\)/ }).click();
    expect(await rows()).toEqual([...largest.subarray(0, 40)].map(String));
    expect(await page.evaluate('document.activeElement.textContent')).toBe(String(largest[20]));
    await page.locator('#order').selectOption('smallest');
    expect(await firstRow(page)).toBe(String(ordered(cae.errors, everything, 'smallest')[0]));
    await page.locator('#order').selectOption('index');
    await page.getByRole('button', { name: 'Image 3', exact: true }).click();
    await expect.poll(() => title(page)).toBe(nameOf(3));
    expect(problems).toEqual([]);
  });

  test('decodes the place that one drags to, with the bits of Node, and says what it is', async () => {
    const { page, problems } = await opened('cae');
    await page.getByRole('button', { name: 'Decode' }).click();
    const { box, whole } = await viewOf(page);
    const { model } = decodeModel(cae.decoder as Uint8Array);
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    for (const [right, down] of [
      [180, 120],
      [240, 200],
    ]) {
      // Pointers are at whole pixels of the window.
      const [left, top] = [Math.round(box.x + right), Math.round(box.y + down)];
      await page.mouse.move(left, top, { steps: 4 });
      const { x, y } = toPlane(whole, box, { x: left - box.x, y: top - box.y });
      const image = (await predict(model, latentAt(cae, x, y))) as Float32Array;
      const expected = [...Uint8ClampedArray.from(image, (value) => value * 255)];
      await expect
        .poll(() => pixelsOf(page, '#pictures figure:nth-child(1) canvas'), { timeout: 200_000 })
        .toEqual(expected);
    }
    await page.mouse.up();
    expect(await title(page)).toBe('An image the model makes up');
    expect(await page.locator('#details-text').textContent()).toMatch(
      /^It is decoded from the inverse of the first two of 50 components, which hold \d+\.\d% of the variance\./,
    );
    expect(await page.locator('#pictures figcaption').last().textContent()).toMatch(/^Nearest: Image \d+, /);
    expect(await seriousFaults(page)).toEqual([]);
    await screenshot(page, 'explore-decode');
    await page.getByRole('button', { name: 'Look' }).click();
    await expect.poll(() => title(page)).toBe('No picture chosen');
    expect(problems).toEqual([]);
  });

  test('is used by keyboard alone', async () => {
    const { page, problems } = await opened('cae');
    // From the last button before the plane, so that the focus shows.
    await page.locator('#all').focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('points');
    const { box, whole } = await viewOf(page);
    const image = loneliest();
    // The arrow keys bring a point into the middle, within half a step.
    const { x, y } = toScreen(whole, box, placeOf(image));
    const press = async (key: string, times: number) => {
      for (let time = 0; time < times; time++) await page.keyboard.press(key);
    };
    const [right, down] = [Math.round((x - box.width / 2) / 32), Math.round((y - box.height / 2) / 32)];
    await press(right > 0 ? 'ArrowRight' : 'ArrowLeft', Math.abs(right));
    await press(down > 0 ? 'ArrowDown' : 'ArrowUp', Math.abs(down));
    await expect.poll(() => title(page)).toBe(nameOf(image));
    expect(await page.locator('#announcer').textContent()).toBe(
      `${nameOf(image)}, error ${cae.errors[image].toPrecision(3)}`,
    );
    await page.keyboard.press('Enter');
    await press('-', 3);
    await press('0', 1);
    // Back over the three buttons that zoom.
    await press('Shift+Tab', 4);
    expect(await title(page)).toBe(nameOf(image));
    await page.keyboard.press('Enter');
    await expect.poll(() => title(page)).toBe('An image the model makes up');
    const before = await pixelsOf(page, '#pictures figure:nth-child(1) canvas');
    await page.locator('#points').focus();
    await press('Shift+ArrowLeft', 2);
    await expect.poll(() => pixelsOf(page, '#pictures figure:nth-child(1) canvas')).not.toEqual(before);
    expect(problems).toEqual([]);
  });

  test('says so where a model has no decoder, and shows the noisy pictures', async () => {
    const { page, problems } = await opened('unet');
    await page.getByText('The U-Net has no decoder from latents alone, so there is nothing to decode.').waitFor();
    expect(await page.locator('#decode').isDisabled()).toBe(true);
    await page.locator('#rows button').first().click();
    await expect
      .poll(() => page.locator('#pictures figcaption').allTextContents())
      .toEqual(['Picture', 'With gaussian:0.4', 'Denoised']);
    expect(problems).toEqual([]);
  });

  test('refuses what is no exploration, and keeps what was open', async () => {
    const { page, problems } = await opened('cae');
    await page
      .locator('#file')
      .setInputFiles({ name: 'mine.safetensors', mimeType: '', buffer: Buffer.from('not one at all') });
    await page.getByText(/^mine\.safetensors: the header is said to be/).waitFor();
    await page.locator('#file').setInputFiles(join(folder.path, 'run', 'cae.safetensors'));
    await page
      .getByText('cae.safetensors: this is no exploration. Give a file that weft explore has written.')
      .waitFor();
    expect(await shown(page)).toBe('150 of 150 pictures');
    expect(problems).toEqual([]);
  });

  test('opens the file that the address names, of its own site alone', async () => {
    const { page } = await newPage(browser);
    await page.goto(`${server.origin}/live/explore/?file=../models/explore.safetensors`);
    await page.locator('#rows tr').first().waitFor();
    await page.goto(`${server.origin}/live/explore/?file=https://example.invalid/x.safetensors`);
    await page
      .getByText(
        'The address names a file of https://example.invalid, but this page opens files of its own site alone.',
      )
      .waitFor();
    await page.goto(`${server.origin}/live/explore/?file=data:,x`);
    await page
      .getByText('The address names a file of data:, but this page opens files of its own site alone.')
      .waitFor();
    await page.goto(`${server.origin}/live/explore/?file=../models/none.safetensors`);
    await page.getByText('none.safetensors cannot be fetched: the server answers 404.').waitFor();
  });

  test('fits a dark phone, where two fingers zoom', async () => {
    const { page, problems } = await opened('cae', {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
      colorScheme: 'dark',
    });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const image = loneliest();
    const { x, y } = await onScreen(page, image);
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart?: number) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints:
          apart === undefined
            ? []
            : [
                { x: x - apart, y, id: 1 },
                { x: x + apart, y, id: 2 },
              ],
      });
    await touch('touchStart', 10);
    for (const apart of [15, 20, 30, 40]) await touch('touchMove', apart);
    await touch('touchEnd');
    // It has stayed between the fingers.
    await page.touchscreen.tap(x, y);
    await expect.poll(() => title(page)).toBe(nameOf(image));
    expect(await seriousFaults(page)).toEqual([]);
    await screenshot(page, 'explore-phone-dark');
    expect(problems).toEqual([]);
  });

  test('loads no more than it should', async () => {
    const own = await openLive(browser, 'explore', { serviceWorkers: 'block' });
    await own.page.locator('#rows tr').first().waitFor();
    expectTraffic('Explore', own.server, MOST);
    expect(own.problems).toEqual([]);
    await own.page.context().close();
    await own.server.close();
  });
});

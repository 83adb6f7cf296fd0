import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { peakSignalToNoiseRatios, structuralSimilarities } from '../../packages/analysis/src/index.js';
import { corruption, encodePng, parseNoise, syntheticGarments } from '../../packages/data/src/index.js';
import { decodeModel, encodeModel } from '../../packages/formats/src/index.js';
import { buildAutoencoder } from '../../packages/models/src/index.js';
import { mapExamples, predict } from '../../packages/pool/src/index.js';
import { inChromium, openBrowser, screenshot, seriousFaults } from '../support/browser/chromium.js';
import { builtFile, expectTraffic, openLive, SCREENS, waitUntilKept } from '../support/browser/live.js';

/** What the page loads on its own: requests, and bytes behind gzip. */
const MOST = { requests: 12, bytes: 210_000 };

/** The numbers that the page shows. */
async function shown(page: Page) {
  const [noisyPsnr, noisySsim, psnr, ssim] = await page.locator('dd').allTextContents();
  return { noisyPsnr, noisySsim, psnr, ssim };
}

const decibels = (text: string) => Number(/^([\d.]+) dB$/.exec(text)?.[1]);

/** Waits for the numbers of a picture and a strength, which the page tells screen readers. */
async function result(page: Page, strength: string): Promise<Awaited<ReturnType<typeof shown>>> {
  await page.locator('#announcer', { hasText: `Noise ${strength}:` }).waitFor({ state: 'attached' });
  return shown(page);
}

/** Pixels of a canvas, from 0 to 255. */
const pixels = (page: Page, id: string) =>
  page.evaluate((name) => {
    const canvas = document.getElementById(name) as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: data.length / 4 }, (_, at) => data[4 * at]);
  }, id);

const ready = (page: Page) => page.locator('#denoised-psnr', { hasText: 'dB' }).waitFor();

inChromium('the page Denoise', async () => {
  const browser = await openBrowser();

  test('shows a drawing, its noise and what the model makes of it', async () => {
    const { page, problems, server } = await openLive(browser, 'denoise');
    await ready(page);
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(Math.max(...(await pixels(page, 'drawing')))).toBe(0);
    const board = await page.locator('#drawing').boundingBox();
    const at = (x: number, y: number) => [board!.x + x * board!.width, board!.y + y * board!.height] as const;
    await page.mouse.move(...at(0.3, 0.3));
    await page.mouse.down();
    await page.mouse.move(...at(0.7, 0.3), { steps: 8 });
    await page.mouse.move(...at(0.5, 0.8), { steps: 8 });
    await page.mouse.up();
    const drawn = await pixels(page, 'drawing');
    expect(drawn.filter((value) => value > 200).length).toBeGreaterThan(30);
    expect(drawn[0]).toBe(0);

    const slider = page.locator('#strength');
    await slider.scrollIntoViewIfNeeded();
    const box = await slider.boundingBox();
    const drag = async (to: number) => {
      await page.mouse.move(box!.x + box!.width * 0.375, box!.y + box!.height / 2);
      await page.mouse.down();
      await page.mouse.move(box!.x + box!.width * to, box!.y + box!.height / 2, { steps: 12 });
      await page.mouse.up();
      const strength = Number(await slider.inputValue()).toFixed(2);
      return result(page, strength);
    };
    const strong = await drag(0.8);
    expect(Number(await slider.inputValue())).toBeGreaterThan(0.55);
    await slider.fill('0.3');
    const middle = await result(page, '0.30');
    expect(decibels(strong.noisyPsnr)).toBeLessThan(decibels(middle.noisyPsnr));
    await slider.fill('0');
    const none = await result(page, '0.00');
    expect(none.noisyPsnr).toBe('∞ dB');
    expect(none.noisySsim).toBe('1.000');
    expect(await pixels(page, 'noisy')).toEqual(drawn);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('gives the numbers of Node, where the model takes noise away', async () => {
    const { page, problems, server } = await openLive(browser, 'denoise');
    await ready(page);
    const { test: garments, classNames } = syntheticGarments({ trainCount: 1, testCount: 10, seed: 1 });
    const { model } = decodeModel(builtFile('models/denoiser.safetensors'));
    for (const [index, strength] of [
      [2, 0.2],
      [7, 0.5],
    ]) {
      const clean = Float32Array.from(garments.images.subarray(index * 784, (index + 1) * 784), (value) => value / 255);
      const corrupt = corruption(parseNoise(`gaussian:${strength}`), { images: 'test' });
      const noisy = await mapExamples(corrupt, clean, [28, 28, 1], { seed: 1 });
      const denoised = (await predict(model, noisy)) as Float32Array;
      const psnr = (image: Float32Array) => `${peakSignalToNoiseRatios(clean, image, 784)[0].toFixed(1)} dB`;
      const ssim = (image: Float32Array) =>
        structuralSimilarities(clean, image, { height: 28, width: 28 })[0].toFixed(3);
      await page.getByRole('button', { name: classNames[garments.labels[index]], exact: true }).click();
      await page.locator('#strength').fill(String(strength));
      const seen = await result(page, strength.toFixed(2));
      expect(seen).toEqual({
        noisyPsnr: psnr(noisy),
        noisySsim: ssim(noisy),
        psnr: psnr(denoised),
        ssim: ssim(denoised),
      });
      expect(decibels(seen.psnr)).toBeGreaterThan(decibels(seen.noisyPsnr) + 5);
    }
    const before = await pixels(page, 'noisy');
    await page.getByRole('button', { name: 'Other noise' }).click();
    await expect.poll(() => pixels(page, 'noisy')).not.toEqual(before);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('takes pictures and models of the visitor, and says what is wrong with others', async () => {
    const { page, problems, server } = await openLive(browser, 'denoise');
    await ready(page);
    const half = { width: 60, height: 40, channels: 1, depth: 8, data: new Uint8Array(2400) } as const;
    for (let at = 0; at < 2400; at++) half.data[at] = at % 60 < 30 ? 255 : 0;
    const bytes = (name: string, buffer: Uint8Array) => ({ name, mimeType: '', buffer: Buffer.from(buffer) });
    await page.setInputFiles('#picture', bytes('half.png', encodePng(half)));
    // The middle square of 40 x 40 is white from the left to its middle.
    const row = [...new Array(13).fill(255), ...new Array(13).fill(0)];
    await expect.poll(async () => (await pixels(page, 'drawing')).slice(0, 28).toSpliced(13, 2)).toEqual(row);
    await page.getByRole('button', { name: 'Invert' }).click();
    expect((await pixels(page, 'drawing')).slice(0, 2)).toEqual([0, 0]);
    await page.setInputFiles('#picture', bytes('words.png', Buffer.from('no picture')));
    await page.getByText('words.png is no picture that this browser can read.').waitFor();

    const { model } = buildAutoencoder('dense', { units: [8], latentSize: 4 });
    await page.setInputFiles('#model', bytes('mine.safetensors', encodeModel(model)));
    await page.getByText('The model “dense” with').waitFor();
    expect(await page.textContent('#model-facts')).toBe(
      `The model “dense” with ${model.countWeights().toLocaleString('en')} weights, from mine.safetensors.`,
    );
    const { model: larger } = buildAutoencoder('dense', { height: 32, width: 32, units: [8], latentSize: 4 });
    await page.setInputFiles('#model', bytes('large.safetensors', encodeModel(larger)));
    await page.getByText('This model makes [32, 32, 1] of [32, 32, 1]').waitFor();
    await page.setInputFiles('#model', bytes('broken.safetensors', encodeModel(model).subarray(0, 99)));
    await page.locator('#status', { hasText: 'broken.safetensors' }).waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('can be used with the keyboard alone', async () => {
    const { page, problems, server } = await openLive(browser, 'denoise');
    await ready(page);
    const focus = async (id: string) => {
      for (let tabs = 0; tabs < 60; tabs++) {
        if ((await page.evaluate(() => document.activeElement?.id)) === id) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`The key Tab does not lead to #${id}.`);
    };
    await focus('clear');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('board');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Space');
    for (let step = 0; step < 6; step++) await page.keyboard.press('Shift+ArrowLeft');
    const drawn = await pixels(page, 'drawing');
    // From the middle, a row up, six pixels to the left.
    expect(drawn.slice(13 * 28 + 8, 13 * 28 + 15)).toEqual(new Array(7).fill(255));
    await focus('strength');
    await page.keyboard.press('End');
    await result(page, '0.80');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => pixels(page, 'drawing')).not.toEqual(drawn);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test('isolates itself on a host without headers, and works offline afterwards', async () => {
    const { page, server, address } = await openLive(browser, 'denoise', { isolated: false });
    await page.getByText('This page is isolated').waitFor();
    await waitUntilKept(page);
    await ready(page);
    await server.close();
    await page.context().setOffline(true);
    for (const again of ['reload', 'anew'] as const) {
      if (again === 'reload') await page.reload();
      else await page.goto(address);
      await ready(page);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      await page.locator('#strength').fill('0.4');
      await result(page, '0.40');
    }
    await page.context().close();
  });

  test('loads no more than it should', async () => {
    const { page, problems, server } = await openLive(browser, 'denoise', { serviceWorkers: 'block' });
    await ready(page);
    expectTraffic('Denoise', server, MOST);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });

  test.each(SCREENS)('has no serious fault on $name', async ({ name, viewport, colorScheme }) => {
    const { page, problems, server } = await openLive(browser, 'denoise', { viewport, colorScheme });
    await ready(page);
    await waitUntilKept(page);
    await screenshot(page, `denoise-${name}`);
    expect(await seriousFaults(page)).toEqual([]);
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1]);
    expect(problems).toEqual([]);
    await page.context().close();
    await server.close();
  });
});

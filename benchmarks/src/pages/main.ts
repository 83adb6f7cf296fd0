import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { commandLine, wholeNumber } from '../../../scripts/command-line.js';
import { type FileOf, openPage } from '../chromium.js';
import { afterwards, describeMachine, machine } from '../machine.js';
import { drawnExploration } from './exploration.js';
import { type Frames, framesDuring } from './trace.js';

const PAGES = fileURLToPath(new URL('../../../docs/site/dist/live/', import.meta.url));

const { values } = commandLine({
  name: 'pnpm bench:pages',
  about:
    "Counts the frames and long tasks of the site's live pages while they are used, as Chromium's tracing sees them.",
  options: {
    moves: { value: 'N', default: '120', help: 'Movements of the slider and the wheel, one a frame.' },
    points: { value: 'N', default: '10000', help: 'Points of the plane.' },
  },
});
const moves = wholeNumber('--moves', values.moves, 2);
const points = wholeNumber('--points', values.points, 10);

/** What is measured: a page, when it is ready, and how it is used. */
interface Use {
  readonly name: string;
  readonly path: string;
  ready(page: Page): Promise<unknown>;
  use(page: Page): Promise<void>;
}

const USES: readonly Use[] = [
  {
    name: 'denoising while the strength of the noise changes',
    path: '/denoise/',
    ready: (page) => page.locator('#denoised-psnr', { hasText: /\d/ }).waitFor(),
    async use(page) {
      const box = await boxOf(page, '#strength');
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + 5, y);
      await page.mouse.down();
      for (let move = 0; move < moves; move++) {
        await page.mouse.move(box.x + 5 + ((box.width - 10) * move) / moves, y);
        await nextFrame(page);
      }
      await page.mouse.up();
    },
  },
  {
    name: `zooming over ${points.toLocaleString('en')} points`,
    path: '/explore/?file=/explore.safetensors',
    ready: (page) => page.locator('#rows tr').first().waitFor(),
    async use(page) {
      const box = await boxOf(page, '#points');
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      for (let move = 0; move < moves; move++) {
        await page.mouse.wheel(0, move < moves / 2 ? -40 : 40);
        await nextFrame(page);
      }
    },
  },
];

async function boxOf(page: Page, selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
  const found = page.locator(selector);
  await found.scrollIntoViewIfNeeded();
  const box = await found.boundingBox();
  if (!box) throw new Error(`${selector} is not on the page.`);
  return box;
}

function nextFrame(page: Page): Promise<void> {
  return page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => resolve())));
}

async function measure({ path, ready, use }: Use, fileOf: FileOf): Promise<Frames> {
  const page = await openPage(path, fileOf);
  await ready(page);
  // Once before: what is compiled and laid out at the first use is not measured.
  await use(page);
  const frames = await framesDuring(page, () => use(page));
  await page.context().browser()?.close();
  return frames;
}

const before = machine();
const exploration = drawnExploration(points);
const fileOf: FileOf = (path) => (path === '/explore.safetensors' ? exploration : readFile(join(PAGES, path)));
const results: (Frames & { name: string })[] = [];
for (const each of USES) results.push({ name: each.name, ...(await measure(each, fileOf)) });
const at = afterwards(before);
console.log(`${describeMachine(at)}\n`);
for (const { name, frames, interval, slowInterval, longestTask, longTasks } of results) {
  console.log(
    `${name}: ${frames} frames, ${interval.toFixed(1)} ms apart (95 % below ${slowInterval.toFixed(1)} ms); ` +
      `longest task ${longestTask.toFixed(1)} ms, ${longTasks} above 50 ms`,
  );
}
const folder = new URL('../../results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const name = `pages-${new Date().toISOString().replaceAll(':', '-')}.json`;
writeFileSync(new URL(name, folder), `${JSON.stringify({ machine: at, results })}\n`);
console.log(`\nWritten to benchmarks/results/${name}`);

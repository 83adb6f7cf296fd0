import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '@weft/data';
import { decodeSafetensors } from '@weft/formats';
import { parseRunRecord } from '@weft/report';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const inFolder = (...names: string[]) => join(folder.path, ...names);
const environment = () => ({ WEFT_CACHE_DIR: inFolder('cache') });
const call = (...args: string[]) => weft(args, { cwd: folder.path, environment: environment() });

/** A picture of stripes, with another width and phase for each number. */
function stripes(number: number, vertical: boolean): Uint8Array {
  const [height, width, channels] = [20, 24, 3] as const;
  const data = Uint8Array.from({ length: height * width * channels }, (_, index) => {
    const [row, column] = [Math.floor(index / channels / width), Math.floor(index / channels) % width];
    return ((vertical ? column : row) + number) % (4 + (number % 3)) < 2 ? 40 * (index % 3) + 100 : number;
  });
  return encodePng({ width, height, channels, depth: 8, data });
}

beforeAll(async () => {
  folder = await temporaryFolder();
  for (const [name, vertical] of [
    ['rows', false],
    ['columns', true],
  ] as const) {
    await mkdir(inFolder('stripes', name), { recursive: true });
    for (let number = 0; number < 12; number++) {
      await writeFile(inFolder('stripes', name, `${number}.png`), stripes(number, vertical));
    }
  }
  await mkdir(inFolder('plain'));
  for (let number = 0; number < 12; number++)
    await writeFile(inFolder('plain', `${number}.png`), stripes(number, true));
  await writeFile(inFolder('plain', 'broken.png'), stripes(1, true).subarray(0, 60));
});
afterAll(() => folder.remove());

const SHORT = ['--epochs', '1', '--batch-size', '8', '--threads', '1'];

test('a folder with classes trains, is resumed with the same pictures only, and its models are tested on it', async () => {
  const trained = await call(
    'train',
    '--data',
    'stripes',
    '--size',
    '16x12',
    '--model',
    'cae',
    ...SHORT,
    '--out',
    'run',
  );
  expect(trained.stderr).toMatch(/stripes: 20 training and 4 test images, from stripes, where a fifth of each class/);
  expect(trained.code).toBe(0);
  const record = parseRunRecord(await readFile(inFolder('run', 'run.json'), 'utf8'));
  expect(record).toMatchObject({
    dataset: 'stripes',
    options: { data: 'stripes', size: '16x12' },
    data: { trainCount: 16, validationCount: 4, testCount: 4, height: 16, width: 12, channels: 3 },
  });
  expect(record.data.classNames).toEqual(['columns', 'rows']);
  const page = await readFile(inFolder('run', 'report.html'), 'utf8');
  expect(page).toContain('in 2 classes');
  expect(page).not.toContain('Fashion');

  const card = JSON.parse(decodeSafetensors(await readFile(inFolder('run', 'cae.safetensors'))).metadata.card);
  expect(card).toMatchObject({ dataset: 'stripes', height: 16, width: 12, channels: 3, resize: 'bilinear' });
  expect(card.score.threshold).toBeGreaterThan(0);

  const tested = await call('evaluate', 'run', '--data', 'stripes', '--json');
  expect(JSON.parse(tested.stdout).models[0].testError).toEqual(record.models.cae.testError);
  const withoutData = await call('evaluate', 'run');
  expect(withoutData).toMatchObject({ code: 3, stderr: expect.stringContaining('Give their folder with --data DIR') });

  expect((await call('train', '--resume', 'run', '--epochs', '2')).code).toBe(0);
  await writeFile(inFolder('stripes', 'rows', '3.png'), stripes(11, false));
  const other = await call('train', '--resume', 'run', '--epochs', '3');
  expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining('not those that the run was begun with') });
});

test('a folder without classes trains, with damaged files named and left out, and nothing is said of classes', async () => {
  const args = [
    'train',
    '--data',
    'plain',
    '--tile',
    '8',
    '--overlap',
    '2',
    '--channels',
    '1',
    '--model',
    'dense,vae',
    ...SHORT,
  ];
  const stopped = await call(...args, '--out', 'tiles');
  expect(stopped).toMatchObject({ code: 3, stderr: expect.stringContaining('broken.png') });
  const trained = await call(...args, '--on-bad-image', 'skip', '--out', 'tiles');
  expect(trained.stderr).toContain('1 file is left out:\n  broken.png');
  expect(trained.code).toBe(0);
  const page = await readFile(inFolder('tiles', 'report.html'), 'utf8');
  // What the page says, and names in its data: not the script that shows them, nor the keys, which serve all runs.
  expect(page.replace(/<script>[\s\S]*?<\/script>|"classes":|class="|class /g, '')).not.toMatch(/class/i);
  const { models } = parseRunRecord(await readFile(inFolder('tiles', 'run.json'), 'utf8'));
  expect(models.vae.elbo!.negative).toBeCloseTo(models.vae.elbo!.reconstruction + models.vae.elbo!.divergence, 3);
  expect(models.vae.latent!.nearestNeighbourPurity).toBeUndefined();
});

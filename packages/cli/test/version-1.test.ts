import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel } from '@weft/formats';
import { convAutoencoder, convDenoisingAutoencoder } from '@weft/models';
import { parseRunRecord } from '@weft/report';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder, weft } from './support/weft.js';

// What Weft 0.1 wrote, of a run that was called so:
// weft train --dataset synthetic --limit 40 --test-limit 12 --batch-size 16 --epochs 1 --noise-factor 0.3 --seed 7 --threads 1
const FIXTURES = join(import.meta.dirname, 'fixtures', 'version-1');
const TEXTS = { dataset: 'synthetic', seed: '7', epochs: '1' };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const call = (...args: string[]) => weft(args, { cwd: folder.path });
const inFolder = (...names: string[]) => join(folder.path, ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(inFolder('old', 'figures'), { recursive: true });
  await mkdir(inFolder('begun'));
  for (const file of ['run.json', 'options.json']) await copyFile(join(FIXTURES, file), inFolder('old', file));
  await copyFile(join(FIXTURES, 'options.json'), inFolder('begun', 'options.json'));
  await writeFile(inFolder('old', 'figures', 'figure-2.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const [cae, cdae] = [convAutoencoder({ seed: 7 }).model, convDenoisingAutoencoder({ seed: 7 }).model];
  await writeFile(inFolder('old', 'cae.safetensors'), encodeModel(cae, { ...TEXTS, model: 'cae' }));
  await writeFile(
    inFolder('old', 'cdae.safetensors'),
    encodeModel(cdae, { ...TEXTS, model: 'cdae', noiseFactor: '0.3' }),
  );
});
afterAll(() => folder.remove());

test('its run.json makes a report that names models, noise and what is missing', async () => {
  expect(await call('report', 'old')).toMatchObject({ code: 0, stdout: expect.stringContaining('report.html') });
  const page = await readFile(inFolder('old', 'report.html'), 'utf8');
  for (const text of [
    'CAE and CDAE on synthetic garments',
    'Figure 2.',
    'Figures 1, 3, 4, 5, 6, 7 and 8 are missing: not drawn.',
    'Gaussian noise of standard deviation 0.30',
    '--noise-factor 0.3',
  ])
    expect(page).toContain(text);
});

test('its models are known by their texts', async () => {
  const { code, stdout } = await call('info', 'old');
  expect(code).toBe(0);
  expect(stdout).toContain('trained on synthetic, 1 epoch, seed 7, noise gaussian:0.3');
  expect(stdout).toContain('CDAE  0.1632');
  const evaluated = await call('evaluate', 'old', '--test-limit', '12', '--json');
  const { models, dataset } = JSON.parse(evaluated.stdout);
  expect(dataset).toBe('synthetic');
  expect(models.map(({ name, seed }: { name: string; seed?: number }) => [name, seed])).toEqual([
    ['cae', undefined],
    ['cdae', 7],
  ]);
});

test('its options.json is resumed, and trains the weights that it trained', async () => {
  const { code, stdout } = await call('train', '--resume', 'begun', '--json');
  expect(code).toBe(0);
  const old = parseRunRecord(await readFile(join(FIXTURES, 'run.json'), 'utf8'));
  const { models, options } = parseRunRecord(stdout);
  expect(options).toMatchObject({ model: 'all', noiseFactor: 0.3, limit: 40 });
  for (const key of ['cae', 'cdae']) {
    expect(models[key].weightsSha256).toBe(old.models[key].weightsSha256);
    expect(models[key].testError).toEqual(old.models[key].testError);
  }
});

import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const read = async (...names: string[]) => JSON.parse(await readFile(at(...names), 'utf8'));
const compare = (...args: string[]) => weft(['compare', ...args], { cwd: folder.path });

const SMALL = ['--dataset', 'synthetic', '--limit', '120', '--epochs', '1', '--batch-size', '32', '--quiet'];

/** `both` and `other` can be compared; `less` has other noise and fewer test images. */
beforeAll(async () => {
  folder = await temporaryFolder();
  const runs = {
    both: ['--test-limit', '20', '--seed', '1'],
    other: ['--test-limit', '20', '--seed', '2', '--learning-rate', '0.002'],
    less: ['--test-limit', '12', '--model', 'cdae', '--noise-factor', '0.2'],
  };
  for (const [out, args] of Object.entries(runs)) {
    const { code, stderr } = await weft(['train', ...SMALL, ...args, '--out', out], { cwd: folder.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }
  await cp(at('both'), at('copy'), { recursive: true });
});
afterAll(() => folder.remove());

interface CompareRecord {
  readonly runs: { name: string; options: Record<string, unknown> }[];
  readonly cautions: string[];
  readonly models: {
    run: string;
    model: string;
    testMse: number;
    testMseInterval: [number, number];
    difference: { to: string; mean: number; interval: [number, number] } | null;
    psnr: number;
    loss: number;
    epochs: number;
    testCount: number;
  }[];
}

test('finds the errors of the runs again, with intervals and differences in pairs', async () => {
  const { code, stdout } = await compare('both', 'other', '--out', 'page');
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('Report: page/report.html');
  const { models, runs, cautions }: CompareRecord = await read('page', 'compare.json');
  expect(models.map(({ run, model }) => `${run} ${model}`)).toEqual([
    'both cae',
    'other cae',
    'both cdae',
    'other cdae',
  ]);
  for (const { run, model, ...found } of models) {
    const { testError, psnr, history } = (await read(run, 'run.json')).models[model];
    expect(found).toMatchObject({ testMse: testError.mean, psnr: psnr.mean, loss: history.loss.at(-1), epochs: 1 });
    const [lower, upper] = found.testMseInterval;
    expect(lower).toBeLessThan(testError.mean);
    expect(upper).toBeGreaterThan(testError.mean);
  }
  for (const [first, second] of [models.slice(0, 2), models.slice(2)]) {
    expect(first.difference).toBeNull();
    const { mean, to, interval } = second.difference as NonNullable<typeof second.difference>;
    expect(to).toBe(`both: ${first.model.toUpperCase()}`);
    expect(mean).toBeCloseTo(second.testMse - first.testMse, 12);
    expect(interval[0]).toBeLessThanOrEqual(mean);
    expect(interval[1]).toBeGreaterThanOrEqual(mean);
  }
  expect(runs.map(({ options }) => options)).toEqual([
    { seed: 1, learningRate: 0.001 },
    { seed: 2, learningRate: 0.002 },
  ]);
  expect(cautions.join(' ')).toContain('noise of the same strength, but not the same noise');
  const csv = (await readFile(at('page', 'compare.csv'), 'utf8')).trimEnd().split('\r\n');
  expect(csv).toHaveLength(1 + models.length);
  for (const name of ['losses-1', 'errors-1', 'differences-2', 'examples-2']) {
    expect(existsSync(at('page', 'figures', `${name}.png`))).toBe(true);
  }
  expect(await readFile(at('page', 'report.html'), 'utf8')).toContain('Comparison of 2 runs');
});

test('gives the same numbers with another number of threads, and replaces its own page', async () => {
  await compare('both', 'less', '--out', 'again');
  const before = await readFile(at('again', 'compare.json'), 'utf8');
  const { code, stdout, stderr } = await compare('both', 'less', '--out', 'again', '--threads', '1', '--json');
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: before, stderr: '' });
});

test('a run has no difference to its copy', async () => {
  const { stdout } = await compare('both', 'copy', '--out', 'same');
  expect(stdout).toContain('copy: CAE has the same error as both: CAE on every test image.');
  const { models }: CompareRecord = await read('same', 'compare.json');
  expect(models[1].difference).toEqual({ to: 'both: CAE', mean: 0, interval: [0, 0] });
});

test('says of runs with other test images or other noise that they are not comparable', async () => {
  const { code, stdout } = await compare('both', 'less', '--out', 'apart');
  expect(code).toBe(0);
  const words = stdout.replace(/\s+/g, ' ');
  expect(words).toContain('The runs were tested on different images');
  expect(words).toContain('different noise, gaussian:0.4 and gaussian:0.2');
  const apart: CompareRecord = await read('apart', 'compare.json');
  expect(apart.models.every(({ difference }) => difference === null)).toBe(true);

  const limited = JSON.parse(
    (await compare('both', 'less', '--out', 'limited', '--test-limit', '12', '--json')).stdout,
  );
  expect(limited.models.map(({ testCount }: { testCount: number }) => testCount)).toEqual([12, 12, 12]);
  expect(limited.cautions.join(' ')).not.toContain('different images');
});

test.each([
  [[], 2, 'weft compare: expected 1 to 20 arguments besides options, got none.'],
  [['both'], 2, 'weft compare: got one run, expected two or more.'],
  [['both', 'both/'], 2, 'both is given twice. Give each run once.'],
  [['both', 'none'], 3, 'none cannot be read'],
  [['both', 'both/run.json'], 3, 'both/run.json is a file; expected the folder of a run.'],
  [['both', 'empty'], 3, 'empty/run.json cannot be read'],
  [['both', 'damaged'], 3, "damaged/run.json: run.json is not a run's record"],
  [['both', 'exchanged'], 3, 'exchanged: cae.safetensors is not the model that run.json tells of.'],
  [['both', 'without'], 3, 'without: cdae.safetensors is missing, which run.json tells of.'],
  [['both', 'other', '--out', 'less'], 1, '--out: less holds other files than a page of weft compare.'],
  [['both', 'other', '--test-limit', '1'], 2, '--test-limit'],
])('refuses %j', async (args, expected, message) => {
  await mkdir(at('empty'), { recursive: true });
  for (const name of ['damaged', 'exchanged', 'without']) await cp(at('both'), at(name), { recursive: true });
  await writeFile(at('damaged', 'run.json'), '{"formatVersion": 1, "models": 3}');
  await cp(at('other', 'cae.safetensors'), at('exchanged', 'cae.safetensors'));
  await rm(at('without', 'cdae.safetensors'));
  const { code, stdout, stderr } = await compare(...args);
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { threadShares } from '../src/sweep/local-workers.js';
import { signalAt, temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const SPACE = {
  name: 'rates',
  base: { model: 'dense', dataset: 'synthetic', limit: 60, 'test-limit': 8 },
  // The last rate is beyond what any training stands.
  space: { 'learning-rate': [0.01, 1e30], batchSize: { powersOfTwo: [8, 32] } },
  trials: 2,
  halving: { factor: 2, firstEpochs: 1, mostEpochs: 2 },
};

const sweep = (args: string[], more: object = {}) => weft(['sweep', ...args], { cwd: folder.path, ...more });
const read = (...names: string[]) => readFile(join(folder.path, ...names), 'utf8');
const write = (name: string, space: unknown) => writeFile(join(folder.path, name), JSON.stringify(space));
const filesIn = (name: string) =>
  Promise.all(['results.json', 'results.csv', 'report.html', 'sweep.json'].map((file) => read(name, file)));

describe('weft sweep', () => {
  let whole: string[];
  beforeAll(async () => {
    await write('space.json', SPACE);
    const { code, stdout, stderr } = await sweep(['space.json', '--out', 'whole']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('rates: 4 trials in whole');
    expect(stderr).toContain('Rung 2 of 2: 2 trials with 2 epochs');
    expect(stderr).toMatch(/trial-\d-epochs-1: no finite score/);
    expect(stdout).toMatch(/Of 4 trials, trial-\d has the lowest score, Validation loss/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('Report: whole/report.html');
    whole = await filesIn('whole');
  });

  test('ranks the trials, those that diverged last, and links to their reports', async () => {
    const { rows, trials, sweep: written } = JSON.parse(whole[0]);
    expect(written.space).toEqual({ learningRate: [0.01, 1e30], batchSize: { powersOfTwo: [8, 32] } });
    expect(rows.map(({ epochs }: { epochs: number }) => epochs)).toEqual([2, 2, 1, 1]);
    const scores = rows.map(({ score }: { score: number | null }) => score);
    expect(scores[0]).toBeLessThanOrEqual(scores[1]);
    for (const { options, score } of rows) expect(score === null).toBe(options.learningRate === 1e30);
    expect(trials).toHaveLength(6);
    for (const { run } of rows) expect(existsSync(join(folder.path, 'whole/trials', run, 'report.html'))).toBe(true);
  });

  test('gives the trial of the last rung the weights of one training', async () => {
    const { rows, trials } = JSON.parse(whole[0]);
    const { learningRate, batchSize } = rows[0].options;
    const args = ['--learning-rate', learningRate, '--batch-size', batchSize, '--epochs', '2', '--limit', '60'];
    const alone = ['train', '--model', 'dense', '--dataset', 'synthetic', '--test-limit', '8', '--out', 'alone'];
    expect((await weft([...alone, ...args.map(String), '--quiet'], { cwd: folder.path })).code).toBe(0);
    const trial = trials.find(({ name }: { name: string }) => name === rows[0].run);
    const run = JSON.parse(await read('alone/run.json'));
    expect(trial.models.dense.weightsSha256).toBe(run.models.dense.weightsSha256);
    expect(trial.models.dense.loss).toEqual(run.models.dense.history.loss);
  });

  test('gives the same files for three trials at a time', async () => {
    const { code, stdout, stderr } = await sweep(['space.json', '--out', 'three', '--workers', '3', '--json']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('4 trials in three, 3 at a time');
    expect(stdout).toBe(whole[0]);
    expect(await filesIn('three')).toEqual(whole);
  });

  test('goes on after an interruption and after a kill, in any rung, to the same files', async () => {
    for (const [signal, expected, at] of [
      ['SIGINT', 130, /\(2 of 4\)/],
      ['SIGKILL', null, /\(1 of 2\)/],
    ] as const) {
      const broken = await sweep(['space.json', '--out', signal, '--workers', '2'], { onStderr: signalAt(at, signal) });
      expect(broken.code).toBe(expected);
      if (signal === 'SIGINT') {
        expect(broken.stderr.trimEnd().split('\n').at(-1)).toBe(
          `Interrupted. Go on with: weft sweep --resume ${signal}`,
        );
      }
      expect(existsSync(join(folder.path, signal, 'results.json'))).toBe(false);
      const { code, stderr } = await sweep(['--resume', signal]);
      expect(code).toBe(0);
      expect(stderr).toContain('of them finished already');
      expect(await filesIn(signal)).toEqual(whole);
    }
  });

  test('refuses a folder with other trials before anything is changed', async () => {
    const { code, stderr } = await sweep(['space.json', '--out', 'whole', '--seed', '7']);
    expect(code).toBe(3);
    expect(stderr).toContain('holds a run with other options: seed is 42, the study has 7.');
    expect(await filesIn('whole')).toEqual(whole);
  });
});

test.each([
  [[], 2, 'weft sweep: expected a JSON file with the space of options, got none.'],
  [['none.json'], 3, 'none.json cannot be read'],
  [['bad.json'], 3, "bad.json: space: weft train has no option 'sed' that a trial may have. Did you mean seed?"],
  [['value.json'], 3, 'value.json: space.batchSize: got 0.5, expected a whole number from 1.'],
  [['whole.json'], 3, 'whole.json: trial-1.batchSize: got '],
  [
    ['images.json'],
    3,
    'images.json: space.testLimit: a sweep does not vary testLimit. Trials are compared on the same images',
  ],
  [['models.json'], 3, 'models.json: score: got no model, but trial-1 trains cae and cdae. Name one'],
  [['depth.json'], 3, 'depth.json: trial-1: --depth'],
  [
    ['space.json', '--learning-rate', '1'],
    3,
    'space.json: space.learning-rate: got learningRate, which the base has too.',
  ],
  [['space.json', '--epochs', '1'], 3, 'space.json: halving: got epochs among the options, too.'],
  [['space.json', '--workers', '0'], 2, '--workers: '],
  [['space.json', '--worker', '2'], 2, 'Did you mean --workers?'],
  [['--resume', '.'], 3, 'sweep.json cannot be read'],
  [['--resume', '.', '--model', 'cae'], 2, 'Leave out --model.'],
  [['--resume', '.', '--out', 'x'], 2, 'writes into that very folder'],
])('refuses %j', async (args, expected, message) => {
  const { space: _, ...others } = SPACE;
  const other = (space: object, changes = {}) => ({
    ...others,
    space: { learningRate: { uniform: [1, 2] }, ...space },
    ...changes,
  });
  await write('space.json', SPACE);
  await write('bad.json', other({ sed: [1] }));
  await write('value.json', other({ batchSize: { uniform: [0.5, 3] } }));
  await write('whole.json', other({ batchSize: { uniform: [1, 3] } }));
  await write('images.json', other({ testLimit: [8, 9] }));
  await write('models.json', other({}, { base: {} }));
  await write('depth.json', other({}, { base: { model: 'dense', depth: 3 } }));
  await rm(join(folder.path, 'sweep.json'), { force: true });
  const { code, stdout, stderr } = await sweep(args);
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('workers share the threads evenly, and each has one', () => {
  expect(threadShares(8, 3)).toEqual([3, 3, 2]);
  expect(threadShares(2, 3)).toEqual([1, 1, 1]);
  expect(threadShares(4, 1)).toEqual([4]);
});

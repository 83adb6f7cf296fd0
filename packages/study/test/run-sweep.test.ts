import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Executor,
  localExecutor,
  type PerformTrial,
  parseSweep,
  performInFolder,
  runSweep,
  type TrialOptions,
} from '../src/index.js';
import { performRungs, rowsOf } from '../src/sweep/perform-rungs.js';
import { complete, FakeTraining } from './fake-training.js';
import { trialResult } from './trial-results.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'weft-sweep-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const sweepOf = (changes: object) =>
  parseSweep(JSON.stringify({ name: 'x', space: { seed: { integers: [0, 999] } }, trials: 9, ...changes }), {
    source: 'x.json',
  });
const halved = sweepOf({ halving: { factor: 3, firstEpochs: 1, mostEpochs: 9 } });

/** Performs trials by a function of their options alone. */
const performBy =
  (scoreOf: (options: TrialOptions) => number): PerformTrial =>
  async ({ name, options }) =>
    trialResult(name, options, { cae: { valLoss: Array(Number(options.epochs ?? 1)).fill(scoreOf(options)) } });

const filesIn = async (directory: string) =>
  Promise.all(
    ['results.json', 'results.csv', 'report.html', 'sweep.json'].map((name) => readFile(join(directory, name), 'utf8')),
  );

describe('successive halving', () => {
  it('lets the best of each rung go on, of equal ones the first, and none without a finite score', async () => {
    const score = fc.constantFrom(1, 2, 3, Number.NaN, Number.POSITIVE_INFINITY);
    const scores = fc.array(score, { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(scores, fc.integer({ min: 2, max: 4 }), async (table, factor) => {
        const sweep = sweepOf({
          space: { seed: table.map((_, index) => index) },
          trials: undefined,
          halving: { factor, firstEpochs: 2, mostEpochs: 17 },
        });
        const executor = localExecutor(performBy(({ seed }) => table[Number(seed)]));
        const performed = await performRungs(sweep, { executor, signal: new AbortController().signal });
        const rungs = performed.map((rung) => rung.map(({ configuration: { options } }) => Number(options.seed)));
        expect(rungs[0]).toEqual(table.map((_, index) => index));
        let most = table.length;
        for (const [index, before] of rungs.entries()) {
          most = Math.max(1, Math.floor(most / factor));
          const best = before
            .filter((seed) => Number.isFinite(table[seed]))
            .sort((a, b) => table[a] - table[b] || a - b);
          const isLast = performed[index][0].result.options.epochs === 17;
          expect(rungs[index + 1] ?? []).toEqual(isLast ? [] : best.slice(0, most).sort((a, b) => a - b));
        }
        const rows = rowsOf(sweep, performed);
        expect(rows.map(({ options }) => Number(options.seed)).sort((a, b) => a - b)).toEqual(rungs[0]);
        const keys = rows.map(({ epochs, score, options }) => [-epochs, score ?? Infinity, Number(options.seed)]);
        expect(keys).toEqual(keys.toSorted((a, b) => a[0] - b[0] || (a[1] === b[1] ? a[2] - b[2] : a[1] - b[1])));
      }),
    );
  });

  it('names the trial and the epochs that each one continues', async () => {
    const continued: (string | undefined)[] = [];
    const perform = performBy(({ seed }) => Number(seed));
    await runSweep(halved, {
      directory: root,
      executor: localExecutor((trial, signal) => {
        const { name, options, continues } = trial;
        continued.push(continues && `${name} (${options.epochs}) continues ${continues.name} (${continues.epochs})`);
        return perform(trial, signal);
      }),
    });
    expect(continued.slice(0, 9)).toEqual(Array(9).fill(undefined));
    expect(continued.slice(9)).toHaveLength(3 + 1);
    for (const text of continued.slice(9)) {
      expect(text).toMatch(/^(trial-\d)-epochs-([39]) \(\2\) continues \1-epochs-([13]) \(\3\)$/);
    }
  });
});

describe('runSweep', () => {
  it('gives the same bytes for any number of performers and any order of completion', async () => {
    const perform = performBy(({ seed }) => Number(seed) % 7);
    await runSweep(halved, { directory: join(root, 'whole'), executor: localExecutor(perform) });
    const expected = await filesIn(join(root, 'whole'));
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10 }), fc.scheduler(), async (workers, scheduler) => {
        const directory = join(root, `order-${count++}`);
        const delayed: PerformTrial = async (trial, signal) => {
          await scheduler.schedule(Promise.resolve());
          // Trial and result pass through JSON, as they would between machines.
          return JSON.parse(JSON.stringify(await perform(JSON.parse(JSON.stringify(trial)), signal)));
        };
        const executor = localExecutor(...Array.from({ length: workers }, () => delayed));
        await scheduler.waitFor(runSweep(halved, { directory, executor }));
        expect(await filesIn(directory)).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });

  it('gives the same bytes after it was killed in any trial, and repeats no finished one', async () => {
    const run = (directory: string, { train }: FakeTraining) =>
      runSweep(halved, { directory, executor: localExecutor(performInFolder({ directory, complete, train })) });
    const whole = new FakeTraining();
    await run(join(root, 'whole'), whole);
    const expected = await filesIn(join(root, 'whole'));
    expect(whole.calls).toHaveLength(9 + 3 + 1);
    // In the midst of each rung, and at its beginning or end.
    for (const kill of [0, 4, 8, 9, 12]) {
      const directory = join(root, `killed-${kill}`);
      await expect(run(directory, new FakeTraining(kill))).rejects.toThrow('killed');
      expect(existsSync(join(directory, 'results.json'))).toBe(false);
      const second = new FakeTraining();
      await run(directory, second);
      expect(await filesIn(directory)).toEqual(expected);
      expect(second.calls.map(({ name }) => name)).toEqual(whole.calls.slice(kill).map(({ name }) => name));
    }
  });

  it('draws curves and scores, links to the runs, and names the best trial', async () => {
    const sweep = sweepOf({
      space: { seed: { integers: [0, 999] }, loss: ['mse'], model: ['cae', 'vae'] },
      trials: 4,
      score: 'psnr',
      base: { epochs: 2 },
    });
    const perform: PerformTrial = async ({ name, options }) =>
      trialResult(name, options, { [String(options.model)]: { psnr: Number(options.seed) } });
    const {
      results: { rows },
    } = await runSweep(sweep, { directory: root, executor: localExecutor(perform) });
    expect(rows.map(({ score }) => score)).toEqual(rows.map(({ options }) => options.seed));
    expect(rows.map(({ score }) => Number(score))).toEqual(
      rows.map(({ score }) => Number(score)).toSorted((a, b) => b - a),
    );
    expect((await readdir(join(root, 'figures'))).filter((name) => name.endsWith('.svg')).sort()).toEqual([
      'losses.svg',
      'score-by-model.svg',
      'score-by-seed.svg',
    ]);
    const page = await readFile(join(root, 'report.html'), 'utf8');
    for (const { run } of rows) expect(page).toContain(`href="trials/${run}/report.html"`);
    expect(page).toContain(`${rows[0].trial} has the highest score`);
    const csv = (await readFile(join(root, 'results.csv'), 'utf8')).split('\r\n');
    expect(csv[0]).toBe('rank,trial,run,epochs,seed,loss,model,score,loss,valLoss,testMse,psnr,ssim');
    expect(csv[1].split(',').slice(0, 2)).toEqual(['1', rows[0].trial]);
  });

  it('says which trials have no score, and has a report without any', async () => {
    const perform = performBy(() => Number.NaN);
    const { results } = await runSweep(halved, { directory: root, executor: localExecutor(perform) });
    expect(results.rows.map(({ score }) => score)).toEqual(Array(9).fill(null));
    expect(results.trials).toHaveLength(9);
    expect(await readFile(join(root, 'report.html'), 'utf8')).toContain('9 trials of 9 have no finite score.');
  });

  it('scores the best epoch where early stopping keeps its weights', async () => {
    const losses = async (base: object) => {
      const executor: Executor = localExecutor(async ({ name, options }) =>
        trialResult(name, options, { cae: { valLoss: [0.3, 0.1, 0.2] } }),
      );
      const directory = join(root, JSON.stringify(base).replace(/\W/g, ''));
      return (await runSweep(sweepOf({ base, trials: 1 }), { directory, executor })).results.rows[0].score;
    };
    expect(await losses({})).toBe(0.2);
    expect(await losses({ earlyStopping: 2 })).toBe(0.1);
  });
});

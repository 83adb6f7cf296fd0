import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Executor,
  localExecutor,
  type PerformInFolderOptions,
  performInFolder,
  runStudy,
  type Study,
  StudyError,
  trialFolder,
} from '../src/index.js';
import { complete, FakeTraining } from './fake-training.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'weft-study-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const study: Study = {
  name: 'seeds',
  title: 'Seeds',
  base: { epochs: 3 },
  trials: [1, 2, 3, 4].map((seed) => ({ name: `seed-${seed}`, options: { seed } })),
  measures: [{ kind: 'brightness', of: 'test' }],
  report: 'table',
};

const measure: NonNullable<PerformInFolderOptions['measure']> = async ({ of }, { trial }) => `${of} ${trial.name}`;
const perform = (directory: string, { train }: FakeTraining, parts: Partial<PerformInFolderOptions> = {}) =>
  performInFolder({ directory, complete, train, measure, ...parts });
const run = (directory: string, training: FakeTraining, parts?: Partial<PerformInFolderOptions>) =>
  runStudy(study, { directory, executor: localExecutor(perform(directory, training, parts)) });

const resultsIn = async (directory: string) => [
  await readFile(join(directory, 'results.json'), 'utf8'),
  await readFile(join(directory, 'results.csv'), 'utf8'),
  await readFile(join(directory, 'report.html'), 'utf8'),
];

describe('runStudy', () => {
  it('gives the same bytes after it was killed in any trial, and repeats no finished one', async () => {
    await run(join(root, 'whole'), new FakeTraining());
    const expected = await resultsIn(join(root, 'whole'));
    for (const [kill, { name }] of study.trials.entries()) {
      const directory = join(root, `killed-${kill}`);
      await expect(run(directory, new FakeTraining(kill))).rejects.toThrow('killed');
      expect(existsSync(join(directory, 'results.json'))).toBe(false);
      const second = new FakeTraining();
      await run(directory, second);
      expect(await resultsIn(directory)).toEqual(expected);
      expect(second.calls).toEqual(
        study.trials.slice(kill).map((trial) => ({ name: trial.name, resume: trial.name === name })),
      );
    }
  });

  it('gives the same bytes in whatever order an executor performs and reports the trials', async () => {
    await run(join(root, 'whole'), new FakeTraining());
    const expected = await resultsIn(join(root, 'whole'));
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), async (order) => {
        const directory = join(root, `order-${count++}`);
        const performTrial = perform(directory, new FakeTraining());
        const executor: Executor = {
          async run(trials, { signal, onDone }) {
            // Trial and result pass through JSON, as they would between machines.
            const results = await Promise.all(
              order.map((index) => performTrial(JSON.parse(JSON.stringify(trials[index])), signal)),
            );
            for (const [at, index] of order.entries()) onDone(trials[index], JSON.parse(JSON.stringify(results[at])));
          },
        };
        await runStudy(study, { directory, executor });
        expect(await resultsIn(directory)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  it('trains nothing again when all is there, and goes on when trials are added', async () => {
    await run(root, new FakeTraining());
    const again = new FakeTraining();
    await run(root, again);
    expect(again.calls).toEqual([]);
    const more = { ...study, trials: [{ name: 'seed-5', options: { seed: 5 } }, ...study.trials] };
    const { results } = await runStudy(more, { directory: root, executor: localExecutor(perform(root, again)) });
    expect(again.calls).toEqual([{ name: 'seed-5', resume: false }]);
    expect(results.trials.map(({ name }) => name)).toEqual(more.trials.map(({ name }) => name));
  });

  it('measures once for the same weights, and again for others or another measure', async () => {
    let count = 0;
    const counting = {
      measure: async (...call: Parameters<typeof measure>) => `${++count && (await measure(...call))}`,
    };
    await run(root, new FakeTraining(), counting);
    await run(root, new FakeTraining(), counting);
    expect(count).toBe(4);
    await writeFile(join(root, 'measurements/seed-2.json'), '{"weights": {"cae": "other"}, "measurements": []}');
    await writeFile(join(root, 'measurements/seed-3.json'), 'damaged');
    await run(root, new FakeTraining(), counting);
    expect(count).toBe(6);
    const other = { ...study, measures: [{ kind: 'brightness', of: 'training' }] };
    const executor = localExecutor(perform(root, new FakeTraining(), counting));
    const { results } = await runStudy(other, { directory: root, executor });
    expect(results.trials.map(({ measurements }) => measurements.brightness)).toContain('training seed-4');
    expect(count).toBe(10);
  });

  it('stops before the next trial when it is told to', async () => {
    const controller = new AbortController();
    const training = new FakeTraining();
    const executor = localExecutor(perform(root, training));
    const onDone = () => controller.abort(new Error('enough'));
    await expect(runStudy(study, { directory: root, executor, signal: controller.signal, onDone })).rejects.toThrow(
      'enough',
    );
    expect(training.calls).toHaveLength(1);
  });

  it('refuses to compare trials that were tested on different images', async () => {
    await run(root, new FakeTraining());
    const path = join(root, 'trials/seed-3/options.json');
    const options = JSON.parse(await readFile(path, 'utf8'));
    options.run.dataSha256.test = 'c';
    await writeFile(path, JSON.stringify(options));
    await expect(run(root, new FakeTraining())).rejects.toThrow(
      /the trial seed-3 was tested on synthetic c, the trial seed-1 on synthetic b/,
    );
  });

  it('says which trials an executor has left out', async () => {
    const executor: Executor = { run: async () => undefined };
    await expect(runStudy(study, { directory: root, executor })).rejects.toThrow(
      'there is no result of seed-1, seed-2, seed-3, seed-4.',
    );
  });
});

describe('the folder of a trial', () => {
  const trial = { name: 'one', options: { seed: 7, epochs: 2 } };
  const performOne = async (training: FakeTraining, options = trial.options as object) =>
    perform(root, training)({ ...trial, options: { ...options } }, new AbortController().signal);

  it('is taken as it is if its options are the same, those that it does not name at their defaults', async () => {
    await performOne(new FakeTraining());
    const path = join(trialFolder(root, 'one'), 'options.json');
    const { batchSize, limit, ...older } = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...older, threads: 17 }));
    const training = new FakeTraining();
    const { models } = await performOne(training, { ...trial.options, batchSize, threads: 3 });
    expect(training.calls).toEqual([]);
    expect(models.cae?.loss).toHaveLength(2);
  });

  it('is taken without options.json, by its record', async () => {
    const expected = await performOne(new FakeTraining());
    await rm(join(trialFolder(root, 'one'), 'options.json'));
    const training = new FakeTraining();
    const { dataSha256, ...rest } = expected;
    expect(
      await perform(root, training, {
        complete: (options) =>
          complete({
            ...options,
            threads: 1,
            quick: false,
            validationSplit: 0.2,
            learningRate: 0.001,
            noiseFactor: 0.4,
            noisePerEpoch: false,
          }),
      })(trial, new AbortController().signal),
    ).toMatchObject({ models: rest.models });
    expect(training.calls).toEqual([]);
  });

  it.each([
    [{ seed: 8 }, 'seed is 7, the study has 8'],
    [{ epochs: 3 }, 'epochs is 2, the study has 3'],
    [{ limit: 100 }, 'limit is not set, the study has 100'],
    [{ batchSize: 32 }, 'batchSize is 64, the study has 32'],
    // There were 80 examples to train on: the smaller batch was meant.
    [{ batchSize: 128 }, 'batchSize is 64, the study has 128'],
    [{ depth: 3 }, 'depth is not set, the study has 3'],
  ])('is refused with the options %o', async (other, message) => {
    await performOne(new FakeTraining());
    const refusal = performOne(new FakeTraining(), { ...trial.options, ...other });
    await expect(refusal).rejects.toThrow(StudyError);
    await expect(refusal).rejects.toThrow(message);
  });

  it('may note a batch of all examples where the study asks for a larger one', async () => {
    await performOne(new FakeTraining(), { ...trial.options, batchSize: 80 });
    const training = new FakeTraining();
    await performOne(training, { ...trial.options, batchSize: 256 });
    expect(training.calls).toEqual([]);
  });

  it('is refused if it holds files of others, and taken with what a killed process leaves', async () => {
    const folder = trialFolder(root, 'one');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'run.lock'), '');
    await writeFile(join(folder, 'options.json.1234.tmp'), '');
    await performOne(new FakeTraining());
    await rm(folder, { recursive: true });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'thesis.tex'), '');
    await expect(performOne(new FakeTraining())).rejects.toThrow("holds files that are no run's, such as thesis.tex");
  });

  it.each([
    ['options.json', '[]'],
    ['options.json', 'no json'],
    ['run.json', '{}'],
  ])('is refused if its %s is %s', async (name, text) => {
    const folder = trialFolder(root, 'one');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), text);
    await expect(performOne(new FakeTraining())).rejects.toThrow(StudyError);
  });
});

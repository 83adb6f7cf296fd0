import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exampleRecordText } from '../../test/support/example-record.js';
import { writeTree } from '../../test/support/pictures.js';
import { temporaryFolder } from '../../test/support/weft.js';
import { findRuns } from './find-runs.js';
import { RunReader } from './run-reader.js';
import { runView, summaryOf } from './run-view.js';
import type { RunView } from './views.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const OPTIONS = JSON.stringify({
  model: 'cae,cdae',
  epochs: 4,
  batchSize: 32,
  run: { formatVersion: 1, dataset: 'synthetic', dataSha256: { train: '', test: '' }, trainCount: 100 },
});
const lock = (members: object) => JSON.stringify({ pid: process.pid, host: hostname(), begin: '', ...members });
const metrics = (...lines: string[]) =>
  ['model,epoch,loss,val_loss,seconds,images_per_second', ...lines, ''].join('\n');

/** A run that has these files, and what is read of it. */
async function written(files: Readonly<Record<string, string>>) {
  const path = join(folder.path, 'run');
  await writeTree(path, files);
  const { runs } = await findRuns(folder.path);
  expect(runs.map(({ name }) => name)).toEqual(['run']);
  const contents = await new RunReader(runs[0]).read();
  return { run: runs[0], contents: contents as NonNullable<typeof contents> };
}

/** What is shown of a run that has these files. */
async function view(files: Readonly<Record<string, string>>): Promise<RunView> {
  const { run, contents } = await written(files);
  return runView(run, contents, () => ({ samples: null, samplesNote: null }));
}

describe('a run', () => {
  test('is running while a process of this machine holds it: before, in and after training', async () => {
    const held = { 'run.lock': lock({}) };
    expect((await view(held)).summary).toMatchObject({ state: 'running', status: 'Reading the data', done: null });
    const begun = { ...held, 'options.json': OPTIONS };
    expect((await view(begun)).summary).toMatchObject({ state: 'running', status: 'Preparing the training', done: 0 });
    const progress = { model: 'cae', epoch: 2, epochs: 4, images: 50, imagesInEpoch: 100, loss: 0.25, curve: [] };
    const within = await view({
      ...begun,
      'metrics.csv': metrics('cae,1,0.5,0.4,1,100'),
      'progress.json': JSON.stringify(progress),
    });
    expect(within.summary).toMatchObject({
      status: 'Training CAE, epoch 2 of 4',
      done: 1.5 / 8,
      loss: 0.25,
      valLoss: 0.4,
    });
    expect(within.resume).toBe(null);
    // Early stopping has ended the first one.
    const after = await view({
      ...begun,
      'progress.json': '',
      'cae.safetensors': '',
      'cdae.safetensors': '',
      'metrics.csv': metrics('cae,1,0.5,0.4,1,100', 'cdae,4,0.5,0.4,1,100'),
    });
    expect(after.summary).toMatchObject({ status: 'Testing the models and drawing the figures', done: 1 });
  });

  test('is running elsewhere if another machine holds it, as far as can be told', async () => {
    const { summary } = await view({ 'options.json': OPTIONS, 'run.lock': lock({ host: `not-${hostname()}` }) });
    expect(summary.state).toBe('elsewhere');
  });

  test('is finished as soon as its record is there, and has its losses from there if there are no others', async () => {
    const testError = { mean: 0.5, median: 0, p95: 1, max: 1, standardDeviation: 1, skewness: 0 };
    const model = {
      parameters: 1,
      weightsSha256: '',
      bestEpoch: 2,
      imagesPerSecond: 1,
      layers: [],
      testError,
      psnr: { mean: 3 },
      ssim: { mean: 0.25 },
    };
    const history = { loss: [2, 1], valLoss: [], seconds: [1, 1] };
    const record = exampleRecordText({ models: { cae: { ...model, history } } });
    const { summary, models, problems } = await view({ 'run.json': record, 'run.lock': lock({}) });
    expect(problems).toEqual([]);
    expect(summary).toMatchObject({ state: 'finished', done: 1, status: 'Finished', dataset: 'synthetic' });
    const cae = models.find(({ key }) => key === 'cae');
    expect(cae?.rows.map(({ loss }) => loss)).toEqual([2, 1]);
    expect(cae?.test).toEqual({ mse: 0.5, psnr: 3, ssim: 0.25 });
  });

  test.each([
    ['there is nothing yet', {}, 'trains the CAE from its first step.'],
    [
      'there are checkpoints',
      { 'checkpoints/cae-step-6.safetensors': '', 'checkpoints/cae-step-4.safetensors': '' },
      'goes on with the CAE after epoch 1 and step 2 of 4.',
    ],
    ['an epoch has just ended', { 'checkpoints/cae-step-8.safetensors': '' }, 'goes on with the CAE after epoch 2.'],
    [
      'the first epoch runs',
      { 'checkpoints/cae-step-3.safetensors': '' },
      'goes on with the CAE after step 3 of 4 of its first epoch.',
    ],
    [
      'one model is trained',
      { 'cae.safetensors': '', 'checkpoints/cdae-step-4.safetensors': '' },
      'goes on with the CDAE after epoch 1. CAE: trained already, nothing is repeated.',
    ],
    [
      'all are trained',
      { 'cae.safetensors': '', 'cdae.safetensors': '' },
      'tests the models, draws the figures and writes the report. CAE and CDAE: trained already, nothing is repeated.',
    ],
  ])('is interrupted if nobody holds it; where %s, resuming is told of', async (_, files, effect) => {
    // No process has so large a number.
    const { summary, resume } = await view({
      'options.json': OPTIONS,
      'run.lock': lock({ pid: 2 ** 31 - 2 }),
      ...files,
    });
    expect(summary.state).toBe('interrupted');
    expect(resume?.effect).toBe(effect);
    expect(resume?.command).toMatch(/^weft train --resume .*run$/);
  });

  test('is not taken for running where its lock names no process', async () => {
    for (const pid of [0, -1]) expect((await view({ 'run.lock': lock({ pid }) })).summary.state).toBe('interrupted');
  });

  test('with more checkpoints than a call takes arguments is shown', async () => {
    const { run, contents } = await written({ 'options.json': OPTIONS });
    const files = new Set(
      Array.from({ length: 200_000 }, (_, at) => join('checkpoints', `cae-step-${at + 1}.safetensors`)),
    );
    const { resume } = runView(run, { ...contents, files }, () => ({ samples: null, samplesNote: null }));
    expect(resume?.effect).toBe('goes on with the CAE after epoch 50000.');
  });

  test('of a time that no date can say has none', async () => {
    const { run, contents } = await written({ 'options.json': OPTIONS });
    expect(summaryOf(run, contents).changedAt).toMatch(/^\d{4}-/);
    expect(summaryOf(run, { ...contents, changedAt: new Date(Number.NaN) }).changedAt).toBe(null);
  });

  test('that ended before its first step cannot be resumed, and says so', async () => {
    const { summary, resume } = await view({ 'run.lock': lock({ pid: 2 ** 31 - 2 }) });
    expect(summary).toMatchObject({ state: 'interrupted', status: 'Interrupted before its first step' });
    expect(resume).toBe(null);
  });

  test('with files that make no sense is shown as far as it can be, with a sentence for each', async () => {
    const { problems, summary } = await view({
      'options.json': '{"run": 3}',
      'run.json': '[',
      'run.lock': 'x',
      'metrics.csv': '\0',
    });
    expect(summary.state).toBe('interrupted');
    expect(problems).toEqual([
      expect.stringMatching(/^options\.json does not say which data the run uses/),
      expect.stringMatching(/^run\.json /),
    ]);
  });
});

describe('runs are found', () => {
  test('at any depth, but not within runs, hidden folders and installed packages; the newest first', async () => {
    for (const path of ['b', 'a/deep/er', 'b/figures/run', '.hidden', 'node_modules/x', 'c/d/e/f/g/h']) {
      await mkdir(join(folder.path, path), { recursive: true });
      await writeFile(join(folder.path, path, 'options.json'), '{}');
    }
    const { runs, isCut } = await findRuns(folder.path);
    expect(runs.map(({ name }) => name)).toEqual(['b', 'a/deep/er']);
    expect(isCut).toBe(false);
    expect((await findRuns(join(folder.path, 'b'))).runs.map(({ name }) => name)).toEqual(['.']);
  });
});

import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signalAt, temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const SMALL = ['--dataset', 'synthetic', '--limit', '80', '--test-limit', '12', '--batch-size', '32', '--epochs', '2'];
const study = (...args: string[]) => weft(['study', ...args], { cwd: folder.path });
const read = (...names: string[]) => readFile(join(folder.path, ...names), 'utf8');

describe('weft study seeds', () => {
  let whole: string;
  beforeAll(async () => {
    const { code, stdout, stderr } = await study('seeds', '--seeds', '1,2', ...SMALL, '--out', 'whole');
    expect({ code, stderr: stderr.includes('Trial 2 of 2: seed-2') }).toEqual({ code: 0, stderr: true });
    expect(stdout).toContain('synthetic garments');
    expect(stdout).toContain('has a median of');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('Report: whole/report.html');
    whole = await read('whole', 'results.json');
  });

  test('writes trials as weft train writes runs', async () => {
    const args = ['train', ...SMALL, '--seed', '2', '--out', 'alone', '--quiet'];
    expect((await weft(args, { cwd: folder.path })).code).toBe(0);
    const [alone, trial] = await Promise.all(
      ['alone', 'whole/trials/seed-2'].map(async (run) => JSON.parse(await read(run, 'run.json'))),
    );
    for (const key of ['cae', 'cdae']) {
      expect(trial.models[key].weightsSha256).toBe(alone.models[key].weightsSha256);
      expect(trial.models[key].testError).toEqual(alone.models[key].testError);
    }
    expect({ ...trial.options, out: '' }).toEqual({ ...alone.options, out: '' });
  });

  test('takes finished trials as they are, and gives the same results with another number of threads', async () => {
    const { code, stdout, stderr } = await study('--resume', 'whole', '--threads', '1', '--json');
    expect(code).toBe(0);
    expect(stderr).toContain('2 of them finished already');
    expect(stderr).not.toContain('Trial');
    expect(stdout).toBe(whole);
    expect(await read('whole', 'results.json')).toBe(whole);
  });

  test('goes on after an interruption and after a kill, to the same results', async () => {
    for (const [signal, expected] of [
      ['SIGINT', 130],
      ['SIGKILL', null],
    ] as const) {
      const args = ['study', 'seeds', '--seeds', '1,2', ...SMALL, '--out', signal];
      const { code, stderr } = await weft(args, {
        cwd: folder.path,
        onStderr: signalAt(/Trial 2[\s\S]*val_loss/, signal),
      });
      expect(code).toBe(expected);
      if (signal === 'SIGINT') {
        expect(stderr.trimEnd().split('\n').at(-1)).toBe(`Interrupted. Go on with: weft study --resume ${signal}`);
      }
      expect(existsSync(join(folder.path, signal, 'results.json'))).toBe(false);
      expect((await study('--resume', signal)).code).toBe(0);
      expect(await read(signal, 'results.json')).toBe(whole);
    }
  });

  test('refuses a folder with other trials before anything is changed', async () => {
    const before = await read('whole', 'study.json');
    const { code, stderr } = await study('seeds', '--seeds', '1,2,3', ...SMALL, '--epochs', '3', '--out', 'whole');
    expect(code).toBe(3);
    expect(stderr).toContain('seed-1 holds a run with other options: epochs is 2, the study has 3.');
    expect(await read('whole', 'study.json')).toBe(before);
  });
});

test('weft study anomaly trains on one class, and tells the others', async () => {
  const args = [
    '--normals',
    '1,5',
    '--model',
    'cae',
    ...SMALL,
    '--limit',
    '400',
    '--test-limit',
    '40',
    '--epochs',
    '1',
  ];
  const { code, stdout } = await study('anomaly', ...args, '--out', 'anomaly');
  expect(code).toBe(0);
  expect(stdout).toContain('the mean over 2 normal classes');
  const { trials, summary } = JSON.parse(await read('anomaly', 'results.json'));
  expect(trials.map(({ options }: { options: { classes: string } }) => options.classes)).toEqual(['1', '5']);
  // Of 400 images of ten classes.
  for (const { trainCount, validationCount, testCount } of trials) {
    expect(trainCount + validationCount).toBeLessThan(80);
    expect(testCount).toBe(40);
  }
  const [first] = summary.cae.classes;
  expect(Object.keys(first.scores)).toEqual(['mse', 'mae', 'ssim', 'latent']);
  expect(first.normalCount + first.anomalyCount).toBe(40);
  expect(existsSync(join(folder.path, 'anomaly/figures/roc-cae.png'))).toBe(true);
  expect(await read('anomaly', 'report.html')).toContain('One class is normal');
});

test.each([
  ['noise', ['--noises', 'gaussian:0.4,blur:1', '--model', 'cdae'], ['gaussian-0.4', 'blur-1'], 'psnr-cdae.svg'],
  ['loss', ['--losses', 'mae,ssim', '--model', 'dense'], ['mae-seed-42', 'ssim-seed-42'], 'ssim-by-loss.svg'],
  ['bottleneck', ['--sizes', '2,4'], ['latent-2-seed-42', 'latent-4-seed-42'], 'mse-by-size.svg'],
])('weft study %s performs its trials and draws its figures', async (name, args, trials, figure) => {
  const { code, stdout } = await study(name, ...args, ...SMALL, '--epochs', '1', '--out', name);
  expect(code).toBe(0);
  expect(stdout).toContain('12 test images');
  const results = JSON.parse(await read(name, 'results.json'));
  expect(results.trials.map((trial: { name: string }) => trial.name)).toEqual(trials);
  expect(await read(name, 'figures', figure)).toContain('<svg');
  if (name !== 'noise') return;
  // Tested on the noise that it was trained on, a model has the errors of its run.
  for (const { measurements, models, options } of results.trials) {
    expect(measurements.noise.cdae[options.noise].mse).toBe(models.cdae.testError.mean);
  }
});

test('a folder of a run of Weft 0.1, which has --noise-factor, is taken as a trial', async () => {
  const from = join(folder.path, 'old');
  const args = ['study', 'seeds', '--seeds', '7', ...SMALL, '--out', 'old', '--quiet'];
  expect((await weft(args, { cwd: folder.path })).code).toBe(0);
  const path = join(from, 'trials/seed-7/options.json');
  const { noise, loss, classes, ...options } = JSON.parse(await readFile(path, 'utf8'));
  expect(noise).toBe('gaussian:0.4');
  await writeFile(path, JSON.stringify({ ...options, noiseFactor: 0.4 }));
  const { code, stderr } = await study('--resume', 'old');
  expect(code).toBe(0);
  expect(stderr).toContain('1 of them finished already');
  await writeFile(path, JSON.stringify({ ...options, noiseFactor: 0.3 }));
  expect((await study('--resume', 'old')).stderr).toContain('noise is gaussian:0.3, the study has gaussian:0.4');
});

test('weft study features compares latents with pixels', async () => {
  const args = ['--quick', '--model', 'cae', ...SMALL, '--limit', '150', '--test-limit', '40', '--epochs', '1'];
  const { code, stdout } = await study('features', ...args, '--out', 'features');
  expect(code).toBe(0);
  expect(stdout).toMatch(/pixels +– +784 /);
  const { summary } = JSON.parse(await read('features', 'results.json'));
  const { examples, pixels, models } = summary['seed-42'];
  expect({ examples, dimensions: models.cae.dimensions }).toEqual({ examples: 120, dimensions: 3136 });
  for (const { estimate, lower, upper } of [pixels.nearestNeighbours, models.cae.logisticRegression]) {
    expect(lower).toBeLessThanOrEqual(estimate);
    expect(estimate).toBeLessThanOrEqual(upper);
    // Ten classes: better than chance.
    expect(estimate).toBeGreaterThan(0.2);
  }
});

test("a study of one's own is a JSON file", async () => {
  const definition = {
    name: 'rates',
    base: { model: 'cae', dataset: 'synthetic', limit: 80, 'test-limit': 12, epochs: 1 },
    grid: { learningRate: [0.001, 0.01] },
  };
  await writeFile(join(folder.path, 'my-study.json'), JSON.stringify(definition));
  const { code, stdout } = await study('my-study.json', '--out', 'own', '--batch-size', '32');
  expect(code).toBe(0);
  expect(stdout).toContain('learning-rate-0.01');
  const rows = (await read('own', 'results.csv')).trimEnd().split('\r\n');
  expect(rows[0].split(',').slice(0, 3)).toEqual(['trial', 'model', 'learningRate']);
  expect(rows.slice(1).map((row) => row.split(',').slice(0, 3))).toEqual([
    ['learning-rate-0.001', 'cae', '0.001'],
    ['learning-rate-0.01', 'cae', '0.01'],
  ]);
  expect(JSON.parse(await read('own', 'study.json')).base).toMatchObject({ batchSize: 32, testLimit: 12 });
});

test.each([
  [[], 2, 'weft study: expected seeds, noise, anomaly, loss, bottleneck, features or a JSON file'],
  [
    ['sedes'],
    2,
    "got 'sedes', expected seeds, noise, anomaly, loss, bottleneck, features or a JSON file with a study of your own. Did you mean seeds?",
  ],
  [['seeds', '--seed', '3'], 2, '--seed: this study trains with several. Give them with --seeds.'],
  [['seeds', '--seeds', '1,1'], 2, "--seeds: got '1,1', expected a whole number from 0, or several"],
  [['seeds', '--epoch', '3'], 2, 'Did you mean --epochs?'],
  [['none.json'], 3, 'none.json cannot be read'],
  [['bad.json'], 3, "bad.json: grid: weft train has no option 'sed' that a trial may have. Did you mean seed?"],
  [['loss', '--losses', 'mse,nothing'], 2, '--losses: '],
  [['noise', '--noise', 'blur:1'], 2, '--noise: this study trains with several. Give them with --noises.'],
  [['measure.json'], 3, 'measure.json: measures[0].noises: got ["fog:1"], expected a list of noises'],
  [['text.json'], 3, 'text.json: base.loss: '],
  [['--resume', '.'], 3, 'study.json cannot be read'],
  [['--resume', '.', '--epochs', '3'], 2, 'Leave out --epochs.'],
  [['--resume', '.', '--out', 'x'], 2, 'writes into that very folder'],
])('refuses %j', async (args, expected, message) => {
  await writeFile(join(folder.path, 'bad.json'), '{"name": "bad", "grid": {"sed": [1]}}');
  const trials = [{ name: 'a' }];
  const measures = [{ kind: 'noise', noises: ['fog:1'] }];
  await writeFile(join(folder.path, 'measure.json'), JSON.stringify({ name: 'x', trials, measures }));
  await writeFile(join(folder.path, 'text.json'), JSON.stringify({ name: 'x', trials, base: { loss: '0.5*fog' } }));
  await rm(join(folder.path, 'study.json'), { force: true });
  const { code, stdout, stderr } = await study(...args);
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleNames, installExamples } from '../scripts/examples.js';

/** What an example must print: the numbers that a text captures, in their order, pass. */
interface Score {
  readonly text: RegExp;
  isGood(...numbers: number[]): boolean;
}

/** Examples that `fit` trains, on any number of threads. */
const trained: Readonly<Record<string, Score>> = {
  'adversarial-autoencoder': {
    text: /^mean squared error (\S+)\ncodes have mean (\S+) and deviation (\S+)$/m,
    isGood: (error, mean, deviation) => error < 0.01 && Math.abs(mean) < 0.2 && Math.abs(deviation - 1) < 0.2,
  },
  'batch-statistics': {
    text: /^unseen views differ by (\S+); variances (\S+) and (\S+), covariance (\S+)$/m,
    isGood: (difference, first, second, both) =>
      difference < 0.1 && Math.abs(first - 1) < 0.2 && Math.abs(second - 1) < 0.2 && Math.abs(both) < 0.1,
  },
  classifier: { text: /^accuracy (\S+) on points/m, isGood: (accuracy) => accuracy > 0.95 },
  contrastive: { text: /^(\d+) of 100 unseen pairs/m, isGood: (found) => found > 60 },
  'train-with-pool': { text: /^unseen (\S+)$/m, isGood: (error) => error < 0.003 },
  'unet-denoiser': {
    text: /^unseen (\S+), where the noise's variance is (\S+)$/m,
    isGood: (error, noise) => error < noise / 5,
  },
  'variational-autoencoder': { text: /^mean squared error (\S+)$/m, isGood: (error) => error < 0.015 },
};

/** Examples with loops of their own, on one core. */
const loops: Readonly<Record<string, Score>> = {
  'handwritten-loop': { text: /^mean squared error (\S+)$/m, isGood: (error) => error < 0.01 },
  'own-network': { text: /^(\d+) of 64 pictures/m, isGood: (right) => right === 64 },
};

/** Longer examples, which end with an error below the score that they want; and whether it takes them seconds, so that they are run. */
const scored: Readonly<Record<string, boolean>> = {
  gan: false,
  resnet: false,
  'tabular-embeddings': true,
  'transfer-learning': true,
  'unet-segmentation': false,
};

const folder = mkdtempSync(join(tmpdir(), 'weft-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  installExamples(folder, exampleNames);
  copyFileSync(
    fileURLToPath(new URL('fixtures/resumable-pool.js', import.meta.url)),
    join(folder, 'resumable-pool.js'),
  );
  for (const name of Object.keys(trained)) {
    const program = readFileSync(join(folder, name, 'main.js'), 'utf8');
    writeFileSync(join(folder, name, 'resumable.js'), program.replace(`'@weft/pool'`, `'../resumable-pool.js'`));
  }
});

/** Runs a program of an example, and gives what it prints, and the signal that killed it. */
function run(name: string, threads: number, program = 'main.js', environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, ...environment, WEFT_THREADS: String(threads) };
  const options = { cwd: folder, encoding: 'utf8', env } as const;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [join(name, program)], options);
  expect(stderr, name).toBe('');
  if (signal === null) expect(status, name).toBe(0);
  return { output: stdout, signal };
}

/** The first digits of the weights' SHA-256. */
const weightsIn = (output: string) => /^weights ([0-9a-f]{16})$/m.exec(output)?.[1];

function expectLearned(output: string, { text, isGood }: Score): void {
  const losses = [...output.matchAll(/\bloss (\S+)/g)].map((match) => Number(match[1]));
  expect(losses.length).toBeGreaterThan(4);
  expect(Math.max(...losses.slice(1))).toBeLessThan(losses[0]);
  expect(losses.at(-1)).toBeLessThan(0.6 * losses[0]);
  const numbers = text.exec(output)?.slice(1).map(Number) ?? [];
  expect(isGood(...numbers), `${text}: ${numbers}`).toBe(true);
}

it('all examples are known', () => {
  expect([trained, loops, scored].flatMap(Object.keys).sort()).toEqual(exampleNames);
});

it.each(exampleNames)('%s is short', (name) => {
  const program = readFileSync(join(folder, name, 'main.ts'), 'utf8');
  expect(program.trimEnd().split('\n').length).toBeLessThan(name in scored ? 100 : 60);
});

it.each(Object.keys(scored).filter((name) => scored[name]))('%s reaches the score that it wants', (name) => {
  const { output } = run(name, 2);
  expect(output).toMatch(/^\S+ [\d.]+ .*wanted [\d.]+/m);
  expect(weightsIn(output)).toBeDefined();
});

it('an example that wants a score fails below it', () => {
  const program = readFileSync(join(folder, 'tabular-embeddings', 'main.js'), 'utf8');
  expect(program).toContain('WANTED = 0.95');
  writeFileSync(join(folder, 'tabular-embeddings', 'too-much.js'), program.replace('WANTED = 0.95', 'WANTED = 1.1'));
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const { status, stderr } = spawnSync(process.execPath, [join('tabular-embeddings', 'too-much.js')], options);
  expect(status).toBe(1);
  expect(stderr).toContain('R2 is too low.');
});

it.each(Object.entries(loops))('%s learns', (name, score) => {
  expectLearned(run(name, 1).output, score);
});

describe.each(Object.entries(trained))('%s', (name, score) => {
  let weights: string | undefined;

  it('learns', () => {
    const { output } = run(name, 2);
    expectLearned(output, score);
    weights = weightsIn(output);
    expect(weights).toBeDefined();
  });

  it('has the same bits with 1, 2, 3 and 5 threads', () => {
    for (const threads of [1, 3, 5]) expect(weightsIn(run(name, threads).output), `${threads} threads`).toBe(weights);
  });

  it('has the same bits when it is killed twice and resumed', () => {
    const resumable = (threads: number, killAfter: string) =>
      run(name, threads, 'resumable.js', { CHECKPOINTS: join(folder, name, 'checkpoints'), KILL_AFTER: killAfter });
    const begins = [resumable(3, '47'), resumable(1, '101'), resumable(2, '')].map(({ output, signal }, index) => {
      expect(signal).toBe(index < 2 ? 'SIGKILL' : null);
      if (index === 2) expect(weightsIn(output)).toBe(weights);
      return Number(/^begins after (\d+) steps$/m.exec(output)?.[1]);
    });
    expect(begins[0]).toBe(0);
    expect(begins[1]).toBeGreaterThan(0);
    expect(begins[2]).toBeGreaterThan(begins[1]);
  });
});

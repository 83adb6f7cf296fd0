import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Callback, type Examples, type FitOptions, fit, type History, WorkerPool } from '../../src/index.js';
import { smallDense, uniform, weightsOf } from './models.js';

export let pools: WorkerPool[];
export let directory: string;

/** Pools and a folder for each test of a file. */
export function prepare(): void {
  beforeAll(async () => {
    pools = [await WorkerPool.create({ threads: 1 }), await WorkerPool.create({ threads: 3 })];
  });
  afterAll(async () => {
    for (const pool of pools) await pool.close();
  });

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weft-checkpoints-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
}

export const COUNT = 40;
export const EPOCHS = 3;
/** Steps of an epoch. */
export const STEPS = 5;
/** Examples for the dense models. */
export const data: Examples = { x: uniform(COUNT * 9), y: uniform(COUNT * 3, 2) };
export const usual: FitOptions = { epochs: EPOCHS, batchSize: 7, validationSplit: 0.25 };

export async function train(options: Partial<FitOptions> = {}, make = smallDense, pool = pools[0], examples = data) {
  const model = make();
  const history = await fit(model, examples, { ...usual, ...options, pool });
  return { weights: weightsOf(model), history };
}

/** Ends training after a number of steps in all. */
export function breakingOff(steps: number): Pick<FitOptions, 'signal' | 'callbacks'> {
  const controller = new AbortController();
  const onBatchEnd: Callback['onBatchEnd'] = (batch, { epoch, batches }) => {
    if (epoch * batches + batch + 1 === steps) controller.abort();
  };
  return { signal: controller.signal, callbacks: [{ onBatchEnd }] };
}

export const losses = ({ history, steps }: History) => ({ history, steps });
export const checkpointFiles = async () => (await readdir(directory)).sort();
export const fileOf = (steps: number) => `checkpoint-step-${String(steps).padStart(8, '0')}.safetensors`;

import { meanSquaredError, WorkerPool } from '@weft/pool';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Case, LOSSES, large, lost, players, results, stopped, streamed, training } from './support/cases.js';
import { TestMachines } from './support/machines.js';

/** Threads of each machine. */
const CLUSTERS = [[2], [2, 1], [1, 2, 1], [1, 1, 2, 1], [1, 1, 1, 1, 1, 1, 1]].map((threads) => ({ threads }));

const CASES: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    Object.entries(LOSSES).flatMap(([name, loss]) =>
      (name === 'the mean' ? [1, 4, undefined] : [4]).map((size) => [
        `a loss that is ${name}, micro-batches of ${size}`,
        training(loss, size),
      ]),
    ),
  ),
  'two updates': players,
  streams: streamed,
  'predictions and evaluations': results,
  'a model with few leaves': large,
  'a training that is ended': stopped,
  'a training whose loss is lost': lost,
};

let pool: WorkerPool;
const wanted = new Map<string, Promise<unknown>>();
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 2 });
  for (const [name, each] of Object.entries(CASES)) {
    wanted.set(name, each(pool));
    await wanted.get(name);
  }
});
afterAll(() => pool.close());

describe.each(CLUSTERS)('machines of %j threads give the bits of one process', ({ threads }) => {
  let machines: TestMachines;
  beforeAll(async () => {
    machines = await TestMachines.create({ threads });
  });
  afterAll(() => machines.close());

  it.each(Object.keys(CASES))('for %s', async (name) => {
    expect(await CASES[name](machines)).toEqual(await wanted.get(name));
  });

  it('and all of them have computed', () => {
    expect([...machines.microBatches.values()].every((count) => count > 0)).toBe(true);
    expect(machines.microBatches.size).toBe(threads.length);
  });
});

it('is a training of several phases that is compared', async () => {
  const { weights } = (await training(meanSquaredError, 4)(pool)) as { weights: Float32Array[] };
  expect(weights.length).toBeGreaterThan(5);
});

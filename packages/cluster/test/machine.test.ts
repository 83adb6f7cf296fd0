import { Adam, Dense, Sequential, WorkerPool } from '@weft/pool';
import { fit } from '@weft/train';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Scenario, TestMachines } from './support/machines.js';

let pool: WorkerPool;
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 2 });
});
afterAll(() => pool.close());

const uniform = (length: number) => Float32Array.from({ length }, (_, i) => Math.imul(i + 1, 2654435761) / 2 ** 32);

const dense = () =>
  new Sequential([new Dense({ units: 50, activation: 'tanh' }), new Dense({ units: 3 })], { inputShape: [9], seed: 4 });

it.each([1, 2, 3])('gives the same bits on %i machines', async (count) => {
  const data = { x: uniform(90 * 9), y: uniform(90 * 3) };
  const options = { epochs: 2, batchSize: 40, optimizer: new Adam() };
  const alone = dense();
  const one = await fit(alone, data, { ...options, runtime: pool });
  const machines = await TestMachines.create({ threads: Array(count).fill(1) } satisfies Scenario);
  const together = dense();
  const many = await fit(together, data, { ...options, runtime: machines });
  await machines.close();
  expect(together.weights.map(({ data }) => data)).toEqual(alone.weights.map(({ data }) => data));
  expect(many.history).toEqual(one.history);
});

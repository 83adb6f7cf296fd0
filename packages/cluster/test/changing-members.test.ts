import { RandomStream, WorkerPool } from '@weft/pool';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Case, LOSSES, players, results, streamed, training } from './support/cases.js';
import { type Attempt, type Scenario, TestMachines } from './support/machines.js';

const CASES: Readonly<Record<string, Case>> = {
  'several phases': training(LOSSES['the variance of the batch'], 1),
  'a maximum': training(LOSSES['the maximum'], 2),
  'examples that meet': training(LOSSES['products of pairs'], 4),
  'two updates': players,
  streams: streamed,
  results,
};

let pool: WorkerPool;
const wanted = new Map<string, unknown>();
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 1 });
  for (const [name, each] of Object.entries(CASES)) wanted.set(name, await each(pool));
});
afterAll(() => pool.close());

async function expectSameBits(name: string, scenario: Scenario): Promise<TestMachines> {
  const machines = await TestMachines.create(scenario);
  try {
    expect(await CASES[name](machines)).toEqual(wanted.get(name));
  } finally {
    await machines.close();
  }
  return machines;
}

/** In some rounds an attempt fails, with or without the loss of a machine, and others compute the round. */
function failing(seed: number): NonNullable<Scenario['attempts']> {
  const random = new RandomStream(seed, 0);
  return (_, ids) => {
    const members = (list: readonly string[]) => list.map((id) => ({ id, weight: 1 + random.integer(3) }));
    const all: Attempt = { members: members(ids) };
    const kind = random.uniform();
    if (kind > 0.4) return [all];
    if (kind > 0.15 || ids.length === 1) return [all, { members: members(ids) }];
    const lost = [ids[random.integer(ids.length)]];
    return [{ ...all, lost }, { members: members(ids.filter((id) => !lost.includes(id))) }];
  };
}

describe.each(Object.keys(CASES))('the bits of one process, for %s', (name) => {
  it.each([1, 2, 3])('come out where rounds fail and machines are lost, %i', async (seed) => {
    const machines = await expectSameBits(name, { threads: [1, 1, 2, 1], attempts: failing(seed) });
    expect(machines.failures).toBeGreaterThan(1);
  });

  it('come out where machines join between tasks', async () => {
    const machines = await expectSameBits(name, {
      threads: [1],
      joining: (task) => (task % 2 === 1 && task < 4 ? [1] : []),
    });
    expect(machines.microBatches.size).toBeGreaterThan(1);
  });

  it('come out whatever the weights, and with a machine that has none', async () => {
    const weights: Readonly<Record<string, number>> = { m0: 3, m1: 0, m2: 1 };
    const machines = await expectSameBits(name, { threads: [1, 1, 1], weight: (id) => weights[id] });
    expect(machines.microBatches.get('m1')).toBe(0);
  });
});

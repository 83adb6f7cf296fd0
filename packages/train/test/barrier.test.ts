import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { arriveAndWait, BarrierBroken, breakBarrier } from '../src/barrier.js';

const PARTIES = 4;
const buffer = new SharedArrayBuffer(64 + 4 * PARTIES);
const barrier = new Int32Array(buffer, 0, 2);

interface Meeting {
  /** Writes of others that were not there when the barrier had opened. */
  readonly unseen: number;
  readonly round: number;
  readonly broken: boolean;
}

const workers: Worker[] = [];
beforeAll(() => {
  const file = new URL('./support/barrier-party.js', import.meta.url);
  for (let party = 0; party < PARTIES; party++) {
    workers.push(new Worker(file, { workerData: { party, parties: PARTIES, buffer }, execArgv: [] }));
  }
});
afterAll(async () => {
  for (const worker of workers) await worker.terminate();
});
beforeEach(() => {
  new Int32Array(buffer).fill(0);
});

/** Lets all parties meet; one of them may break the barrier where it should arrive. */
function meet(rounds: number, breaker = -1, breakAt = 0): Promise<Meeting[]> {
  const answers = workers.map(async (worker): Promise<Meeting> => (await once(worker, 'message'))[0]);
  for (const worker of workers) worker.postMessage({ rounds, breaker, breakAt });
  return Promise.all(answers);
}

describe('arriveAndWait', () => {
  it('lets nobody through before all have arrived, round after round', async () => {
    const rounds = 3000;
    for (const meeting of await meet(rounds)) expect(meeting).toEqual({ unseen: 0, round: rounds + 1, broken: false });
    expect(barrier[1]).toBe(2 * rounds);
  });

  it('lets a single party through', () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    for (let round = 0; round < 5; round++) arriveAndWait(words, 1);
    expect([...words]).toEqual([0, 5]);
  });
});

describe('breakBarrier', () => {
  it('frees all who wait and all who will, in whatever round it comes', async () => {
    for (let trial = 0; trial < 60; trial++) {
      new Int32Array(buffer).fill(0);
      const breaker = trial % PARTIES;
      const breakAt = 1 + ((trial * 7) % 50);
      const meetings = await meet(1e9, breaker, breakAt);
      meetings.forEach(({ unseen, round, broken }, party) => {
        expect(unseen).toBe(0);
        expect(broken).toBe(party !== breaker);
        // Those who had been let through in the round before may have been on their way to its second meeting.
        expect(round === breakAt || round === breakAt - 1).toBe(true);
      });
    }
  });

  it('frees all when it comes from a thread that never arrives, at any moment', async () => {
    for (let trial = 0; trial < 60; trial++) {
      new Int32Array(buffer).fill(0);
      const meetings = meet(1e9);
      for (let turn = 0; turn < trial; turn++) await new Promise((resolve) => setImmediate(resolve));
      breakBarrier(barrier);
      for (const { unseen, broken } of await meetings) expect([unseen, broken]).toEqual([0, true]);
    }
  });

  it('refuses who arrives afterwards', () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    breakBarrier(words);
    expect(() => arriveAndWait(words, 1)).toThrow(BarrierBroken);
  });
});

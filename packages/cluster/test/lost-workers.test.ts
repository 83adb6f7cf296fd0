import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dense, Sequential, WorkerPool, weightsSha256 } from '@weft/pool';
import { type FitOptions, fit } from '@weft/train';
import type { Runtime } from '@weft/train/runtime';
import { describe, expect, it } from 'vitest';
import { SESSION_MESSAGES } from '../src/wire/messages.js';
import { MemoryCluster } from './support/memory-cluster.js';
import { trained, trainedHere } from './support/small-training.js';

/** Calls when so many rounds have begun. */
function atRound(cluster: MemoryCluster, round: number, happen: () => void): void {
  let rounds = 0;
  cluster.network.join().subscribe('weft.test.members.*', ({ data }) => {
    if (SESSION_MESSAGES.decode(data).kind === 'go' && ++rounds === round) happen();
  });
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await turn();
};

async function streamed(runtime: Runtime, betweenBatches: (batch: number) => Promise<void> = async () => {}) {
  const model = new Sequential([new Dense({ units: 3, activation: 'relu' }), new Dense({ units: 1 })], {
    inputShape: [2],
    seed: 1,
  });
  async function* batches() {
    for (let batch = 0; batch < 6; batch++) {
      await betweenBatches(batch);
      const x = Float32Array.from({ length: 16 }, (_, at) => ((at * 7 + batch) % 11) / 11);
      yield { x, y: Float32Array.from({ length: 8 }, (_, at) => ((at * 5 + batch) % 13) / 13) };
    }
  }
  await fit(model, batches, { epochs: 1, runtime });
  return weightsSha256(model);
}

/** Twelve steps in one epoch. */
async function longTraining(runtime: WorkerPool, options: Partial<FitOptions> = {}): Promise<string> {
  const model = new Sequential([new Dense({ units: 2 })], { inputShape: [2], seed: 1 });
  const x = Float32Array.from({ length: 96 }, (_, at) => ((at * 7) % 11) / 11);
  try {
    await fit(model, { x, y: x.slice() }, { epochs: 1, batchSize: 4, runtime, ...options });
    return weightsSha256(model);
  } finally {
    await runtime.close();
  }
}

describe('when no workers are left', () => {
  it('because the last one leaves between the batches of a stream, it leaves nothing undone', async () => {
    const pool = await WorkerPool.create({ threads: 1 });
    const expected = await streamed(pool);
    await pool.close();
    await using cluster = new MemoryCluster();
    const runtime = cluster.runtime();
    const first = cluster.worker('first', 1);
    let [ended, left] = [0, 0];
    cluster.network.join().subscribe('weft.test.coordinator', ({ data }) => {
      const { kind } = SESSION_MESSAGES.decode(data);
      if (kind === 'ended') ended++;
      if (kind === 'leave') left++;
    });
    const weights = await streamed(runtime, async (batch) => {
      if (batch !== 4) return;
      // The batch before is done, and none is under way.
      await until(() => ended === 4);
      void first.leave();
      await until(() => left > 0);
      cluster.worker('second', 1);
    });
    expect(weights).toBe(expected);
    expect(Object.keys(runtime.statistics.workers)).toEqual(['first', 'second']);
    await runtime.close();
  });

  it('and an end is wanted, no step counts whose weights are lost', async () => {
    const expected = await longTraining(await WorkerPool.create({ threads: 1 }));
    const directory = await mkdtemp(join(tmpdir(), 'weft-lost-'));
    await using cluster = new MemoryCluster({}, 100);
    const runtime = cluster.runtime();
    const only = cluster.worker('only', 1);
    atRound(cluster, 5, () => void only.kill());
    const wanted = new AbortController();
    const options = { checkpoints: { directory }, signal: wanted.signal };
    const running = longTraining(runtime, options).catch((error: Error) => error);
    const isLost = () => cluster.lines.some((line) => line.startsWith('only was dropped'));
    await until(() => isLost() && cluster.lines.at(-1) === 'waiting for workers');
    wanted.abort();
    await running;
    const pool = await WorkerPool.create({ threads: 1 });
    expect(await longTraining(pool, { checkpoints: { directory }, resumeFrom: directory })).toBe(expected);
    await rm(directory, { recursive: true });
  });
});

it('a worker that comes and goes at once leaves the coordinator waiting, not busy', async () => {
  await using cluster = new MemoryCluster();
  const runtime = cluster.runtime();
  const result = trained(runtime);
  await until(() => cluster.lines.includes('waiting for workers'));
  const facts = { revision: 1, from: 'short' };
  const request = { ...facts, view: 0, host: 'here', threads: 1, code: '1', numerics: 1 };
  // Both before anything else happens, as messages in one packet.
  const subject = 'weft.test.coordinator';
  runtime.bus.deliver({ subject, data: SESSION_MESSAGES.encode('join', request) });
  runtime.bus.deliver({ subject, data: SESSION_MESSAGES.encode('leave', facts) });
  cluster.worker('w', 1);
  expect(await result).toEqual(await trainedHere());
  await runtime.close();
});

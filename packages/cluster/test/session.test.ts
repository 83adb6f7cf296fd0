import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ClusterError } from '../src/errors.js';
import { cause, events, networks } from './support/events.js';
import { MemoryCluster } from './support/memory-cluster.js';
import { trained, trainedHere } from './support/small-training.js';

const EPOCHS = 5;
let expected: Awaited<ReturnType<typeof trained>>;
beforeAll(async () => {
  expected = await trainedHere(EPOCHS);
});

describe('a training on workers', () => {
  it.each([[[1]], [[2, 1]], [[1, 1, 2]], [[1, 1, 1, 1, 1, 1, 1]]])(
    'has the bits of one process: threads %j',
    async (threads) => {
      await using cluster = new MemoryCluster();
      const runtime = cluster.runtime();
      for (const [at, each] of threads.entries()) cluster.worker(`w${at}`, each);
      expect(await trained(runtime, EPOCHS)).toEqual(expected);
      const { coordinator, workers } = runtime.statistics;
      expect(coordinator.microBatches).toBe(0);
      expect(Object.keys(workers)).toHaveLength(threads.length);
      // Of seven, a slow one may have too few leaves to get one of the nine.
      const counted = Object.values(workers).map(({ microBatches, bytesSent }) => Math.min(microBatches, bytesSent));
      if (threads.length < 7) expect(Math.min(...counted)).toBeGreaterThan(0);
      await runtime.close();
    },
  );

  it('tells once that it waits for workers, and ends with a clear error', async () => {
    await using cluster = new MemoryCluster({}, 1000);
    const runtime = cluster.runtime({ patience: 5000 });
    await expect(trained(runtime)).rejects.toThrow(
      'No worker has come within 5 seconds. Start some with "weft worker URL"',
    );
    expect(cluster.lines).toEqual(['waiting for workers']);
    await runtime.close();
  });

  it('refuses other versions by name, and goes on without them', async () => {
    await using cluster = new MemoryCluster();
    const runtime = cluster.runtime();
    const others = [cluster.worker('old', 1, { code: '0' }), cluster.worker('odd', 1, { numerics: 3 })];
    cluster.worker('good', 1);
    expect(await trained(runtime, EPOCHS)).toEqual(expected);
    expect(Object.keys(runtime.statistics.workers)).toEqual(['good']);
    expect(others[0].lines[0]).toContain('it runs Weft 0 and the coordinator 1');
    expect(others[1].lines[0]).toContain("its numerics have version 3 and the coordinator's 1");
    await runtime.close();
  });

  it('goes on without a worker that has too little memory for it, which says both sizes', async () => {
    await using cluster = new MemoryCluster();
    const runtime = cluster.runtime();
    const small = cluster.worker('small', 1, { mostMemory: 1000 });
    cluster.worker('large', 1);
    expect(await trained(runtime, EPOCHS)).toEqual(expected);
    expect(small.lines.join()).toMatch(/refuses the job: .*\d+.* 1000/);
    expect(cluster.lines.join()).toContain('small is refused');
    await runtime.close();
  });

  it('is taken over by a coordinator with a higher revision; what the one before still says is ignored and counted', async () => {
    await using cluster = new MemoryCluster({}, 10);
    const [first, { worker }] = [cluster.runtime(), cluster.worker('w', 1)];
    let second: Promise<unknown> = Promise.resolve();
    const takeOver = (epoch: number) => {
      if (epoch !== 1) return;
      const runtime = cluster.runtime();
      second = trained(runtime, EPOCHS).finally(async () => {
        first.stop(new ClusterError('fenced', 'another one has taken over'));
        await runtime.close();
      });
    };
    await expect(trained(first, EPOCHS, [{ onEpochEnd: takeOver }])).rejects.toThrow('another one has taken over');
    expect(await second).toEqual(expected);
    expect(worker.heartbeat.refused).toBeGreaterThan(0);
    await first.close();
  });

  it('ends with the same bits whatever happens to messages, workers and connections', async () => {
    await fc.assert(
      fc.asyncProperty(networks, events, fc.integer({ min: 1, max: 3 }), async (network, all, workers) => {
        await using cluster = new MemoryCluster(network, 10);
        const runtime = cluster.runtime();
        for (let at = 0; at < workers; at++) cluster.worker(`w${at}`, 1);
        cause(cluster, runtime, all);
        expect(await trained(runtime, EPOCHS)).toEqual(expected);
        await runtime.close();
      }),
      { numRuns: 10 },
    );
  });
});

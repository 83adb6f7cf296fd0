import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClusterRuntime, cluster } from '../../packages/cluster/src/index.js';
import { trained, trainedHere } from '../../packages/cluster/test/support/small-training.js';
import { inNats, type NatsServer, startNats } from '../support/nats.js';

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/weft.js', import.meta.url));
const EPOCHS = 8;

/** A worker in a process of its own. */
class Worker {
  log = '';
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(url: string, threads: number, args: readonly string[] = []) {
    this.child = spawn(process.execPath, [COMMAND, 'worker', url, '--threads', String(threads), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.log += text;
    });
    this.ended = new Promise((resolve) => this.child.once('close', (code) => resolve(code)));
  }
}

inNats('a training on workers in processes of their own', () => {
  let server: NatsServer;
  let expected: Awaited<ReturnType<typeof trained>>;
  const folder = mkdtempSync(join(tmpdir(), 'weft-training-'));
  const workers: Worker[] = [];
  let caches = 0;
  const start = (threads: number, args: readonly string[] = []) => {
    const worker = new Worker(server.url, threads, ['--cache', join(folder, String(caches++)), ...args]);
    workers.push(worker);
    return worker;
  };
  beforeAll(async () => {
    [server, expected] = await Promise.all([startNats(), trainedHere(EPOCHS)]);
  });
  afterAll(async () => {
    for (const { child } of workers) child.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Trains, with something done at the end of some epochs. */
  async function training(events: Readonly<Record<number, () => unknown>>, lines: string[] = []) {
    const runtime: ClusterRuntime = await cluster(server.url, { onEvent: (line) => void lines.push(line) });
    try {
      const onEpochEnd = async (epoch: number) => void (await events[epoch]?.());
      const result = await trained(runtime, EPOCHS, [{ onEpochEnd }]);
      return { result, statistics: runtime.statistics };
    } finally {
      await runtime.close();
    }
  }

  it('has the bits of one process when workers of different threads join, leave, die and refuse in the middle', async () => {
    const lines: string[] = [];
    const first = start(1);
    /** Starts another one, and waits until it wants to join: it does so when training goes on. */
    const join = async (threads: number, args?: readonly string[]) => {
      const before = lines.length;
      start(threads, args);
      while (!lines.slice(before).some((line) => line.includes(' joins with '))) await wait(20);
    };
    const { result, statistics } = await training(
      {
        1: () => join(2),
        3: () => first.child.kill('SIGTERM'),
        4: () => join(1, ['--memory', '1KB']),
        5: () => join(3),
        6: () => workers[1].child.kill('SIGKILL'),
      },
      lines,
    );
    expect(result).toEqual(expected);
    expect(await first.ended).toBe(0);
    expect(first.log).toContain('has joined a training');
    expect(lines.join()).toContain('is refused');
    expect(workers[2].log).toMatch(/refuses the job: .* 1024/);
    expect(statistics.coordinator.microBatches).toBe(0);
    const computed = Object.values(statistics.workers);
    expect(computed.map(({ threads }) => threads).sort()).toEqual([1, 2, 3]);
    for (const { microBatches, bytesSent, bytesReceived } of computed) {
      expect(Math.min(microBatches, bytesSent, bytesReceived)).toBeGreaterThan(0);
    }
  });

  it('goes on when the server is started again', async () => {
    start(1);
    start(1);
    const { result } = await training({ 2: () => server.restart() });
    expect(result).toEqual(expected);
  });
});

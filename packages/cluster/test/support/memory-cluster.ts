import { WorkerPool } from '@weft/pool';
import { type MemoryBus, MemoryNetwork, type MemoryNetworkOptions } from '../../src/bus/memory-bus.js';
import { type Clock, systemClock } from '../../src/clock.js';
import { ClusterRuntime } from '../../src/coordinator/cluster-runtime.js';
import { Machine } from '../../src/machine/machine.js';
import { ClusterWorker, type WorkerPlace } from '../../src/member/cluster-worker.js';
import { Occupation } from '../../src/member/occupation.js';
import { beat } from '../../src/registry/heartbeat.js';
import { memoryObjects } from '../../src/store/object-store.js';
import { subjectsOf } from '../../src/subjects.js';
import { Channel } from '../../src/wire/channel.js';
import { SESSION_MESSAGES } from '../../src/wire/messages.js';

/** A clock on which an hour lasts some seconds: deadlines ring early, and nothing else notices. */
const fast = (factor: number): Clock => ({
  now: () => systemClock.now() * factor,
  after: (milliseconds, run) => systemClock.after(milliseconds / factor, run),
});

/** A worker of a cluster in memory. */
export interface LocalWorker {
  readonly worker: ClusterWorker;
  readonly bus: MemoryBus;
  readonly lines: string[];
  /** As if its process were killed. */
  kill(): Promise<void>;
  leave(): Promise<void>;
}

/** A coordinator and workers in one process, with machines that compute. */
export class MemoryCluster {
  readonly network: MemoryNetwork;
  readonly lines: string[] = [];
  private readonly subjects = subjectsOf('test');
  private readonly objects = memoryObjects();
  private workers: LocalWorker[] = [];
  private readonly stops: (() => void)[] = [];
  /** Of the coordinator that came last. */
  revision = 0;
  private readonly clock: Clock;

  constructor(options: MemoryNetworkOptions = {}, factor = 1) {
    this.network = new MemoryNetwork(options);
    this.clock = fast(factor);
  }

  runtime(
    options: { readonly patience?: number; readonly code?: string; readonly numerics?: number } = {},
  ): ClusterRuntime & { readonly bus: MemoryBus } {
    const bus = this.network.join();
    const runtime = new ClusterRuntime({
      bus,
      channel: new Channel(bus, SESSION_MESSAGES),
      subjects: this.subjects,
      clock: this.clock,
      revision: ++this.revision,
      code: '1',
      numerics: 1,
      grace: 1000,
      patience: 120_000,
      ...options,
      say: (line) => void this.lines.push(line),
      keep: async (bytes) => void (await this.objects.put(bytes)),
      close: () => bus.close(),
    });
    return Object.assign(runtime, { bus });
  }

  worker(id: string, threads: number, options: Partial<WorkerPlace> = {}): LocalWorker {
    const bus = this.network.join();
    const lines: string[] = [];
    const worker = new ClusterWorker({
      bus,
      id,
      host: 'here',
      threads,
      code: '1',
      numerics: 1,
      clock: this.clock,
      channel: new Channel(bus, SESSION_MESSAGES),
      subjects: this.subjects,
      mostMemory: 2 ** 30,
      occupation: new Occupation(),
      say: (line) => void lines.push(line),
      constantOf: ({ sha256, bytes }) => this.objects.get(sha256, bytes),
      openMachine: () => openMachine(threads),
      revisionNow: async () => this.revision,
      ...options,
    });
    const stopBeat = beat(bus, this.subjects.alive, () => worker.heartbeat);
    const local: LocalWorker = {
      worker,
      bus,
      lines,
      kill: async () => {
        this.forget(local);
        stopBeat();
        await bus.close();
        await worker.close();
      },
      leave: async () => {
        this.forget(local);
        await worker.leave();
        stopBeat();
        await bus.close();
      },
    };
    this.workers.push(local);
    this.stops.push(stopBeat);
    return local;
  }

  private forget(local: LocalWorker): void {
    this.workers = this.workers.filter((each) => each !== local);
  }

  /** Workers that were neither killed nor told to leave. */
  get alive(): readonly LocalWorker[] {
    return this.workers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.stops) stop();
    for (const { worker, bus } of this.workers) {
      await worker.close();
      await bus.close();
    }
  }
}

/** A machine with a pool of its own, which ends with it. */
async function openMachine(threads: number): Promise<Machine> {
  const pool = await WorkerPool.create({ threads });
  const machine = await Machine.create(pool);
  const close = machine.close.bind(machine);
  return Object.assign(machine, {
    close: async () => {
      await close();
      await pool.close();
    },
  });
}

import type { Task } from '@weft/train/runtime';
import type { Piscina } from 'piscina';
import { installedFiles } from './installed-files.js';
import type { Loaded, WorkerStart } from './worker.js';

const LOAD_POLL_MILLISECONDS = 5;

/** How long the end of the process waits for a worker to load. One that cannot start never does. */
const MOST_LOAD_MILLISECONDS = 2000;

/** The thread id that Node gives to a worker that has ended. */
const ENDED = -1;

/** Those whose workers may be loading. */
const starting = new Set<Workers>();

/**
 * Worker threads. Node 20 aborts the whole process when a worker is ended while it loads its code, so that these are
 * ended, by `end` or with the process, when they have loaded it.
 */
export class Workers {
  private readonly piscina: Piscina;
  /** Rejects when a worker fails without a task, as when it cannot start: its tasks would wait for ever. */
  private readonly broken: Promise<never>;
  /** Thread ids of the workers that have said that they have loaded their code. */
  private readonly loaded = new Set<number>();
  /** How many have, for a thread that waits without taking messages. */
  private readonly loadedCount = new Int32Array(new SharedArrayBuffer(4));

  constructor(readonly threads: number) {
    const files = installedFiles(import.meta.url);
    this.piscina = new files.Piscina({
      filename: files.worker,
      workerData: { loadedCount: this.loadedCount } satisfies WorkerStart,
      minThreads: threads,
      maxThreads: threads,
      // Every worker holds a part of a task that waits for the other parts: none may take two.
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      idleTimeout: Number.POSITIVE_INFINITY,
      // Loaders and conditions that this process was started with are for sources; workers run what was built.
      execArgv: [],
    });
    this.broken = new Promise((_, reject) => {
      this.piscina.on('error', reject);
    });
    this.broken.catch(() => {});
    this.piscina.on('message', ({ loaded }: Loaded) => this.loaded.add(loaded));
    if (starting.size === 0) process.once('exit', waitForStarting);
    starting.add(this);
  }

  /** Whether no worker is loading its code, one that took the place of another included. */
  get areLoaded(): boolean {
    return this.piscina.threads.every(({ threadId }) => threadId === ENDED || this.loaded.has(threadId));
  }

  /** Rejects with the error of a task that threw, of its worker that died, or of a worker that cannot start. */
  async run(task: Task): Promise<void> {
    await Promise.race([this.piscina.run(task), this.broken]);
  }

  /** Ends the workers, and rejects the tasks that are under way. */
  async end(): Promise<void> {
    while (!this.areLoaded) await new Promise((resolve) => setTimeout(resolve, LOAD_POLL_MILLISECONDS));
    starting.delete(this);
    if (starting.size === 0) process.off('exit', waitForStarting);
    await this.piscina.destroy();
  }

  /** Blocks this thread until as many workers have loaded as were started first. */
  waitUntilLoaded(): void {
    let count = 0;
    do count = Atomics.load(this.loadedCount, 0);
    while (count < this.threads && Atomics.wait(this.loadedCount, 0, count, MOST_LOAD_MILLISECONDS) !== 'timed-out');
  }
}

function waitForStarting(): void {
  for (const workers of starting) workers.waitUntilLoaded();
}

import { existsSync } from 'node:fs';
import { Piscina } from 'piscina';
import type { Failed, Looked, Made, PictureTask } from './make-records.js';
import type { PictureSource } from './source.js';

/** Here, or in the folder of the sources: workers run what was built. */
const WORKER = new URL('../../dist/folders/picture-worker.js', import.meta.url);

/** What a file may take, however small it is. It is minutes where milliseconds are usual: a worker that hangs, hangs. */
const BASE_MILLISECONDS = 60_000;

/** What each pixel may take besides: hundreds of times what slow machines need. */
const MILLISECONDS_A_PIXEL = 0.01;

const LOAD_POLL_MILLISECONDS = 5;

/** The thread id that Node gives to a worker that has ended. */
const ENDED = -1;

/** Files that a worker takes at a time, and what they cost. */
export interface Job<Item> {
  readonly items: readonly Item[];
  readonly pixels: number;
  /** Whether no other such job may run meanwhile. */
  readonly isLarge: boolean;
}

interface Settings {
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  /** For tests: another worker, and other limits. */
  readonly worker?: string;
  readonly milliseconds?: number;
}

/** Worker threads that look at pictures and decode them. */
export class PictureWorkers {
  private readonly piscina: Piscina;
  /** Rejects when a worker cannot start: its tasks would wait for ever. */
  private readonly broken: Promise<never>;
  private readonly loaded = new Set<number>();
  private isLargeRunning = false;

  constructor(private readonly settings: Settings) {
    const { threads, worker = installedWorker() } = settings;
    this.piscina = new Piscina({
      filename: worker,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      idleTimeout: Number.POSITIVE_INFINITY,
      // Loaders and conditions that this process was started with are for sources.
      execArgv: [],
    });
    this.broken = new Promise((_, reject) => {
      this.piscina.on('error', reject);
    });
    this.broken.catch(() => {});
    this.piscina.on('message', ({ loaded }: { readonly loaded: number }) => this.loaded.add(loaded));
  }

  /**
   * Does jobs on all workers, large ones one at a time. A file that ends its worker, or takes too long, has failed; the
   * others of its job are done again, each alone.
   *
   * @param take told what was made of each item, in any order; the next job waits for it
   * @throws the reason of the signal
   */
  async doAll<Item extends { readonly source: PictureSource }, Result extends Looked | Made>(
    jobs: readonly Job<Item>[],
    taskOf: (sources: readonly PictureSource[]) => PictureTask,
    take: (item: Item, result: Result | Failed) => Promise<void> | void,
  ): Promise<void> {
    const queues = { large: jobs.filter(({ isLarge }) => isLarge), small: jobs.filter(({ isLarge }) => !isLarge) };
    let isFailed = false;
    const lane = async () => {
      for (let job = this.next(queues); job && !isFailed; job = this.next(queues)) {
        try {
          await this.doJob(job, taskOf, take);
        } catch (error) {
          isFailed = true;
          throw error;
        } finally {
          if (job.isLarge) this.isLargeRunning = false;
        }
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: this.settings.threads }, lane));
    for (const each of lanes) if (each.status === 'rejected') throw each.reason;
  }

  /** Ends the workers, those that are loading when they have loaded: Node 20 aborts the process otherwise. */
  async close(): Promise<void> {
    const areLoaded = () =>
      this.piscina.threads.every(({ threadId }) => threadId === ENDED || this.loaded.has(threadId));
    while (!areLoaded()) await new Promise((resolve) => setTimeout(resolve, LOAD_POLL_MILLISECONDS));
    await this.piscina.destroy();
  }

  private next<Item>({ large, small }: { large: Job<Item>[]; small: Job<Item>[] }): Job<Item> | undefined {
    if (this.isLargeRunning || large.length === 0) return small.shift();
    this.isLargeRunning = true;
    return large.shift();
  }

  private async doJob<Item extends { readonly source: PictureSource }, Result extends Looked | Made>(
    { items, pixels, isLarge }: Job<Item>,
    taskOf: (sources: readonly PictureSource[]) => PictureTask,
    take: (item: Item, result: Result | Failed) => Promise<void> | void,
  ): Promise<void> {
    this.settings.signal?.throwIfAborted();
    const results = await this.run<Result>(taskOf(items.map(({ source }) => source)), pixels);
    if (!('reason' in results)) {
      for (const [at, item] of items.entries()) await take(item, results[at]);
    } else if (items.length === 1) await take(items[0], results);
    else for (const item of items) await this.doJob({ items: [item], pixels, isLarge }, taskOf, take);
  }

  private async run<Result>(task: PictureTask, pixels: number): Promise<(Result | Failed)[] | Failed> {
    const { milliseconds = BASE_MILLISECONDS } = this.settings;
    const limit = milliseconds + pixels * MILLISECONDS_A_PIXEL;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), limit);
    try {
      return await Promise.race([this.piscina.run(task, { signal: controller.signal }), this.broken]);
    } catch (error) {
      if (controller.signal.aborted) {
        return { reason: `Decoding took more than ${Math.ceil(limit / 1000)} seconds and was stopped.` };
      }
      const message = error instanceof Error ? error.message : String(error);
      return { reason: `Decoding has ended its worker thread: ${message}` };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @throws Error if this code is in a bundle, which holds no file for workers to begin in */
function installedWorker(): string {
  if (existsSync(WORKER)) return WORKER.href;
  throw new Error(
    `@weft/data has no file ${WORKER.pathname}, in which its worker threads begin. Leave @weft/data out of bundles, or build it.`,
  );
}

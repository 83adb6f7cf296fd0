import type { KernelSet } from '@weft/core';
import { compileModuleAsync, defaultKernels } from '@weft/core/program';
import { WorkerError } from '@weft/train';
import {
  BasePool,
  checkOptions,
  type OptionsOf,
  oneOf,
  optional,
  type Runtime,
  type SharedMemory,
  type StepsWork,
  sha256Hex,
  such,
  wholeNumber,
} from '@weft/train/runtime';
import { availableThreads, MOST_THREADS } from './available-threads.js';
import { originStore } from './files/store.js';
import { CopiedPlace } from './places/copied-place.js';
import { PagePlace } from './places/page-place.js';
import type { PageMemory, Place, Sharing } from './places/place.js';
import { SharedPlace } from './places/shared-place.js';
import { reserveMemory } from './reserve-memory.js';
import { startWorkers } from './start-workers.js';
import { turn } from './turn.js';
import { warnOnce } from './warn-once.js';

const OPTIONS = {
  threads: optional(
    wholeNumber(1, MOST_THREADS),
    'Workers. Without it, as many as the machine computes on at once. Pages that are not cross-origin isolated have one.',
  ),
  kernels: optional(
    oneOf<KernelSet>('wasm', 'reference'),
    'WebAssembly, or the slow reference kernels. Without it, WebAssembly where the browser has its SIMD.',
  ),
  worker: optional(
    such<URL | string>('a URL', (value) => value instanceof URL || (typeof value === 'string' && value !== '')),
    "Address of a copy of this package's file `dist/worker.js`, or of `dist/reference-worker.js` for the reference kernels. Vite and webpack need none.",
  ),
};

/** Options of a pool. */
export type WorkerPoolOptions = OptionsOf<typeof OPTIONS>;

/**
 * Web Workers and the memory they share. One call of `fit` or `predict` uses it at a time.
 *
 * @example
 * const pool = await WorkerPool.create({ threads: 2 });
 * const model = new Sequential([new ReLU()], { inputShape: [2] });
 * await predict(model, Float32Array.of(-1, 2), { pool }); // [0, 2]
 * await pool.close();
 */
export class WorkerPool extends BasePool implements Runtime {
  /** @internal */
  readonly store = originStore;
  private readonly place: Place;

  protected constructor(kernels: KernelSet, memory: SharedMemory, makePlace: (page: PageMemory) => Place) {
    super(kernels, memory);
    this.place = makePlace({ memory, control: this.controlAddress });
  }

  /**
   * Starts the workers. Where none starts, there is a warning on the console that says why, and the page's own thread
   * computes.
   *
   * @throws RangeError for an option that there is not, or if the number of threads is not a whole number from 1;
   *   SharedMemoryError if the browser has no shared WebAssembly memory, or gives none
   * @example
   * const pool = await WorkerPool.create();
   * const place = `${pool.threads} threads, ${pool.sharing}`; // such as 8 threads, shared
   * await pool.close();
   */
  static async create(options: WorkerPoolOptions = {}): Promise<WorkerPool> {
    const checked = checkOptions('WorkerPool.create', options, OPTIONS, '{ threads: 2 }');
    const { threads = availableThreads(), kernels = defaultKernels(), worker } = checked;
    const isIsolated = globalThis.crossOriginIsolated === true;
    if (!isIsolated && checked.threads !== undefined && checked.threads > 1) {
      warnOnce(
        'Weft: the page is not cross-origin isolated, so that one worker computes. For all cores, serve it with the headers ' +
          '`Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`.',
      );
    }
    const memory = reserveMemory();
    const workers = await startWorkers(isIsolated ? threads : 1, kernels, worker);
    return new WorkerPool(kernels, memory, (page) => {
      if (workers.length === 0) return new PagePlace(page);
      return isIsolated ? new SharedPlace(workers, page) : new CopiedPlace(workers[0], page);
    });
  }

  /** Workers, or 1 for the page's own thread. */
  get threads(): number {
    return this.place.threads;
  }

  /**
   * Where work is done: by workers that share the page's memory, by one worker whose memory is copied, or by the page's
   * own thread.
   */
  get sharing(): Sharing {
    return this.place.sharing;
  }

  override async close(): Promise<void> {
    this.closed = true;
    this.place.end();
  }

  override hold<T>(work: (session: string) => Promise<T>): Promise<T> {
    return super.hold((session) => {
      this.place.begin();
      return work(session);
    });
  }

  /** @internal */
  protected override compileModule(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
    return compileModuleAsync(bytes);
  }

  /**
   * Runs steps on all workers and waits for all of them, also after a failure.
   *
   * @internal
   * @throws WorkerError of the first worker that failed; Error if the pool was closed
   */
  async runOnAll(work: StepsWork): Promise<void> {
    this.beginSteps(work);
    try {
      await this.place.run(work);
    } catch (error) {
      throw this.closed ? error : new WorkerError(error);
    }
  }

  /** @internal Pages that are not served by https or from localhost have no `crypto.subtle`. */
  async digest(bytes: Uint8Array): Promise<string> {
    const { subtle } = globalThis.crypto;
    if (!subtle) return sha256Hex(bytes);
    // A copy: it may not be shared.
    const digits = new Uint8Array(await subtle.digest('SHA-256', new Uint8Array(bytes)));
    return Array.from(digits, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** @internal */
  turn(): Promise<void> {
    return turn();
  }

  /** @internal Where code runs, for reports of what is wrong with it. */
  get engine(): string {
    return globalThis.navigator?.userAgent ?? 'the engine';
  }
}

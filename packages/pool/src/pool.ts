import { type CompiledProgram, defaultKernels, type KernelSet } from '@weft/core';
import { Piscina } from 'piscina';
import { availableThreads } from './available-threads.js';
import { BARRIER_WORDS, breakBarrier } from './barrier.js';
import { WorkerError } from './errors.js';
import { SharedMemory } from './memory.js';
import { checkKnownOptions, optionNames, shown } from './options.js';
import { CONTROL, CONTROL_WORDS, type EpochTask, type MapTask, type ProgramImage } from './task.js';

/** Options of a pool. */
export interface WorkerPoolOptions {
  /** Worker threads. Default: as many as the system, or the container's quota, lets this process run at once. */
  readonly threads?: number;
  /** Default: WebAssembly where the engine has its SIMD, else the slow reference kernels. */
  readonly kernels?: KernelSet;
}

const POOL_OPTIONS = optionNames<WorkerPoolOptions>({ threads: true, kernels: true });

/** What a task says about the worker that runs it. */
type Own = 'worker' | 'workers' | 'memory' | 'control' | 'keys';

/** A map, as all workers of a pool are given it; each is told its number. */
export type PoolMap = Omit<MapTask, Own>;

/** An epoch, as all workers of a pool are given it. */
export type PoolEpoch = Omit<EpochTask, Own | 'validation'> & { readonly validation: PoolMap | undefined };

let sessions = 0;

/** Worker threads and the memory they share. One call of `fit` or `predict` uses it at a time. */
export class WorkerPool {
  readonly threads: number;
  readonly kernels: KernelSet;
  /** @internal */
  readonly memory = new SharedMemory();
  private readonly piscina: Piscina;
  /** Rejects when a worker fails without a task, as when it cannot start: its tasks would wait for ever. */
  private readonly broken: Promise<never>;
  private readonly controlAddress: number;
  private busy = false;
  private closed = false;

  private constructor(threads: number, kernels: KernelSet) {
    this.threads = threads;
    this.kernels = kernels;
    this.controlAddress = this.memory.allocate(CONTROL_WORDS * 4);
    this.piscina = new Piscina({
      filename: new URL('../dist/worker.js', import.meta.url).href,
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
  }

  /**
   * Starts the workers.
   *
   * @throws RangeError for an option that there is not, if the number of threads is not a whole number from 1, or the system refuses shared memory
   */
  static async create(options: WorkerPoolOptions = {}): Promise<WorkerPool> {
    checkKnownOptions('WorkerPool.create', options, POOL_OPTIONS, '{ threads: 2 }');
    const { threads = availableThreads(), kernels = defaultKernels() } = options;
    if (!Number.isSafeInteger(threads) || threads < 1 || threads > 1024) {
      throw new RangeError(`threads: got ${shown(threads)}; expected a whole number from 1 to 1024.`);
    }
    return new WorkerPool(threads, kernels);
  }

  /** Ends the workers. Work that is under way is rejected. */
  async close(): Promise<void> {
    this.closed = true;
    await this.piscina.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal The control words; the memory may have grown since, so they are looked at anew. */
  get control(): Int32Array {
    return new Int32Array(this.memory.memory.buffer, this.controlAddress, CONTROL_WORDS);
  }

  /**
   * Holds the pool for one piece of work: memory reserved in it is given back at its end.
   *
   * @internal
   * @throws Error if the pool is in use or closed
   */
  async hold<T>(work: (session: string) => Promise<T>): Promise<T> {
    if (this.closed) throw new Error('The pool is closed. Make another one.');
    if (this.busy) {
      throw new Error('The pool is in use by another fit or predict. Wait for it to end, or make a second pool.');
    }
    this.busy = true;
    const mark = this.memory.mark();
    try {
      return await work(String(++sessions));
    } finally {
      this.memory.release(mark);
      this.busy = false;
    }
  }

  /** @internal A compiled program as workers want it, with an arena for each. */
  async load(id: string, compiled: CompiledProgram): Promise<ProgramImage> {
    const arenas = Array.from({ length: this.threads }, () => this.memory.allocate(compiled.arenaBytes));
    const isWasm = this.kernels === 'wasm';
    return {
      id,
      module: isWasm ? await WebAssembly.compile(compiled.bytes) : undefined,
      program: isWasm ? undefined : compiled.program,
      plan: isWasm ? undefined : compiled.plan,
      segments: compiled.segments,
      arenas,
    };
  }

  /**
   * Runs a task on all workers and waits for all of them, also after a failure.
   *
   * @internal
   * @param keys address of each worker's row numbers and keys
   * @throws WorkerError of the first worker that failed; Error if the pool was closed
   */
  async runOnAll(task: PoolEpoch | PoolMap, keys: readonly number[]): Promise<void> {
    // Between two tasks nothing else would notice: piscina starts its workers anew.
    if (this.closed) throw new Error('The pool was closed while work was under way.');
    const { control } = this;
    control.fill(0);
    if (task.kind === 'epoch') control[CONTROL.steps] = task.firstStep;
    const barrier = control.subarray(CONTROL.barrier, CONTROL.barrier + BARRIER_WORDS);
    let failure: unknown;
    const parts = keys.map(async (address, worker) => {
      const own = {
        memory: this.memory.memory,
        control: this.controlAddress,
        worker,
        workers: this.threads,
        keys: address,
      };
      const nested = task.kind === 'epoch' && task.validation ? { validation: { ...task.validation, ...own } } : {};
      try {
        await Promise.race([this.piscina.run({ ...task, ...own, ...nested }), this.broken]);
      } catch (error) {
        // A worker that died could not free the others itself.
        failure ??= error;
        breakBarrier(barrier);
      }
    });
    await Promise.all(parts);
    if (failure) throw this.closed ? failure : new WorkerError(failure);
  }
}

/** Runs work in the pool given, or in one of its own that is closed afterwards. */
export async function withPool<T>(
  { pool, threads }: { pool?: WorkerPool | undefined; threads?: number | undefined },
  work: (pool: WorkerPool) => Promise<T>,
): Promise<T> {
  if (pool) return work(pool);
  const own = await WorkerPool.create(threads === undefined ? {} : { threads });
  try {
    return await work(own);
  } finally {
    await own.close();
  }
}

import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { KernelSet } from '@weft/core';
import { type CompiledProgram, defaultKernels, type VectorBits } from '@weft/core/program';
import { WorkerError } from '@weft/train';
import {
  BARRIER_WORDS,
  BasePool,
  breakBarrier,
  CONTROL,
  checkOptions,
  type OptionsOf,
  oneOf,
  optional,
  type ProgramImage,
  type Runtime,
  runTask,
  SharedMemory,
  type StepsWork,
  type Task,
  usefulWorkers,
  wholeNumber,
} from '@weft/train/runtime';
import { availableThreads, MOST_THREADS } from './available-threads.js';
import { fileStore } from './files/store.js';
import { atThisWidth, packVectors, SIMD, useVectors } from './vectors.js';
import { Workers } from './workers.js';

const OPTIONS = {
  threads: optional(
    wholeNumber(1, MOST_THREADS),
    "Worker threads. Without it, the environment variable `WEFT_THREADS`, or as many as the system, or the container's quota, lets this process run at once.",
  ),
  kernels: optional(
    oneOf<KernelSet>('wasm', 'reference'),
    'WebAssembly, or the slow reference kernels. Without it, WebAssembly where the engine has its SIMD.',
  ),
  simd: optional(
    oneOf(...SIMD),
    'Bits of the vectors that kernels compute on; no result depends on it. `256` sets a flag of the engine, which counts for the whole process, and `128` unsets it; `auto` leaves it as it is. Without it, what the process has: the environment variable `WEFT_SIMD` decides, or the flag that it was started with.',
  ),
};

/** Options of a pool. */
export type WorkerPoolOptions = OptionsOf<typeof OPTIONS>;

/**
 * Worker threads and the memory they share. One call of `fit` or `predict` uses it at a time.
 *
 * @example
 * const pool = await WorkerPool.create({ threads: 2 });
 * const model = new Sequential([new ReLU()], { inputShape: [2] });
 * await predict(model, Float32Array.of(-1, 2), { pool }); // [0, 2]
 * await pool.close();
 */
export class WorkerPool extends BasePool implements Runtime {
  readonly threads: number;
  /** @internal */
  readonly store = fileStore;
  /** Undefined where work is done in the thread that asks. */
  private readonly workers: Workers | undefined;
  /** The width of vectors that programs were compiled for. */
  private imageBits: VectorBits | undefined;

  protected constructor(threads: number, kernels: KernelSet, hasWorkers = true) {
    super(kernels, new SharedMemory());
    this.threads = threads;
    this.workers = hasWorkers ? new Workers(threads) : undefined;
  }

  /**
   * Starts the workers.
   *
   * @throws RangeError for an option that there is not, if the number of threads is not a whole number from 1, vectors of 256 bits are asked for and
   *   cannot be, or the system refuses shared memory
   */
  static async create(options: WorkerPoolOptions = {}): Promise<WorkerPool> {
    const {
      threads = availableThreads(),
      kernels = defaultKernels(),
      simd,
    } = checkOptions('WorkerPool.create', options, OPTIONS, '{ threads: 2 }');
    if (kernels === 'wasm') useVectors(simd);
    return new WorkerPool(threads, kernels);
  }

  /** Bits of the vectors that kernels are written for: those of the whole process. */
  get vectorBits(): VectorBits {
    return this.kernels === 'wasm' ? useVectors() : 128;
  }

  override async close(): Promise<void> {
    this.closed = true;
    await this.workers?.end();
  }

  /** @internal */
  override load(id: string, compiled: CompiledProgram): Promise<ProgramImage> {
    // An engine that was told to pack no more would still share what it has packed.
    if (this.imageBits !== this.vectorBits) this.forgetImages();
    this.imageBits = this.vectorBits;
    return super.load(id, compiled);
  }

  /** @internal */
  protected override compileModule(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
    return WebAssembly.compile(atThisWidth(bytes));
  }

  /**
   * Runs steps on all workers and waits for all of them, also after a failure.
   *
   * @internal
   * @throws WorkerError of the first worker that failed; Error if the pool was closed
   */
  async runOnAll(work: StepsWork): Promise<void> {
    const control = this.beginSteps(work);
    const barrier = control.subarray(CONTROL.barrier, CONTROL.barrier + BARRIER_WORDS);
    let failure: unknown;
    const workers = usefulWorkers(work, this.threads);
    const parts = Array.from({ length: workers }, async (_, worker) => {
      const task: Task = {
        work,
        memory: this.memory.memory,
        control: this.controlAddress,
        worker,
        workers,
      };
      try {
        if (this.workers) await this.workers.run(task);
        else runTask(task);
      } catch (error) {
        // A worker that died could not free the others itself.
        failure ??= error;
        breakBarrier(barrier);
      }
    });
    await Promise.all(parts);
    if (failure) throw this.closed ? failure : new WorkerError(failure);
  }

  /** @internal Node 20 needs a flag. Modules are compiled in this thread, and workers need no flag for them. */
  allowRelaxedSimd(): void {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  }

  /** @internal */
  packVectors(isOn: boolean): void {
    packVectors(isOn);
  }

  /** @internal */
  distrustVectors(): void {
    useVectors('128');
  }

  /** @internal Where code runs, for reports of what is wrong with it. */
  get engine(): string {
    const { node, v8 } = process.versions;
    return `Node ${node}, V8 ${v8}, ${process.platform} ${process.arch}, ${cpus()[0]?.model.trim() || 'unknown processor'}`;
  }

  /** @internal */
  sha256(bytes: Uint8Array): string {
    return createHash('sha256').update(bytes).digest('hex');
  }

  /** @internal */
  warn(message: string): void {
    process.emitWarning(message, 'WeftWarning');
  }
}

import type { KernelSet } from '@weft/core';
import type { CompiledProgram } from '@weft/core/program';
import type { SharedMemory } from '../memory.js';
import { CONTROL, CONTROL_WORDS, type ProgramImage, type StepsWork } from '../task.js';

let sessions = 0;

/**
 * What all pools of workers have: a memory with control words in it, which one call holds at a time.
 *
 * @example
 * const pool = await WorkerPool.create({ threads: 1 });
 * pool instanceof BasePool; // true
 * await pool.close();
 */
export abstract class BasePool {
  /** @internal */
  protected readonly controlAddress: number;
  /** @internal */
  protected closed = false;
  /** Programs as workers have them. */
  private images = new WeakMap<CompiledProgram, ProgramImage>();
  private busy = false;

  protected constructor(
    readonly kernels: KernelSet,
    /** @internal */
    readonly memory: SharedMemory,
  ) {
    this.controlAddress = memory.allocate(CONTROL_WORDS * 4);
  }

  /** Ends the workers. Work that is under way is rejected. */
  abstract close(): Promise<void>;

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

  /** @internal A compiled program as workers want it. */
  async load(id: string, compiled: CompiledProgram): Promise<ProgramImage> {
    const known = this.images.get(compiled);
    if (known) return known;
    const isWasm = this.kernels === 'wasm';
    const image: ProgramImage = {
      id,
      module: isWasm ? await this.compileModule(compiled.bytes) : undefined,
      program: isWasm ? undefined : compiled.program,
      plan: isWasm ? undefined : compiled.plan,
      segments: compiled.segments,
    };
    this.images.set(compiled, image);
    return image;
  }

  /** @internal */
  protected abstract compileModule(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module>;

  /** @internal Forgets the programs: what is loaded from now on is compiled anew. */
  protected forgetImages(): void {
    this.images = new WeakMap();
  }

  /**
   * Sets the control words for some steps.
   *
   * @internal
   * @throws Error if the pool was closed
   */
  protected beginSteps(work: StepsWork): Int32Array {
    // Between two tasks nothing else would notice: piscina starts its workers anew.
    if (this.closed) throw new Error('The pool was closed while work was under way.');
    const { control } = this;
    control.fill(0);
    if (work.isReported) control[CONTROL.steps] = work.firstStep;
    return control;
  }
}

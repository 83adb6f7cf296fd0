import type { KernelSet } from '@weft/core';
import type { CompiledProgram, VectorBits } from '@weft/core/program';
import type { Weight } from '@weft/nn';
import type { SharedMemory } from '../memory.js';
import type { ProgramImage, StepsWork } from '../task.js';
import type { Store } from './store.js';

/**
 * Where training happens: workers that share one memory, and a place for files. Training knows nothing else of its
 * surroundings.
 */
export interface Runtime {
  /** Workers. */
  readonly threads: number;
  readonly kernels: KernelSet;
  readonly memory: SharedMemory;
  /** The control words. The memory may grow, so read this anew for each use. */
  readonly control: Int32Array;
  readonly store: Store;
  /**
   * Holds the runtime for one call. Memory that it reserves is given back at its end.
   *
   * @throws Error if the runtime is in use or closed
   */
  hold<T>(work: (session: string) => Promise<T>): Promise<T>;
  /** A compiled program as workers want it. */
  load(id: string, compiled: CompiledProgram): Promise<ProgramImage>;
  /**
   * Runs steps on all workers and waits for all of them, also after a failure.
   *
   * @throws WorkerError of the first worker that failed; Error if the runtime was closed
   */
  runOnAll(work: StepsWork): Promise<void>;
  /** Turns relaxed SIMD on where the engine has it behind a flag. Called before programs with fast math are compiled. */
  allowRelaxedSimd?(): void;
  /** Bits of the vectors that kernels are written for. Default: 128. */
  readonly vectorBits?: VectorBits;
  /** Has the engine pack operations on 128 bits into one on 256 in what it compiles from now on, or not. */
  packVectors?(isOn: boolean): void;
  /** Told that code on 256 bits is wrong: from now on there is none, and `vectorBits` is 128. */
  distrustVectors?(): void;
  /** Version of the engine and name of the processor, for reports of what is wrong with their code. */
  readonly engine?: string;
  /** SHA-256 of bytes in hexadecimal, where the surroundings have a faster one than ours. */
  sha256?(bytes: Uint8Array): string;
  /** As `sha256`, of many bytes and beside the thread that asks. */
  digest?(bytes: Uint8Array): Promise<string>;
  /** Lets the thread do what else it has to do: called between pieces of what it prepares. Without it, it has nothing else. */
  turn?(): Promise<void>;
  /** Receives warnings if `onWarning` is not given. Default: `console.warn`. */
  warn?(message: string): void;
  /**
   * Brings back what steps have changed in memory. Called where weights and what optimisers keep are read after
   * `runOnAll`, behind which only the numbers of steps and the results of examples have to be there. Left out where
   * memory is shared: nothing has to be brought back.
   */
  settle?(): Promise<void>;
  /** Ends the workers. */
  close(): Promise<void>;
}

/** How much a call has to do, as far as it is known before anything is traced. */
export interface WorkSize {
  readonly examples: number;
  /** Numbers in the model's weights. */
  readonly weights: number;
}

const FEW_EXAMPLES = 32;

/** Products of examples and weights: a convolution multiplies each weight some hundred times. */
const FEW_PRODUCTS = 2 ** 24;

/**
 * Whether work without gradients is done before threads would have started.
 *
 * @example
 * isSmall({ examples: 10, weights: 1000 }); // true
 * isSmall({ examples: 10_000, weights: 1000 }); // false
 */
export function isSmall({ examples, weights }: WorkSize): boolean {
  return examples <= FEW_EXAMPLES && examples * weights <= FEW_PRODUCTS;
}

/** A runtime, or a function that starts one for a single call, which closes it at its end. */
export type RuntimeSource = Runtime | ((size: WorkSize) => Promise<Runtime>);

/** Runs work on a runtime, and closes the runtime if it was started for this. */
export async function withRuntime<T>(
  source: RuntimeSource,
  size: { readonly examples: number; readonly weights: readonly Weight[] },
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  if (typeof source !== 'function') return work(source);
  const weights = size.weights.reduce((total, { data }) => total + data.length, 0);
  const runtime = await source({ examples: size.examples, weights });
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

/** Where a runtime's warnings go. */
export function warningsOf(runtime: Runtime): (message: string) => void {
  return (message) => (runtime.warn ? runtime.warn(message) : console.warn(message));
}

import { defaultKernels } from '@weft/core/program';
import type { WorkSize } from '@weft/train/runtime';
import { WorkerPool } from './pool.js';

const FEW_EXAMPLES = 32;

/** Products of examples and weights: a convolution multiplies each weight some hundred times. */
const FEW_PRODUCTS = 2 ** 24;

/** Memory that is kept from call to call. */
const SMALL_BYTES = 64 * 2 ** 20;

/** Whether work is done before threads would have started. */
export function isSmall({ examples, weights }: WorkSize): boolean {
  return examples <= FEW_EXAMPLES && examples * weights <= FEW_PRODUCTS;
}

/** The one that no call uses now. Each memory reserves gigabytes of addresses, so it is used again. */
let idle: ThisThread | undefined;

/** The thread that asks, as a pool of one. */
export class ThisThread extends WorkerPool {
  /** For one call, which closes it. */
  static take(): ThisThread {
    const kernels = defaultKernels();
    const taken = idle?.kernels === kernels ? idle : new ThisThread(1, kernels, false);
    idle = undefined;
    return taken;
  }

  override async close(): Promise<void> {
    if (this.memory.memory.buffer.byteLength <= SMALL_BYTES) idle = this;
  }
}

import { defaultKernels } from '@weft/core/program';
import { WorkerPool } from './pool.js';

/** Memory that is kept from call to call. */
const SMALL_BYTES = 64 * 2 ** 20;

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

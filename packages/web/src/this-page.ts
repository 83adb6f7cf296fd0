import { defaultKernels } from '@weft/core/program';
import { PagePlace } from './places/page-place.js';
import { WorkerPool } from './pool.js';
import { reserveMemory } from './reserve-memory.js';

/** Memory that is kept from call to call. */
const SMALL_BYTES = 64 * 2 ** 20;

/** The one that no call uses now. Each memory reserves gigabytes of addresses, so it is used again. */
let idle: ThisPage | undefined;

/** The page's own thread, as a pool of one. */
export class ThisPage extends WorkerPool {
  /** For one call, which closes it. */
  static take(): ThisPage {
    const kernels = defaultKernels();
    const taken =
      idle?.kernels === kernels ? idle : new ThisPage(kernels, reserveMemory(), (page) => new PagePlace(page));
    idle = undefined;
    return taken;
  }

  override async close(): Promise<void> {
    if (this.memory.memory.buffer.byteLength <= SMALL_BYTES) idle = this;
  }
}

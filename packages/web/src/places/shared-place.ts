import { BARRIER_WORDS, breakBarrier, CONTROL, type StepsWork, usefulWorkers } from '@weft/train/runtime';
import type { WebWorker } from '../workers/web-worker.js';
import type { PageMemory, Place } from './place.js';

/** Workers that share the page's memory: only pages that are cross-origin isolated may have it. */
export class SharedPlace implements Place {
  readonly sharing = 'shared';

  constructor(
    private readonly workers: readonly WebWorker[],
    private readonly page: PageMemory,
  ) {}

  get threads(): number {
    return this.workers.length;
  }

  begin(): void {}

  async run(work: StepsWork): Promise<void> {
    const { memory } = this.page.memory;
    const address = this.page.control + 4 * CONTROL.barrier;
    const barrier = new Int32Array(memory.buffer, address, BARRIER_WORDS);
    const useful = this.workers.slice(0, usefulWorkers(work, this.threads));
    let failure: { readonly error: unknown } | undefined;
    const parts = useful.map(async (each, worker) => {
      const task = { work, memory, control: this.page.control, worker, workers: useful.length };
      try {
        await each.ask({ kind: 'task', task });
      } catch (error) {
        // A worker that has ended could not free the others itself.
        failure ??= { error };
        breakBarrier(barrier);
      }
    });
    await Promise.all(parts);
    if (failure) throw failure.error;
  }

  end(): void {
    for (const worker of this.workers) worker.end();
  }
}

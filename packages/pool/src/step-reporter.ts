import type { Callback, TrainControl } from './callbacks/callback.js';
import type { Piece } from './pieces.js';
import type { WorkerPool } from './pool.js';
import { CONTROL } from './task.js';

/** How often the main thread looks at what the workers have done, in milliseconds. */
const INTERVAL = 40;

/** Tells callbacks of steps while the workers go on, and the workers of a wish to stop. */
export class StepReporter {
  private reported = 0;
  private images = 0;
  private total = 0;
  private failure: { readonly error: unknown } | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly stop = () => {
    Atomics.store(this.pool.control, CONTROL.stopWanted, 1);
  };

  constructor(
    private readonly pool: WorkerPool,
    private readonly batches: readonly Piece[],
    private readonly losses: Float64Array,
    private readonly epoch: number,
    private readonly callbacks: readonly Callback[],
    private readonly control: TrainControl,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.timer = setInterval(() => this.tryReport(), INTERVAL);
    signal?.addEventListener('abort', this.stop, { once: true });
  }

  /**
   * Reports what is left.
   *
   * @throws what a callback has thrown
   */
  end(): void {
    clearInterval(this.timer);
    this.signal?.removeEventListener('abort', this.stop);
    this.tryReport();
    if (this.failure) throw this.failure.error;
  }

  /** An error of a callback ends the epoch, and is thrown at its end: in a timer nobody could catch it. */
  private tryReport(): void {
    if (this.failure) return;
    try {
      this.report();
    } catch (error) {
      this.failure = { error };
      this.stop();
    }
  }

  private report(): void {
    const done = Atomics.load(this.pool.control, CONTROL.steps);
    for (; this.reported < done; this.reported++) {
      const { count } = this.batches[this.reported];
      this.images += count;
      this.total += this.losses[this.reported];
      const logs = {
        loss: this.total / this.images,
        batchLoss: this.losses[this.reported] / count,
        epoch: this.epoch,
        batches: this.batches.length,
        images: this.images,
        imagesInEpoch: this.batches.reduce((sum, batch) => sum + batch.count, 0),
      };
      for (const callback of this.callbacks) callback.onBatchEnd?.(this.reported, logs, this.control);
    }
    if (this.control.stopTraining) this.stop();
  }
}

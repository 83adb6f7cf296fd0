import type { Callback, TrainControl } from './callbacks/callback.js';
import type { EpochSteps } from './epoch-steps.js';
import type { Runtime } from './runtime/runtime.js';
import { CONTROL } from './task.js';

/** How often the main thread looks at what the workers have done, in milliseconds. */
const INTERVAL = 40;

/** What a reporter reports, and to whom. */
export interface ReportedEpoch {
  readonly runtime: Runtime;
  readonly epoch: number;
  /** Its log has the numbers of each step; those before `firstStep` are there already. */
  readonly epochSteps: EpochSteps;
  readonly firstStep: number;
  readonly callbacks: readonly Callback[];
  readonly control: TrainControl;
  readonly signal: AbortSignal | undefined;
}

/** Reports an epoch's steps to callbacks while the workers run, and passes a wish to stop to the workers. */
export class StepReporter {
  private reported: number;
  private examples = 0;
  private total = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly source: ReportedEpoch) {
    const { firstStep, epochSteps } = source;
    const { log } = epochSteps;
    this.reported = firstStep;
    for (let step = 0; step < firstStep; step++) {
      this.examples += log.batches[step].count;
      this.total += log.loss(step) * log.batches[step].count;
    }
  }

  /** Whether the signal or a callback wants training to end after the running step. */
  get isStopWanted(): boolean {
    return this.source.control.stopTraining || this.source.signal?.aborted === true;
  }

  /**
   * Reports while workers do steps, and what is left at their end.
   *
   * @param milliseconds after which they are to stop, even if no callback asks for it
   * @throws what the work or a callback has thrown
   */
  async during(work: () => Promise<void>, milliseconds: number): Promise<void> {
    const { signal } = this.source;
    const timer = setInterval(() => this.tryReport(), INTERVAL);
    const limit = Number.isFinite(milliseconds) ? setTimeout(this.stop, milliseconds) : undefined;
    signal?.addEventListener('abort', this.stop, { once: true });
    try {
      await work();
    } finally {
      clearInterval(timer);
      clearTimeout(limit);
      signal?.removeEventListener('abort', this.stop);
      this.tryReport();
    }
    if (this.failure) throw this.failure.error;
  }

  private readonly stop = () => {
    Atomics.store(this.source.runtime.control, CONTROL.stopWanted, 1);
  };

  /** An error of a callback ends the epoch, and is thrown at its end: in a timer it could not be caught. */
  private tryReport(): void {
    if (this.failure) return;
    try {
      this.report(Atomics.load(this.source.runtime.control, CONTROL.steps));
    } catch (error) {
      this.failure = { error };
      this.stop();
    }
  }

  /** Reports the steps up to a number of them that are done. */
  report(done: number): void {
    const { epoch, epochSteps, callbacks, control } = this.source;
    const { log, stepsInEpoch, examplesInEpoch } = epochSteps;
    for (; this.reported < done; this.reported++) {
      const { count } = log.batches[this.reported];
      this.examples += count;
      const batchLoss = log.loss(this.reported);
      this.total += batchLoss * count;
      const logs = {
        loss: this.total / this.examples,
        batchLoss,
        epoch,
        batches: stepsInEpoch,
        examples: this.examples,
        examplesInEpoch,
      };
      for (const callback of callbacks) callback.onBatchEnd?.(this.reported, logs, control);
    }
    if (control.stopTraining) this.stop();
  }
}

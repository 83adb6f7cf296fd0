import type { EpochBegin, EpochSteps, StepRange } from './epoch-steps.js';
import { findNonFinite } from './non-finite.js';
import type { PreparedTraining } from './prepare-training.js';
import { inSequence, writeKeys } from './step/session.js';
import { shuffleOrder } from './step/shuffle.js';
import type { StepReporter } from './step-reporter.js';
import type { EvaluationStream } from './streams/evaluation-stream.js';
import { CONTROL, STOPPED } from './task.js';

/** Steps over arrays in memory: workers do many of them in one task. */
export class ArraySteps implements EpochSteps {
  readonly stepsInEpoch: number;
  readonly examplesInEpoch: number;
  readonly failure = undefined;
  private epoch = 0;

  /** @param validation where it is a stream */
  constructor(
    private readonly prepared: PreparedTraining,
    private readonly shuffle: boolean,
    private readonly validation: EvaluationStream | undefined,
  ) {
    this.stepsInEpoch = prepared.batches.length;
    this.examplesInEpoch = prepared.source.trainCount;
  }

  get log() {
    return this.prepared.log;
  }

  get validationLog() {
    return this.validation?.log ?? this.prepared.validation?.log;
  }

  get isLossLost(): boolean {
    return Atomics.load(this.prepared.runtime.control, CONTROL.stopped) === STOPPED.lossIsNotFinite;
  }

  isOver(step: number): boolean {
    return step === this.stepsInEpoch;
  }

  /** Draws the order of the epoch's examples and computes its steps' scalars. */
  async begin({ epoch, updatesBefore, rates }: EpochBegin): Promise<void> {
    const { order, validation, batches, updates, source } = this.prepared;
    this.epoch = epoch;
    inSequence(order, epoch);
    if (this.shuffle) {
      shuffleOrder(order.index, source.seed, epoch);
      writeKeys(order, epoch);
    }
    if (validation && !this.validation) writeKeys(validation.order, epoch);
    for (const [update, { optimizer, scalars, scalarCount }] of updates.entries()) {
      batches.forEach((_, step) => {
        scalars.set(optimizer.scalars(updatesBefore + step + 1, rates[update]), step * scalarCount);
      });
    }
  }

  async run({ first, end, milliseconds, stopsOnNaN }: StepRange, reporter: StepReporter): Promise<number> {
    const { runtime, work, log, validation } = this.prepared;
    const steps = {
      ...work,
      finite: stopsOnNaN ? log.losses : [],
      firstStep: first,
      endStep: Math.min(end, this.stepsInEpoch),
      next: this.validation ? undefined : validation?.work,
    };
    await reporter.during(() => runtime.runOnAll(steps), milliseconds);
    const done = Atomics.load(runtime.control, CONTROL.steps);
    await runtime.settle?.();
    if (this.isOver(done) && !this.isLossLost) await this.validation?.run(this.epoch);
    return done;
  }

  guarded() {
    const { work, validation } = this.prepared;
    return { ...work, firstStep: 0, endStep: 0, next: this.validation?.guarded() ?? validation?.work };
  }

  findNonFinite() {
    const { examples, validation, model } = this.prepared.source;
    return findNonFinite(examples, model.outputs) ?? (validation && findNonFinite(validation.examples, model.outputs));
  }
}

import type { EpochBegin, EpochSteps, StepRange } from '../epoch-steps.js';
import { findNonFinite } from '../non-finite.js';
import type { PreparedTraining } from '../prepare-training.js';
import { writeKeys } from '../step/session.js';
import type { StepReporter } from '../step-reporter.js';
import type { StepsWork } from '../task.js';
import { BatchStream } from './batch-stream.js';
import type { EvaluationStream } from './evaluation-stream.js';
import type { OpenedStream } from './open-stream.js';
import { StreamLog } from './stream-log.js';

/** Steps over the batches of a stream, one after another. */
export class StreamSteps implements EpochSteps {
  readonly log: StreamLog;
  isLossLost = false;
  private readonly batches: BatchStream;
  private readonly capacity: number;
  private begun: EpochBegin = { epoch: 0, step: 0, updatesBefore: 0, rates: [] };
  /** Steps and examples of the last epoch that was whole. */
  private known = { steps: Number.POSITIVE_INFINITY, examples: Number.POSITIVE_INFINITY };

  /**
   * @param validation where it is a stream, too
   * @param onCompiled told when steps for another size of batch were compiled, before they are done
   */
  constructor(
    private readonly prepared: PreparedTraining,
    stream: OpenedStream,
    private readonly validation: EvaluationStream | undefined,
    onCompiled: (programs: PreparedTraining['programs']) => Promise<void>,
  ) {
    const { session, order, work } = prepared;
    this.capacity = stream.ring.capacity;
    this.log = new StreamLog(prepared.log, this.capacity);
    const { steps, examples } = stream.reader;
    if (steps !== undefined) this.known = { steps, examples: examples ?? steps * this.capacity };
    this.batches = new BatchStream({ session, order, work, ...stream, compile: prepared.compile, onCompiled });
  }

  get validationLog() {
    return this.validation?.log ?? this.prepared.validation?.log;
  }

  get stepsInEpoch(): number {
    return this.known.steps;
  }

  get examplesInEpoch(): number {
    return this.known.examples;
  }

  get failure() {
    return this.batches.failure;
  }

  isOver(): boolean {
    return this.batches.isOver;
  }

  async begin(begin: EpochBegin): Promise<void> {
    const { validation } = this.prepared;
    this.begun = begin;
    this.isLossLost = false;
    this.log.begin(await this.batches.begin(begin.epoch, begin.step));
    if (validation && !this.validation) writeKeys(validation.order, begin.epoch);
  }

  async run({ first, end, milliseconds, stopsOnNaN }: StepRange, reporter: StepReporter): Promise<number> {
    const until = performance.now() + milliseconds;
    let step = first;
    const isStopped = () => this.isOver() || this.failure !== undefined || reporter.isStopWanted;
    while (step < end && !isStopped() && (step === first || performance.now() < until)) {
      this.writeScalars(step);
      this.log.add(await this.batches.doStep());
      step++;
      reporter.report(step);
      this.isLossLost = stopsOnNaN && !this.log.isFinite(step - 1);
      if (this.isLossLost) break;
    }
    await this.prepared.runtime.settle?.();
    if (this.isOver() && !this.isLossLost) await this.endEpoch();
    return step;
  }

  guarded(): StepsWork {
    return this.batches.guarded(this.validation?.guarded() ?? this.prepared.validation?.work);
  }

  findNonFinite() {
    const { validation, model } = this.prepared.source;
    const last = this.batches.last && findNonFinite(this.batches.last.examples, model.outputs);
    return last ?? (validation && findNonFinite(validation.examples, model.outputs));
  }

  /** The numbers that optimisers need for a step, where the step of this batch reads them. */
  private writeScalars(step: number): void {
    const { updatesBefore, rates } = this.begun;
    const half = this.batches.next?.half ?? 0;
    for (const [update, { optimizer, scalars, scalarCount }] of this.prepared.updates.entries()) {
      scalars.set(optimizer.scalars(updatesBefore + step + 1, rates[update]), half * scalarCount);
    }
  }

  private async endEpoch(): Promise<void> {
    const { runtime, validation } = this.prepared;
    this.known = { steps: this.log.steps, examples: this.log.examples };
    if (this.validation) await this.validation.run(this.begun.epoch);
    else if (validation) await runtime.runOnAll(validation.work);
  }
}

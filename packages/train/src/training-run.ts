import type { Callback, TrainControl } from './callbacks/callback.js';
import { Checkpointer } from './checkpoints/checkpointer.js';
import { NonFiniteError } from './checkpoints/errors.js';
import type { Fingerprint } from './checkpoints/fingerprint.js';
import { resumable, stateful, statesOf, trainingFingerprint } from './checkpoints/resume.js';
import type { TrainingState } from './checkpoints/state.js';
import { type History, HistoryRecorder, logNamesOf, logsOf } from './history.js';
import { findNonFinite } from './non-finite.js';
import type { PreparedTraining } from './prepare-training.js';
import { warningsOf } from './runtime/runtime.js';
import { StepReporter } from './step-reporter.js';
import { Trainer } from './trainer.js';

/** One training from its begin, or from a checkpoint, to its end. */
export class TrainingRun {
  private readonly trainer: Trainer;
  /** Losses, metrics and times of the epochs that are done. */
  private recorder: HistoryRecorder;
  /** Steps done in all. */
  private steps = 0;
  private readonly control: TrainControl;
  private readonly callbacks: readonly Callback[];
  private readonly warn: (message: string) => void;
  private checkpointer: Checkpointer | undefined;
  private fingerprint: Fingerprint = {};
  private best: TrainingState['best'];
  /** Whether the user was told that there will be no more checkpoints. */
  private isLossTold = false;
  /** When the running epoch began, as if it had never been broken off. */
  private epochBegan = 0;

  constructor(private readonly prepared: PreparedTraining) {
    const { model, options } = prepared.source;
    this.trainer = new Trainer(prepared);
    this.callbacks = options.callbacks ?? [];
    this.warn = options.onWarning ?? warningsOf(prepared.runtime);
    this.control = { model, stopTraining: false };
    this.recorder = new HistoryRecorder(logNamesOf(prepared.source.plan));
  }

  async train(): Promise<History> {
    const { epochs, signal } = this.prepared.source.options;
    const resumed = await this.open();
    try {
      await this.begin(resumed);
      const begun = resumed?.step ? resumed : undefined;
      for (let epoch = resumed?.epoch ?? 0; epoch < epochs; epoch++) {
        if (this.control.stopTraining || signal?.aborted) break;
        const isWhole = await this.trainEpoch(epoch, epoch === begun?.epoch ? begun : undefined);
        if (!isWhole) break;
      }
      // A signal that came after the last step, or after a callback had ended training, has ended nothing.
      const isUnfinished = !this.control.stopTraining && this.recorder.epochs < epochs;
      const history: History = {
        ...this.recorder.copy(),
        steps: this.steps,
        aborted: signal?.aborted === true && isUnfinished,
        microBatchSize: this.prepared.task.piece,
        convolutions: this.prepared.convolutions,
      };
      for (const callback of this.callbacks) await callback.onTrainEnd?.(history, this.control);
      return history;
    } finally {
      await this.checkpointer?.end();
    }
  }

  /** Finds the checkpoint to go on from, and gets ready to write others. */
  private async open(): Promise<TrainingState | undefined> {
    const { options } = this.prepared.source;
    const { checkpoints, resumeFrom } = options;
    if (!checkpoints && resumeFrom === undefined) return undefined;
    this.fingerprint = trainingFingerprint(this.prepared);
    const found = resumeFrom === undefined ? undefined : await resumable(this.prepared, this.fingerprint, this.warn);
    if (checkpoints)
      this.checkpointer = await Checkpointer.open(
        checkpoints,
        this.prepared.runtime.store,
        this.warn,
        resumeFrom,
        found?.path,
      );
    return found?.state;
  }

  /** Tells callbacks what is to come, and takes up what a checkpoint holds. */
  private async begin(resumed: TrainingState | undefined): Promise<void> {
    const { batches, source, runtime } = this.prepared;
    const { model, options, plan } = source;
    const { history, best, steps = 0, epoch = 0, step = 0 } = resumed ?? {};
    this.best = best;
    this.steps = steps;
    const logNames = logNamesOf(plan);
    this.recorder = new HistoryRecorder(logNames, history);
    const info = {
      model,
      epochs: options.epochs,
      steps: batches.length,
      trainCount: plan.trainCount,
      validationCount: plan.validationCount,
      threads: runtime.threads,
      store: runtime.store,
      initialEpoch: epoch,
      initialStep: step,
      past: this.recorder.copy(),
      logNames,
    };
    for (const callback of this.callbacks) await callback.onTrainBegin?.(info);
    if (!resumed) return;
    // After the callbacks: what they did to the weights when training began is in the checkpoint.
    this.trainer.restore(resumed);
    this.trainer.writeModel();
    stateful(this.callbacks).forEach((callback, index) => {
      callback.restore?.(resumed.callbacks[index]);
    });
    // Whoever asks for more epochs wants to go on, though a callback had ended training.
    this.control.stopTraining = resumed.stopped && options.epochs <= resumed.epochs;
  }

  /**
   * @param begun the state of this epoch if some of its steps are done
   * @returns whether all steps were done
   */
  private async trainEpoch(epoch: number, begun: TrainingState | undefined): Promise<boolean> {
    const { signal } = this.prepared.source.options;
    const { batches, losses } = this.prepared;
    for (const callback of this.callbacks) await callback.onEpochBegin?.(epoch);
    if (signal?.aborted) return false;
    this.trainer.beginEpoch(epoch);
    // Callbacks may have changed the weights. Within an epoch they had done so before the checkpoint, whose weights are
    // in their place already.
    if (begun) losses.set(begun.losses);
    else this.trainer.readModel();
    this.epochBegan = performance.now() - (begun?.seconds ?? 0) * 1000;
    const steps = await this.doSteps(epoch, begun?.step ?? 0);
    this.trainer.writeModel();
    if (steps === batches.length) await this.endEpoch(epoch);
    return steps === batches.length;
  }

  /** Does an epoch's steps, in parts that end with a checkpoint each; gives how many of them are done. */
  private async doSteps(epoch: number, firstStep: number): Promise<number> {
    const { runtime, batches, losses, source } = this.prepared;
    const { callbacks, control, checkpointer, trainer } = this;
    const { signal } = source.options;
    const reporter = new StepReporter({ runtime, epoch, batches, losses, firstStep, callbacks, control, signal });
    const before = epoch * batches.length;
    let step = firstStep;
    while (step < batches.length) {
      const next = checkpointer ? checkpointer.nextAfter(before + step) - before : batches.length;
      const end = Math.min(next, batches.length);
      const limit = checkpointer?.milliseconds ?? Number.POSITIVE_INFINITY;
      await reporter.during(() => trainer.run(epoch, step, end), limit);
      step = trainer.steps;
      this.steps = before + step;
      if (trainer.isLossLost) {
        // A callback that watches for this has had its say.
        if (control.stopTraining) break;
        throw await this.lost('The loss is not a finite number', epoch, step - 1);
      }
      if (step < batches.length) await this.save(epoch, step);
      if (reporter.isStopWanted) break;
    }
    // Without a step there is no epoch to be broken off: a callback may have lost its loss in the last one.
    return trainer.isLossLost ? Math.min(step, batches.length - 1) : step;
  }

  private async endEpoch(epoch: number): Promise<void> {
    const { recorder, prepared } = this;
    const { losses, validationLosses, source, batches } = prepared;
    const { trainCount, validationCount } = source.plan;
    const seconds = (performance.now() - this.epochBegan) / 1000;
    const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
    recorder.add(
      { loss: sum(losses) / trainCount, val_loss: sum(validationLosses) / validationCount },
      seconds,
      trainCount,
    );
    const logs = logsOf(recorder, epoch);
    if (source.options.onNaN !== 'continue' && !Number.isFinite(logs.val_loss ?? 0)) {
      throw await this.lost('The validation loss is not a finite number', epoch, batches.length - 1);
    }
    for (const callback of this.callbacks) await callback.onEpochEnd?.(epoch, logs, this.control);
    const value = logs.val_loss ?? logs.loss;
    if (value < (this.best?.value ?? Number.POSITIVE_INFINITY)) this.best = { value, steps: this.steps };
    // Callbacks may have changed the weights.
    this.trainer.readModel();
    await this.save(epoch, batches.length);
  }

  /** Sees to it that weights are finite, and begins to write a checkpoint if there are to be any. */
  private async save(epoch: number, step: number): Promise<void> {
    const { prepared, checkpointer, trainer, recorder } = this;
    const { options } = prepared.source;
    if (!trainer.areWeightsFinite) {
      if (options.onNaN !== 'continue') throw await this.lost('A weight is not a finite number', epoch, step - 1);
      if (checkpointer && !this.isLossTold)
        this.warn('Weights are not finite numbers: no more checkpoints are written.');
      this.isLossTold = true;
      return;
    }
    if (!checkpointer) return;
    const isWhole = step === prepared.batches.length;
    await checkpointer.save({
      fingerprint: this.fingerprint,
      epochs: options.epochs,
      epoch: isWhole ? epoch + 1 : epoch,
      step: isWhole ? 0 : step,
      steps: this.steps,
      stopped: this.control.stopTraining,
      seconds: isWhole ? 0 : (performance.now() - this.epochBegan) / 1000,
      best: this.best,
      ...trainer.copy(),
      losses: isWhole ? new Float64Array(0) : prepared.losses.slice(0, step),
      history: recorder.copy(),
      callbacks: statesOf(this.callbacks),
    });
  }

  private async lost(what: string, epoch: number, step: number): Promise<NonFiniteError> {
    await this.checkpointer?.end();
    // After this error the model holds its current weights, not those before the epoch.
    this.trainer.writeModel();
    const { model, data } = this.prepared.source;
    return new NonFiniteError(what, epoch, step, this.checkpointer?.newest, findNonFinite(model, data));
  }
}

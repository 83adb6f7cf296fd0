import type { Callback, TrainControl } from './callbacks/callback.js';
import { trainInfo } from './callbacks/train-info.js';
import { Checkpointer } from './checkpoints/checkpointer.js';
import { NonFiniteError } from './checkpoints/errors.js';
import type { Fingerprint } from './checkpoints/fingerprint.js';
import { logNames, resumable, stateful, statesOf, trainingFingerprint } from './checkpoints/resume.js';
import type { TrainingState } from './checkpoints/state.js';
import { epochStepsOf } from './choose-steps.js';
import type { EpochSteps } from './epoch-steps.js';
import { CodeGuard, WrongCodeError } from './guard/code-guard.js';
import { type History, HistoryRecorder, logsOf } from './history.js';
import { LearningRates } from './learning-rates.js';
import type { PreparedTraining } from './prepare-training.js';
import { warningsOf } from './runtime/runtime.js';
import { StepReporter } from './step-reporter.js';
import { Trainer } from './trainer.js';
import type { CheckedFitOptions } from './training-source.js';
import { rememberEpochs, warnOfFrozenModels, warnOfRepetition } from './warnings.js';

/** One training from its begin, or from a checkpoint, to its end. */
export class TrainingRun {
  private readonly trainer: Trainer;
  private readonly epochSteps: EpochSteps;
  /** What the logs will have. */
  private readonly names: readonly string[];
  /** Losses, metrics and times of the epochs that are done. */
  private recorder: HistoryRecorder;
  /** Steps done in all. */
  private steps = 0;
  private readonly control: TrainControl;
  private readonly callbacks: readonly Callback[];
  private readonly rates: LearningRates;
  private readonly warn: (message: string) => void;
  private checkpointer: Checkpointer | undefined;
  private fingerprint: Fingerprint = {};
  private best: TrainingState['best'];
  /** Whether a warning has said that there will be no more checkpoints. */
  private isLossTold = false;
  /** When the running epoch began, as if it had never been interrupted. */
  private epochBegan = 0;
  /** Where the engine packs vectors: whether its code gives the bits that it must give. */
  private guard: CodeGuard | undefined;

  constructor(
    private readonly prepared: PreparedTraining,
    private readonly options: CheckedFitOptions,
  ) {
    this.trainer = new Trainer(prepared);
    this.trainer.stepsBefore = options.optimizerState?.steps ?? 0;
    this.callbacks = options.callbacks;
    this.rates = new LearningRates(prepared.source.updates, options.callbacks);
    this.warn = options.onWarning ?? warningsOf(prepared.runtime);
    this.control = { model: prepared.source.model, stopTraining: false };
    this.names = logNames(prepared, options.callbacks);
    this.recorder = new HistoryRecorder(this.names);
    this.epochSteps = epochStepsOf(prepared, options, (programs) => this.watchMore(programs));
  }

  async train(): Promise<History> {
    const { initialEpoch } = this.options;
    if (this.prepared.isShortOfLeaves) {
      this.warn(
        'The model is so large that its gradients are added up in few parts: more threads than that bring nothing.',
      );
    }
    warnOfFrozenModels(this.prepared, this.warn);
    const resumed = await this.open();
    if (!resumed) warnOfRepetition(this.prepared, this.options, this.warn);
    try {
      await this.begin(resumed);
      await this.watch(resumed);
      await this.trainEpochs(resumed);
      this.trainer.takeFinalValues(this.steps);
      const history = this.history();
      for (const callback of this.callbacks) await callback.onTrainEnd?.(history, this.control);
      return history;
    } finally {
      rememberEpochs(this.prepared.source, initialEpoch + this.recorder.epochs);
      await this.checkpointer?.end();
    }
  }

  /** Trains from a state to the end; if the engine's code turns out to be wrong, again from the last verified state. */
  private async trainEpochs(from: TrainingState | undefined): Promise<void> {
    const { epochs, initialEpoch, signal } = this.options;
    const begun = from?.step ? from : undefined;
    try {
      for (let epoch = from?.epoch ?? initialEpoch; epoch < epochs; epoch++) {
        if (this.control.stopTraining || signal?.aborted) break;
        const isWhole = await this.trainEpoch(epoch, epoch === begun?.epoch ? begun : undefined);
        if (!isWhole) break;
      }
      this.guard?.check();
    } catch (error) {
      const verified = this.guard?.verified;
      if (!(error instanceof WrongCodeError && verified)) throw error;
      this.warn(error.message);
      await this.guard?.fallBack();
      this.guard = undefined;
      await this.begin(verified);
      await this.trainEpochs(verified);
    }
  }

  /** Keeps what unpacked code makes of the first micro-batches, and the state to go back to. */
  private async watch(resumed: TrainingState | undefined): Promise<void> {
    const { prepared, options, epochSteps } = this;
    const { epoch = options.initialEpoch, step = 0 } = resumed ?? {};
    if (epoch >= options.epochs) return;
    this.trainer.readModel();
    await this.beginSteps(epoch, step);
    this.guard = await CodeGuard.begin(prepared.session, epochSteps.guarded(), prepared.programs);
    this.guard?.hold(resumed ?? this.state(epoch, step));
  }

  /** As `watch`, when programs are added on the way. */
  private async watchMore(programs: PreparedTraining['programs']): Promise<void> {
    if (!this.guard) return;
    this.guard.check();
    this.guard = await this.guard.withMore(this.prepared.session, this.epochSteps.guarded(), programs);
    this.guard?.expectSteps();
  }

  private beginSteps(epoch: number, step: number): Promise<void> {
    const updatesBefore = this.trainer.stepsBefore + this.steps - step;
    return this.epochSteps.begin({ epoch, step, updatesBefore, rates: this.rates.copy() });
  }

  private history(): History {
    const { epochs, initialEpoch, signal } = this.options;
    const { microBatch, convolutions } = this.prepared;
    // A signal that came after the last step, or after a callback had ended training, has ended nothing.
    const isUnfinished = !this.control.stopTraining && this.recorder.epochs < epochs - initialEpoch;
    return {
      ...this.recorder.copy(),
      steps: this.steps,
      aborted: signal?.aborted === true && isUnfinished,
      microBatchSize: microBatch,
      convolutions,
      optimizerState: { steps: this.trainer.stepsBefore + this.steps, slots: this.trainer.copy().slots },
    };
  }

  /** Finds the checkpoint to resume from, and gets ready to write others. */
  private async open(): Promise<TrainingState | undefined> {
    const { prepared, options } = this;
    const { checkpoints, resumeFrom } = options;
    if (!checkpoints && resumeFrom === undefined) return undefined;
    this.fingerprint = await trainingFingerprint(prepared, options);
    const found =
      resumeFrom === undefined ? undefined : await resumable(prepared, options, this.fingerprint, this.warn);
    const { store } = prepared.runtime;
    if (checkpoints) {
      this.checkpointer = await Checkpointer.open(checkpoints, store, this.warn, resumeFrom, found?.path);
    }
    return found?.state;
  }

  /** Tells callbacks what is to come, and takes up what a checkpoint holds. */
  private async begin(resumed: TrainingState | undefined): Promise<void> {
    const { epochs, initialEpoch, optimizerState } = this.options;
    const { history, best, steps = 0, epoch = initialEpoch, step = 0 } = resumed ?? {};
    this.best = best;
    this.steps = steps;
    this.recorder = new HistoryRecorder(this.names, history);
    if (optimizerState) this.trainer.restoreSlots(optimizerState.slots);
    const info = trainInfo(this.prepared, this.epochSteps, { epochs, epoch, step }, this.recorder.copy(), this.names);
    for (const callback of this.callbacks) await callback.onTrainBegin?.(info);
    if (!resumed) return;
    // After the callbacks: what they did to the weights when training began is in the checkpoint.
    this.trainer.stepsBefore = resumed.stepsBefore;
    this.trainer.restore(resumed);
    this.rates.restore(resumed.rates);
    this.trainer.writeModel();
    stateful(this.callbacks).forEach((callback, index) => {
      callback.restore?.(resumed.callbacks[index]);
    });
    // A call that asks for more epochs continues, though a callback had ended training.
    this.control.stopTraining = resumed.stopped && epochs <= resumed.epochs;
  }

  /**
   * @param begun the state of this epoch if some of its steps are done
   * @returns whether all steps were done
   */
  private async trainEpoch(epoch: number, begun: TrainingState | undefined): Promise<boolean> {
    const { epochSteps } = this;
    for (const callback of this.callbacks) await callback.onEpochBegin?.(epoch);
    if (this.options.signal?.aborted) return false;
    if (!begun) this.rates.beginEpoch(epoch);
    await this.beginSteps(epoch, begun?.step ?? 0);
    // Callbacks may have changed the weights. Within an epoch they had done so before the checkpoint, whose weights are
    // in their place already.
    if (begun) epochSteps.log.restore(begun.step, begun.log);
    else this.trainer.readModel();
    this.epochBegan = performance.now() - (begun?.seconds ?? 0) * 1000;
    const steps = await this.doSteps(epoch, begun?.step ?? 0);
    this.trainer.writeModel();
    if (epochSteps.failure) throw epochSteps.failure.error;
    // A callback may have lost the loss in the last step: an epoch without one is not whole.
    const isWhole = epochSteps.isOver(steps) && !epochSteps.isLossLost;
    if (isWhole) await this.endEpoch(epoch, steps);
    return isWhole;
  }

  /** Does an epoch's steps, in parts that end with a checkpoint each; gives how many of them are done. */
  private async doSteps(epoch: number, firstStep: number): Promise<number> {
    const { callbacks, control, checkpointer, epochSteps } = this;
    const [{ signal, onNaN }, { runtime }] = [this.options, this.prepared];
    const reporter = new StepReporter({ runtime, epochSteps, epoch, firstStep, callbacks, control, signal });
    const before = this.steps - firstStep;
    let step = firstStep;
    while (!epochSteps.isOver(step) && !epochSteps.failure) {
      const end = checkpointer ? checkpointer.nextAfter(before + step) - before : Number.POSITIVE_INFINITY;
      const milliseconds = checkpointer?.milliseconds ?? Number.POSITIVE_INFINITY;
      this.guard?.expectSteps();
      step = await epochSteps.run({ first: step, end, milliseconds, stopsOnNaN: onNaN === 'stop' }, reporter);
      this.steps = before + step;
      if (epochSteps.isLossLost) {
        // A callback that watches for this has had its say.
        if (control.stopTraining) break;
        throw await this.lost('The loss is not a finite number', epoch, step - 1);
      }
      if (!epochSteps.isOver(step)) await this.save(epoch, step);
      if (reporter.isStopWanted) break;
    }
    return step;
  }

  private async endEpoch(epoch: number, steps: number): Promise<void> {
    const { recorder, checkpointer } = this;
    // Before callbacks see what was computed. Without checkpoints once, and again when training ends.
    if (checkpointer || this.guard?.isFresh) this.guard?.check();
    const { log, validationLog } = this.epochSteps;
    const seconds = (performance.now() - this.epochBegan) / 1000;
    const validation = Object.entries(validationLog?.logs() ?? {}).map(([name, value]) => [`val_${name}`, value]);
    const rates = this.rates.logs(this.trainer.stepsBefore + this.steps);
    recorder.add({ ...log.logs(), ...Object.fromEntries(validation), ...rates }, seconds, log.examples);
    const logs = logsOf(recorder, recorder.epochs - 1);
    const isLost = (validationLog?.lossNames ?? []).some((name) => !Number.isFinite(logs[`val_${name}`]));
    if (this.options.onNaN !== 'continue' && isLost) {
      throw await this.lost('The validation loss is not a finite number', epoch, steps - 1);
    }
    for (const callback of this.callbacks) await callback.onEpochEnd?.(epoch, logs, this.control);
    const value = logs.val_loss ?? logs.loss;
    if (value < (this.best?.value ?? Number.POSITIVE_INFINITY)) this.best = { value, steps: this.steps };
    // Callbacks may have changed the weights.
    this.trainer.readModel();
    await this.save(epoch, steps);
  }

  /** Sees to it that weights are finite, and begins to write a checkpoint if there are to be any. */
  private async save(epoch: number, step: number): Promise<void> {
    const { checkpointer, trainer, options } = this;
    if (checkpointer) this.guard?.check();
    if (!trainer.areWeightsFinite) {
      if (options.onNaN !== 'continue') throw await this.lost('A weight is not a finite number', epoch, step - 1);
      if (checkpointer && !this.isLossTold) {
        this.warn('Weights are not finite numbers: no more checkpoints are written.');
      }
      this.isLossTold = true;
      return;
    }
    if (!checkpointer && !this.guard?.isChecked) return;
    const state = this.state(epoch, step);
    this.guard?.hold(state);
    await checkpointer?.save(state);
  }

  /** Everything that the rest of the training depends on, after a step of an epoch. */
  private state(epoch: number, step: number): TrainingState {
    const { epochSteps, trainer, recorder, options } = this;
    const isWhole = epochSteps.isOver(step);
    return {
      fingerprint: this.fingerprint,
      epochs: options.epochs,
      epoch: isWhole ? epoch + 1 : epoch,
      step: isWhole ? 0 : step,
      steps: this.steps,
      stepsBefore: trainer.stepsBefore,
      stopped: this.control.stopTraining,
      seconds: isWhole || step === 0 ? 0 : (performance.now() - this.epochBegan) / 1000,
      best: this.best,
      ...trainer.copy(),
      rates: this.rates.copy(),
      log: epochSteps.log.copy(isWhole ? 0 : step),
      history: recorder.copy(),
      callbacks: statesOf(this.callbacks),
    };
  }

  private async lost(what: string, epoch: number, step: number): Promise<NonFiniteError> {
    this.guard?.check();
    await this.checkpointer?.end();
    // After this error the model holds its current weights, not those before the epoch.
    this.trainer.writeModel();
    const found = this.epochSteps.findNonFinite();
    return new NonFiniteError(what, epoch, step, this.checkpointer?.newest, found);
  }
}

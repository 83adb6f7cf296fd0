import { RandomStream } from '@weft/core';
import type { TrainingState } from './checkpoints/state.js';
import type { StateTensor } from './history.js';
import type { PreparedTraining } from './prepare-training.js';
import { inSequence, writeKeys } from './step/session.js';
import { CONTROL, STOPPED } from './task.js';

/** The random stream that the order of training examples is drawn from. */
const SHUFFLE_STREAM = 0x73687566;

/** Weights and what optimisers keep for them. */
type Values = Pick<TrainingState, 'weights' | 'slots'>;

/** Does the steps of a training on the workers, and moves weights between the model, their memory and checkpoints. */
export class Trainer {
  /** Updates that the optimisers have counted before this training began. */
  stepsBefore = 0;

  constructor(private readonly prepared: PreparedTraining) {}

  /**
   * Draws the order of an epoch's examples and computes its steps' scalars.
   *
   * @param rates learning rates that callbacks have set, by update
   */
  beginEpoch(epoch: number, shuffle: boolean, stepsDone: number, rates: readonly number[]): void {
    const { order, validationOrder, batches, updates, source } = this.prepared;
    inSequence(order, epoch);
    if (shuffle) {
      new RandomStream(source.seed, SHUFFLE_STREAM, epoch).shuffle(order.index);
      writeKeys(order, epoch);
    }
    if (validationOrder) writeKeys(validationOrder, epoch);
    for (const [update, { optimizer, scalars, scalarCount }] of updates.entries()) {
      batches.forEach((_, step) => {
        scalars.set(optimizer.scalars(this.stepsBefore + stepsDone + step + 1, rates[update]), step * scalarCount);
      });
    }
  }

  /**
   * Does steps of the epoch that was begun, up to before `endStep` or until it is to stop; behind the epoch's last one
   * also the validation.
   *
   * @param stopsOnNaN whether a loss that is not finite ends them
   */
  async run(firstStep: number, endStep: number, stopsOnNaN: boolean): Promise<void> {
    const { runtime, work, log } = this.prepared;
    await runtime.runOnAll({ ...work, finite: stopsOnNaN ? log.losses : [], firstStep, endStep });
  }

  /** Steps of the running epoch that are done. */
  get steps(): number {
    return Atomics.load(this.prepared.runtime.control, CONTROL.steps);
  }

  /** Whether the last step had a loss that is not a finite number, which ended the run. */
  get isLossLost(): boolean {
    return Atomics.load(this.prepared.runtime.control, CONTROL.stopped) === STOPPED.lossIsNotFinite;
  }

  /** Whether all weights are finite numbers. */
  get areWeightsFinite(): boolean {
    const { source, session } = this.prepared;
    return source.weights.every(({ weight }) => session.valuesOf(weight).every(Number.isFinite));
  }

  /** The models' weights become those that are trained. */
  readModel(): void {
    const { source, session } = this.prepared;
    for (const { weight } of source.weights) session.valuesOf(weight).set(weight.data);
  }

  /** The weights that are trained become the models'. */
  writeModel(): void {
    const { source, session } = this.prepared;
    for (const { weight } of source.weights) weight.assign(session.valuesOf(weight));
  }

  /**
   * The models' weights become what optimisers want them to be in the end, such as their moving averages. Checkpoints
   * have the weights themselves.
   *
   * @param steps done in all
   */
  takeFinalValues(steps: number): void {
    const { source, session, updates } = this.prepared;
    const isThere = updates.some(({ optimizer }) => optimizer.finalSlot !== undefined);
    if (!isThere || this.stepsBefore + steps === 0) return;
    this.readModel();
    for (const [update, { optimizer, slots }] of updates.entries()) {
      const values = slots[optimizer.slots.indexOf(optimizer.finalSlot ?? '')];
      for (const [index, { weight }] of source.updates[update].weights.entries()) {
        if (values) session.valuesOf(weight).set(values[index]);
      }
    }
    this.writeModel();
  }

  /** Weights and what optimisers keep, copied. */
  copy(): Values {
    const { source, session, updates } = this.prepared;
    const tensor = (shape: readonly number[], values: Float32Array): StateTensor => ({ shape, data: values.slice() });
    const weights = source.weights.map(({ path, weight }): [string, StateTensor] => [
      path,
      tensor(weight.shape, session.valuesOf(weight)),
    ]);
    const slots = updates.flatMap(({ optimizer, slots: arrays }, update) =>
      optimizer.slots.map((slot, which): [string, Map<string, StateTensor>] => [
        slotName(update, slot),
        new Map(
          source.updates[update].weights.map(({ weight }, index): [string, StateTensor] => [
            this.pathOf(update, index),
            tensor(weight.shape, arrays[which][index]),
          ]),
        ),
      ]),
    );
    return { weights: new Map(weights), slots: new Map(slots) };
  }

  /** Weights and slots become those of a checkpoint of this very training. */
  restore({ weights, slots }: Values): void {
    const { source, session } = this.prepared;
    for (const { path, weight } of source.weights) {
      session.valuesOf(weight).set((weights.get(path) as StateTensor).data);
    }
    this.restoreSlots(slots);
  }

  /**
   * Slots become those that a training before has left behind.
   *
   * @throws RangeError if they are those of another optimiser or of other weights
   */
  restoreSlots(slots: Values['slots']): void {
    this.prepared.updates.forEach(({ optimizer, slots: arrays }, update) => {
      optimizer.slots.forEach((slot, which) => {
        const name = slotName(update, slot);
        arrays[which].forEach((array, index) => {
          const path = this.pathOf(update, index);
          const found = slots.get(name)?.get(path);
          if (found?.data.length !== array.length) {
            throw new RangeError(
              `fit: optimizerState: its slot ${name} has ${found?.data.length ?? 'no'} numbers for the weight ${path}, ` +
                `and ${optimizer.name} needs ${array.length}. Give the state of a training with the same model and optimiser.`,
            );
          }
          array.set(found.data);
        });
      });
    });
  }

  /** The path of an update's weight among those of the training. */
  private pathOf(update: number, index: number): string {
    const { weights, updates } = this.prepared.source;
    const { weight } = updates[update].weights[index];
    return (weights.find((named) => named.weight === weight) as { path: string }).path;
  }
}

/** What an optimiser's slot is called in checkpoints. */
export function slotName(update: number, slot: string): string {
  return `${update}/${slot}`;
}

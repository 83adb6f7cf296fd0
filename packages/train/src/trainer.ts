import type { TrainingState } from './checkpoints/state.js';
import type { StateTensor } from './history.js';
import type { PreparedTraining } from './prepare-training.js';

/** Weights and what optimisers keep for them. */
type Values = Pick<TrainingState, 'weights' | 'slots'>;

/** Moves weights between the model, the memory that workers share, and checkpoints. */
export class Trainer {
  /** Updates that the optimisers have counted before this training began. */
  stepsBefore = 0;

  constructor(private readonly prepared: PreparedTraining) {}

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

import { RandomStream } from '@weft/core';
import type { StateTensor, TrainingState } from './checkpoints/state.js';
import type { Piece } from './pieces.js';
import type { PreparedTraining } from './prepare-training.js';
import { CONTROL, STOPPED } from './task.js';

/** What the order of training examples is drawn for: independent of other draws from the same seed. */
const SHUFFLE_PURPOSE = 0x73687566;

/** Weights and what the optimiser keeps for them. */
type Parameters = Pick<TrainingState, 'weights' | 'optimizer'>;

/** Does the steps of a training on the workers, and moves weights between the model, their memory and checkpoints. */
export class Trainer {
  private readonly offsets: ReadonlyMap<string, number>;

  constructor(private readonly prepared: PreparedTraining) {
    const { layout, source } = prepared;
    this.offsets = new Map(source.model.parameters.map(({ name }, index) => [name, layout.offsets[index]]));
  }

  /** Draws the order of an epoch's examples and computes its steps' scalars. */
  beginEpoch(epoch: number): void {
    const { order, batches, scalars, source } = this.prepared;
    for (let index = 0; index < order.length; index++) order[index] = index;
    if (source.options.shuffle !== false) new RandomStream(source.plan.seed, SHUFFLE_PURPOSE, epoch).shuffle(order);
    batches.forEach((batch: Piece, step) => {
      const numbers = [1 / batch.count, ...source.optimizer.scalars(epoch * batches.length + step + 1)];
      scalars.set(numbers, step * numbers.length);
    });
  }

  /**
   * Does steps of the epoch that was begun, up to before `endStep` or until it is wanted to stop; behind the epoch's
   * last one also the validation.
   */
  async run(epoch: number, firstStep: number, endStep: number): Promise<void> {
    const { runtime, task, validation, keys } = this.prepared;
    await runtime.runOnAll(
      { ...task, epoch, firstStep, endStep, validation: validation && { ...validation, epoch } },
      keys,
    );
  }

  /** Steps of the running epoch that are done. */
  get steps(): number {
    return Atomics.load(this.prepared.runtime.control, CONTROL.steps);
  }

  /** Whether the last step had a loss that is no finite number, and ended the run. */
  get isLossLost(): boolean {
    return Atomics.load(this.prepared.runtime.control, CONTROL.stopped) === STOPPED.lossIsNotFinite;
  }

  /** Whether all weights are finite numbers. */
  get areWeightsFinite(): boolean {
    return this.prepared.parameters.every(Number.isFinite);
  }

  /** The model's weights become those that are trained. */
  readModel(): void {
    const { source, parameters, layout } = this.prepared;
    source.model.parameters.forEach(({ data }, index) => {
      parameters.set(data, layout.offsets[index]);
    });
  }

  /** The weights that are trained become the model's. */
  writeModel(): void {
    const { source, parameters, layout } = this.prepared;
    source.model.parameters.forEach(({ data }, index) => {
      data.set(parameters.subarray(layout.offsets[index], layout.offsets[index] + data.length));
    });
  }

  /** Weights and optimiser state, copied. */
  copy(): Parameters {
    const { parameters, source } = this.prepared;
    const slots = Array.from({ length: source.optimizer.slots }, (_, slot) => this.named(this.slot(slot)));
    return { weights: this.named(parameters), optimizer: slots };
  }

  /** Weights and optimiser state become those of a checkpoint of this very training. */
  restore({ weights, optimizer }: Parameters): void {
    const set = (target: Float32Array, tensors: ReadonlyMap<string, StateTensor>) => {
      for (const [name, { data }] of tensors) target.set(data, this.offsets.get(name));
    };
    set(this.prepared.parameters, weights);
    optimizer.forEach((tensors, slot) => void set(this.slot(slot), tensors));
  }

  private slot(slot: number): Float32Array {
    const { state, layout } = this.prepared;
    return state.subarray(slot * layout.length, (slot + 1) * layout.length);
  }

  private named(flat: Float32Array): Map<string, StateTensor> {
    return new Map(
      this.prepared.source.model.parameters.map(({ name, shape, data }) => {
        const offset = this.offsets.get(name) as number;
        return [name, { shape, data: flat.slice(offset, offset + data.length) }];
      }),
    );
  }
}

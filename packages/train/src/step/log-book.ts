import type { SharedMemory } from '../memory.js';
import type { Objective } from '../objective.js';
import type { MicroBatch } from './leaves.js';
import type { Block, LoggedNumber } from './stages.js';

const sum = (a: number, b: number) => a + b;

/** What is kept of all examples. */
interface ScoreArray {
  readonly address: number;
  array: Float32Array;
  /** Numbers of an example. */
  readonly size: number;
}

/** What the steps of an epoch, or of a set, leave behind: numbers for each step, and values for each example. */
export class LogBook {
  /** Names in the logs, in their order. */
  readonly names: readonly string[];
  /** Address of each number's float64 array, by objective. */
  private readonly addresses: readonly (readonly number[])[];
  readonly arrays: readonly Float64Array[][];
  readonly scoreArrays = new Map<string, ScoreArray>();

  /** @param batches of an epoch */
  constructor(
    memory: Pick<SharedMemory, 'float32' | 'float64'>,
    readonly objectives: readonly Objective[],
    readonly batches: MicroBatch[],
  ) {
    const parts = objectives.flatMap(({ logs }) => logs.map(({ name }) => name));
    const names = objectives.length > 1 ? ['loss', ...parts] : parts;
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new RangeError(`updates: '${twice}' is the name of two losses or metrics. Give each update its own name.`);
    }
    this.names = names;
    const steps = batches.length;
    const examples = batches.reduce((total, { count }) => total + count, 0);
    const reserved = objectives.map(({ numbers }) => numbers.map(() => memory.float64(steps)));
    this.addresses = reserved.map((list) => list.map(({ address }) => address));
    this.arrays = reserved.map((list) => list.map(({ array }) => array));
    for (const { name, tensor } of objectives.flatMap(({ scores }) => scores)) {
      // Several updates have the weights of examples in common.
      if (this.scoreArrays.has(name)) continue;
      const size = tensor.size / tensor.shape[0];
      this.scoreArrays.set(name, { ...memory.float32(examples * size), size });
    }
  }

  /** Which results of an objective's program are written where, a number for each step. */
  logged(objective: number, from: (number: number) => Block): LoggedNumber[] {
    return this.addresses[objective].map((to, number) => ({ from: from(number).address, to }));
  }

  /** Where values for each example are written. */
  scoreBlock(name: string): Block {
    const { address, size } = this.scoreArrays.get(name) as ScoreArray;
    return { address, perExampleOfEpoch: 4 * size };
  }

  /** Addresses of the losses, which must be finite. */
  get losses(): number[] {
    return this.addresses.map(([loss]) => loss);
  }

  /** Names of the losses that must be finite. */
  get lossNames(): string[] {
    return this.objectives.map(({ logs: [{ name }] }) => name);
  }

  /** Steps that it has numbers of, and their examples. */
  get steps(): number {
    return this.batches.length;
  }

  get examples(): number {
    return this.batches.reduce((total, { count }) => total + count, 0);
  }

  /** Whether all losses of a step are finite numbers. */
  isFinite(step: number): boolean {
    return this.arrays.every(([loss]) => Number.isFinite(loss[step]));
  }

  /** The loss in a step: that of the only objective, or the sum of all. */
  loss(step: number): number {
    return this.arrays.map(([loss]) => loss[step]).reduce(sum);
  }

  /** Losses and metrics of all steps together. Where there are several objectives, `loss` is the sum of theirs. */
  logs(): Record<string, number> {
    const { batches, examples } = this;
    const entries = this.objectives.flatMap(({ logs }, which) => {
      const mean = (number: number) => {
        const values = this.arrays[which][number];
        return batches.reduce((so, { count }, step) => so + values[step] * count, 0) / examples;
      };
      const scores = (name: string) => {
        const { array, size } = this.scoreArrays.get(name) as ScoreArray;
        return array.slice(0, examples * size);
      };
      return logs.map(({ name, value }) => [name, value({ examples, mean, scores })]);
    });
    const values = Object.fromEntries(entries);
    const { lossNames } = this;
    return lossNames.length > 1 ? { loss: lossNames.map((name) => values[name]).reduce(sum), ...values } : values;
  }

  /** All numbers of the first steps, one after another, and values of their examples: for checkpoints. */
  copy(steps: number): { numbers: Float64Array; scores: Float32Array } {
    const examples = this.batches.slice(0, steps).reduce((total, { count }) => total + count, 0);
    return {
      numbers: Float64Array.from(this.arrays.flat().flatMap((array) => [...array.subarray(0, steps)])),
      scores: Float32Array.from(
        [...this.scoreArrays.values()].flatMap(({ array, size }) => [...array.subarray(0, examples * size)]),
      ),
    };
  }

  /** Takes up what `copy` gave. */
  restore(steps: number, { numbers, scores }: { numbers: Float64Array; scores: Float32Array }): void {
    this.arrays.flat().forEach((array, which) => {
      array.set(numbers.subarray(which * steps, (which + 1) * steps));
    });
    const examples = this.batches.slice(0, steps).reduce((total, { count }) => total + count, 0);
    let at = 0;
    for (const { array, size } of this.scoreArrays.values()) {
      array.set(scores.subarray(at, at + examples * size));
      at += examples * size;
    }
  }
}

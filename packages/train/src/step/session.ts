import type { Tensor, TypedArray } from '@weft/core';
import type { Weight } from '@weft/nn';
import type { ExampleValues, NamedExamples, Table } from '../data.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Block } from './stages.js';
import { tablesOf } from './trace-batch.js';

/** Numbers of the examples of an epoch in the order in which they come, and their keys. */
export interface ExampleOrder {
  readonly index: Uint32Array;
  readonly exampleKeys: Uint32Array;
  readonly epochKeys: Uint32Array;
  /** Their blocks, in the order of a batch's first placeholders. */
  readonly blocks: readonly Block[];
}

/** The memory of one call of `fit`, `evaluate` or `predict`: where its arrays and weights lie. */
export class SessionMemory {
  private readonly tables = new Map<Table['values'], number>();
  private readonly captured = new Map<TypedArray, number>();
  private readonly weightAddresses = new Map<Weight, number>();
  private readonly seed: number;

  /**
   * @param examples sets whose arrays are copied in; arrays that several have are copied once
   * @param weights  that may change, in the order in which they are to lie
   */
  constructor(
    readonly runtime: Runtime,
    examples: readonly NamedExamples[],
    readonly weights: readonly Weight[],
    seed: number,
  ) {
    const { memory } = runtime;
    for (const { values } of examples.flatMap(tablesOf)) {
      if (!this.tables.has(values)) this.tables.set(values, this.copyIn(values));
    }
    // One after another: what changes them by one rule may then go over all of them.
    for (const weight of weights) {
      const { address, array } = memory.float32(weight.data.length);
      array.set(weight.data);
      this.weightAddresses.set(weight, address);
    }
    const words = memory.uint32(2);
    words.array.set([seed >>> 0, Math.floor(seed / 2 ** 32)]);
    this.seed = words.address;
    memory.constants.set(words.address, words.array.byteLength);
  }

  /** What nothing writes, by its address: examples, captured arrays, the seed. */
  get constants(): ReadonlyMap<number, number> {
    return this.runtime.memory.constants;
  }

  /** Address of a weight's values. */
  addressOf(weight: Weight): number {
    const address = this.weightAddresses.get(weight);
    if (address === undefined) throw new TypeError('fit: a weight has no place in memory.');
    return address;
  }

  /** A view of an array of examples, to write others into it. */
  writable({ label, values }: Table): ExampleValues {
    const address = this.tables.get(values);
    if (address === undefined) throw new TypeError(`fit: ${label} has no place in memory.`);
    const { constants, memory } = this.runtime.memory;
    constants.delete(address);
    const Kind = values.constructor as new (buffer: ArrayBufferLike, address: number, length: number) => ExampleValues;
    return new Kind(memory.buffer, address, values.length);
  }

  /** A view of a weight's values. */
  valuesOf(weight: Weight): Float32Array {
    return new Float32Array(this.runtime.memory.memory.buffer, this.addressOf(weight), weight.data.length);
  }

  /** Room for the order of some examples. */
  order(count: number): ExampleOrder {
    const { memory } = this.runtime;
    const [index, exampleKeys, epochKeys] = [count, 2 * count, 2 * count].map((length) => memory.uint32(length));
    return {
      index: index.array,
      exampleKeys: exampleKeys.array,
      epochKeys: epochKeys.array,
      blocks: [
        { address: index.address, perExampleOfEpoch: 4 },
        { address: exampleKeys.address, perExampleOfEpoch: 8 },
        { address: epochKeys.address, perExampleOfEpoch: 8 },
      ],
    };
  }

  /** Where the inputs of a program lie that was traced on a batch. */
  inputs(
    examples: NamedExamples,
    order: ExampleOrder,
    { leaves, placeholders }: { readonly leaves: readonly Tensor[]; readonly placeholders: number },
  ): Block[] {
    const tables = tablesOf(examples).map(({ values }) => ({ address: this.tables.get(values) as number }));
    const ofBatch = [...order.blocks, { address: this.seed }, ...tables];
    const known = new Map(this.weights.map((weight) => [weight.tensor.node, this.addressOf(weight)]));
    return leaves.map((leaf, which): Block => {
      if (which < placeholders) return ofBatch[which];
      return { address: known.get(leaf.node) ?? this.capture(leaf) };
    });
  }

  /** Arrays that a loss, a layer or a change of inputs has brought along: they are read, and never written. */
  private capture({ node, index, shape }: Tensor): number {
    const values = node.data[index];
    if (!values) {
      throw new TypeError(
        `fit: a placeholder of shape [${shape}] has no values. In losses, layers and corrupt use tensors with values, or what they are given.`,
      );
    }
    const known = this.captured.get(values) ?? this.copyIn(values);
    this.captured.set(values, known);
    return known;
  }

  private copyIn(values: TypedArray): number {
    const { memory } = this.runtime;
    const address = memory.allocate(values.byteLength);
    memory.constants.set(address, values.byteLength);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(memory.memory.buffer, address, bytes.length).set(bytes);
    return address;
  }
}

/** Puts some examples one after another, with their keys. */
export function inSequence(order: ExampleOrder, epoch: number, first = 0): void {
  order.index.forEach((_, at) => {
    order.index[at] = first + at;
  });
  writeKeys(order, epoch);
}

/** Writes the keys of examples, which follow from their numbers and the epoch. */
export function writeKeys({ index, exampleKeys, epochKeys }: ExampleOrder, epoch: number): void {
  index.forEach((number, at) => {
    exampleKeys[2 * at] = number;
    exampleKeys[2 * at + 1] = 0;
    epochKeys[2 * at] = number;
    epochKeys[2 * at + 1] = epoch + 1;
  });
}

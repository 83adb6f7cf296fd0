import { cast, placeholder, reshape, type Tensor, table, transpose } from '@weft/core';
import { OnnxError } from '../error.js';
import { keepsOrder, permuted } from '../permute.js';
import type { Constant } from './constant.js';
import { type OnnxNode, Unsupported } from './node.js';
import type { OnnxGraph } from './read-graph.js';
import { asGiven, type ComputedValue, type KnownValue, type Operand, toLast, type Value } from './value.js';

/** What numbers are called that come from no initializer. */
export const CONSTANT = 'constant';

/** Numbers that the model holds: trained, or kept as they are. */
export interface WeightLeaf {
  /** What the file calls it. */
  readonly source: string;
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly isFrozen: boolean;
}

/** What a node that acts otherwise in training becomes, instead of operations. */
export interface SpecialLayer {
  readonly type: 'BatchNormalization' | 'Dropout';
  readonly options: Readonly<Record<string, number>>;
  /** What it takes. */
  readonly x: Tensor;
  /** In the order of the layer's weights. */
  readonly weights: readonly WeightLeaf[];
}

/** Numbers that a file may make while it is read, besides so many for each that it holds. */
const [MADE, MADE_OF_EACH] = [2 ** 23, 16];

/** What the nodes of a graph are computed with, for a batch. */
export class ImportContext {
  /** The leaves that stand for weights. */
  readonly weights = new Map<object, WeightLeaf>();
  /** Results of nodes that become layers of their own kinds. */
  readonly special = new Map<Tensor, SpecialLayer>();
  /** By the numbers that they hold, then by order and shape. */
  private readonly leaves = new Map<KnownValue['data'], Map<string, Tensor>>();
  private left = MADE;

  constructor(
    private readonly graph: Pick<OnnxGraph, 'opset' | 'frozen' | 'parameters' | 'constants'>,
    readonly batch: number,
    /** Initializers that stand in several places: what they become is computed from one weight. */
    private readonly shared: ReadonlySet<string>,
    readonly hasSpecialLayers: boolean,
  ) {
    for (const { data } of graph.constants.values()) this.left += MADE_OF_EACH * data.length;
  }

  get opset(): number {
    return this.graph.opset;
  }

  /** An initializer, as nodes see it. */
  initializer(name: string, constant: Constant): Value {
    const isWeight = constant.kind === 'float' && constant.shape.length > 0 && !this.graph.parameters.has(name);
    const known: KnownValue = { ...constant, is: 'known', ...(isWeight && { source: name }) };
    return isWeight && this.shared.has(name) ? this.fixed(this.tensor(known)) : known;
  }

  /** A computed value that depends on no example. */
  fixed(x: Tensor): ComputedValue {
    return { is: 'computed', x, isLast: false, kind: 'float', isFixed: true };
  }

  /**
   * Counts known numbers that a node has made of others: a small file must not become much.
   *
   * @throws OnnxError if there are too many
   */
  spend(taken: readonly (Value | undefined)[], made: readonly (Value | undefined)[]): void {
    const [before, after] = [taken, made].map((values) =>
      values.reduce((total, value) => total + (value?.is === 'known' ? value.data.length : 0), 0),
    );
    // Those of a node without inputs stand in the file.
    if (taken.length === 0) this.left += MADE_OF_EACH * after;
    else if (after > 0) this.spendNumbers(before + after);
  }

  /** @throws OnnxError as `spend` */
  spendNumbers(count: number): void {
    this.left -= count;
    if (this.left < 0) throw new OnnxError('fromOnnx: the file makes far more numbers of few than models do.');
  }

  /** The tensor of any value, with its axes in ONNX's order. */
  tensor(
    value: Value,
    wanted?: { readonly permutation: readonly number[]; readonly shape?: readonly number[] },
  ): Tensor {
    if (value.is === 'computed') {
      const x = asGiven(value);
      const moved = wanted ? transpose(x, wanted.permutation) : x;
      return wanted?.shape ? reshape(moved, wanted.shape) : moved;
    }
    const { shape } = value;
    const order = wanted?.permutation ?? shape.map((_, axis) => axis);
    return this.leaf(value, { shape, order, becomes: wanted?.shape ?? order.map((axis) => shape[axis]) });
  }

  /**
   * A value as an operand that broadcasts: a number where it is one that no training changes.
   *
   * @param isBesideWhole whether another operand has as many axes as the result: then leading ones say nothing
   */
  operand(value: Value, rank: number, isLast: boolean, isBesideWhole = true): Operand {
    if (value.is === 'known') return this.knownOperand(value, rank, isLast, isBesideWhole);
    if (!isLast) return asGiven(value);
    const { x } = value;
    if (x.shape.length === rank) return value.isLast ? x : transpose(x, toLast(rank));
    const given = asGiven(value);
    const aligned = reshape(given, [...new Array<number>(rank - given.shape.length).fill(1), ...given.shape]);
    return given.size === 1 ? given : transpose(aligned, toLast(rank));
  }

  private knownOperand(value: KnownValue, rank: number, isLast: boolean, isBesideWhole: boolean): Operand {
    const { shape, data, source } = value;
    if (data.length === 1 && source === undefined) return data[0];
    const aligned = [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
    const order = isLast && aligned.length === rank ? toLast(rank) : aligned.map((_, axis) => axis);
    const lengths = order.map((axis) => aligned[axis]);
    // A bias of channels is a list again.
    const first = lengths.findIndex((length) => length !== 1);
    const shorter = first < 0 ? lengths.slice(-1) : lengths.slice(first);
    const least = isBesideWhole ? shorter : order.length > shape.length ? shape : lengths;
    return this.leaf(value, { shape: aligned, order, becomes: least });
  }

  /** The place of a layer of another kind: what it gives, as far as shapes tell. */
  layer(x: Tensor, special: Omit<SpecialLayer, 'x'>): Tensor {
    const y = placeholder({ shape: x.shape, dtype: x.dtype }, special.type);
    this.special.set(y, { ...special, x });
    return y;
  }

  /** A leaf for numbers, each once in each form. */
  private leaf(value: KnownValue, form: Form): Tensor {
    const { shape, order, becomes } = form;
    const key = `${keepsOrder(shape, order) ? '' : order.join()} ${becomes.join()}`;
    const forms = this.leaves.get(value.data) ?? new Map<string, Tensor>();
    const known = forms.get(key);
    if (known) return known;
    const leaf = this.newLeaf(value, permuted(value.data as Float32Array, shape, order), becomes);
    this.leaves.set(value.data, forms.set(key, leaf));
    return leaf;
  }

  /** Numbers that come from no initializer are data of the program. */
  private newLeaf(value: KnownValue, data: Float32Array, shape: readonly number[]): Tensor {
    const { source, kind } = value;
    if (kind !== 'float') return wholeNumbers(data, shape, kind);
    if (source === undefined) return table(Float32Array.from(data), shape);
    const leaf = placeholder({ shape, dtype: 'float32' }, source);
    this.weights.set(leaf.node, this.weight(value, shape, data));
    return leaf;
  }

  /** The numbers of a weight, also of one that stands in several places; undefined for what is computed. */
  numbersOf(value: Value): KnownValue | undefined {
    if (value.is === 'known') return value;
    const leaf = this.weights.get(value.x.node);
    return leaf && { is: 'known', kind: 'float', ...leaf };
  }

  /** A weight of a layer, from a value that is known. */
  weight({ source = CONSTANT }: KnownValue, shape: readonly number[], data: KnownValue['data']): WeightLeaf {
    return { source, data: Float32Array.from(data), shape, isFrozen: this.graph.frozen.has(source) };
  }
}

/** How known numbers are read: with their axes in another order, and then in another shape. */
interface Form {
  readonly shape: readonly number[];
  readonly order: readonly number[];
  readonly becomes: readonly number[];
}

/** Whole numbers are kept as floats, in which models hold weights. */
function wholeNumbers(data: KnownValue['data'], shape: readonly number[], kind: KnownValue['kind']): Tensor {
  if (data.some((number) => Math.abs(number) > 2 ** 24)) {
    throw new Unsupported('it computes with whole numbers beyond 2^24');
  }
  const numbers = table(Float32Array.from(data), shape);
  return kind === 'integer' ? cast(numbers, 'int32') : numbers;
}

/** A function that gives a node's outputs. */
export type Handler = (
  node: OnnxNode,
  inputs: readonly (Value | undefined)[],
  context: ImportContext,
) => readonly Value[] | Value;

/** A computed value. Whether it depends on examples is found out from the inputs. */
export const computed = (x: Tensor, isLast = false, kind: ComputedValue['kind'] = 'float'): ComputedValue => ({
  is: 'computed',
  x,
  isLast,
  kind,
  isFixed: false,
});

/** @throws Unsupported if a node lacks an input */
export function required(inputs: readonly (Value | undefined)[], which: number): Value {
  const value = inputs[which];
  if (!value) throw new Unsupported(`its input ${which} is missing`);
  return value;
}

/** Numbers that must be known, such as a shape; undefined where the input is left out. */
export function knownNumbers(value: Value | undefined, what: string): readonly number[] | undefined {
  if (value === undefined) return undefined;
  if (value.is === 'known') return Array.from(value.data);
  throw new Unsupported(`its ${what} is computed from examples`);
}

/** A computed value from any. */
export function computedOf(value: Value, context: ImportContext): ComputedValue {
  return value.is === 'computed' ? value : computed(context.tensor(value), false, value.kind);
}

/** An axis, which may count from the end. */
export function axisOf(axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(at) || at < 0 || at >= rank) throw new Unsupported(`there is no axis ${axis} of ${rank}`);
  return at;
}

/** Where an axis of ONNX's order lies in a value. */
export function storedAxis(axis: number, rank: number, isLast: boolean): number {
  return isLast ? toLast(rank).indexOf(axis) : axis;
}

/** Numbers by axis in ONNX's order, as the axes of a value lie. */
export function storedOrder<T>(numbers: readonly T[], isLast: boolean): readonly T[] {
  return isLast ? toLast(numbers.length).map((axis) => numbers[axis]) : numbers;
}

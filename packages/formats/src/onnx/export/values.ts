import type { DType, TypedArray } from '@weft/core';
import { composed, inverted, isIdentity, permuted, TO_CHANNELS_FIRST, TO_CHANNELS_LAST } from '../permute.js';
import { type Length, lengthName, sameLengths } from '../symbolic.js';
import type { GraphBuilder } from './graph.js';

/** How a value of rank 4 lies in the file: as Weft has it, or with channels before height and width, as ONNX has them. */
export type Layout = 'last' | 'first';

/** A value of the program, and the names it has in the file: one for each order of axes that somebody asked for. */
export interface Value {
  readonly shape: readonly Length[];
  readonly dtype: DType;
  readonly names: Map<string, string>;
  /** What is known before the program runs: weights, other arrays and numbers, in row-major order. */
  readonly data?: TypedArray | undefined;
  /** What the data are called. */
  readonly path?: string | undefined;
  /** The value whose elements these are, in another shape. */
  readonly reshaped?: Value | undefined;
  /** The value that is repeated. */
  readonly repeated?: Value | undefined;
  /** What is known of sums of pixels under windows. */
  readonly windows?: SumOverWindows | undefined;
}

/** Sums over windows, as means times the size of the window. */
export interface SumOverWindows {
  readonly mean: Value;
  readonly size: number;
  /** Where the windows lie. */
  readonly places: string;
  /** Whether pixels are counted: the image is 1 everywhere. */
  readonly isCount: boolean;
  /** The mean of pixels alone, without the zeros around the image. */
  meanOfPixels(): Value;
}

/** What ONNX has no operators for; the message goes into a list. */
export class Inexpressible extends Error {}

const fixed = (shape: readonly Length[]): shape is readonly number[] =>
  shape.every((length) => typeof length === 'number');

/** A shape for ONNX's Reshape: at most one length may follow the batch. */
export function shapeText(shape: readonly Length[]): number[] {
  if (shape.filter((length) => typeof length !== 'number').length > 1) {
    throw new Inexpressible('more than one axis is as long as the batch. Export it with batch: n');
  }
  return shape.map((length) => (typeof length === 'number' ? length : -1));
}

/** Gives values their names in the file: writes what leads from the form that is there to the one that is needed. */
export class ValueNames {
  private batchName: string | undefined;

  /** @param batchOf an input of the model whose first axis is the batch */
  constructor(
    readonly graph: GraphBuilder,
    private readonly batchOf: string,
  ) {}

  /** Whether some form of the value is written only with channels first. */
  isChannelsFirst(value: Value): boolean {
    const { names } = value;
    const has = (layout: Layout) => names.has(layout) || names.has(`truth ${layout}`);
    return has('first') && !has('last');
  }

  /** The name of a value in some order of axes. */
  name(value: Value, layout: Layout = 'last'): string {
    const known = value.names.get(layout);
    if (known !== undefined) return known;
    const name = this.write(value, layout);
    value.names.set(layout, name);
    return name;
  }

  /** The name of a value as truth: where it is not 0. */
  truth(value: Value, layout: Layout): string {
    const key = `truth ${layout}` as const;
    const other = value.names.get(layout === 'first' ? 'truth last' : 'truth first');
    const name =
      value.names.get(key) ??
      (other === undefined
        ? this.graph.node('Cast', [this.name(value, layout)], { to: 9 })
        : this.transposed(other, layout === 'first' ? TO_CHANNELS_FIRST : TO_CHANNELS_LAST));
    value.names.set(key, name);
    return name;
  }

  /** The name of a value with its axes in any order, such as a weight as ONNX's convolutions take it. */
  permuted(value: Value, permutation: readonly number[], shape?: readonly number[]): string {
    const { data, path } = value;
    if (data && fixed(value.shape)) {
      const dims = shape ?? permutation.map((axis) => value.shape[axis] as number);
      return this.array(
        value,
        `${permutation.join()} ${dims.join()}`,
        dims,
        permuted(data, value.shape, permutation),
        path,
      );
    }
    const name = this.transposed(this.name(value), permutation);
    return shape ? this.graph.node('Reshape', [name, this.graph.integers('shape', shape)]) : name;
  }

  /**
   * The name of an operand of an element-wise operator, which broadcasts by itself.
   *
   * @param rank of the result
   */
  operand(value: Value, layout: Layout, rank: number, asTruth = false): string {
    const { data, shape, path } = value;
    const isSmall = shape.every((length) => length === 1) && shape.length <= rank;
    if (layout === 'last' || rank !== 4 || isSmall) return asTruth ? this.truth(value, 'last') : this.name(value);
    if (shape.length === 4) return asTruth ? this.truth(value, layout) : this.name(value, layout);
    const aligned = [...new Array<number>(4 - shape.length).fill(1), ...shape];
    if (data && !asTruth && fixed(aligned)) {
      const dims = TO_CHANNELS_FIRST.map((axis) => aligned[axis]);
      const least = dims.slice(dims.findIndex((length) => length !== 1));
      return this.array(value, `aligned ${least.join()}`, least, permuted(data, aligned, TO_CHANNELS_FIRST), path);
    }
    const reshaped: Value = { shape: aligned, dtype: value.dtype, names: new Map(), reshaped: rootOf(value) };
    return asTruth ? this.truth(reshaped, layout) : this.name(reshaped, layout);
  }

  /** A transposition, if it moves anything. */
  transposed(name: string, permutation: readonly number[]): string {
    return isIdentity(permutation) ? name : this.graph.node('Transpose', [name], { perm: permutation });
  }

  /** An initializer for data in some order, each once. */
  private array(
    value: Value,
    key: string,
    dims: readonly number[],
    data: TypedArray,
    path: string | undefined,
  ): string {
    const name =
      value.names.get(key) ??
      (path === undefined
        ? this.graph.constant('constant', value.dtype, dims, data)
        : this.graph.weight(path, value.dtype, dims, data));
    value.names.set(key, name);
    return name;
  }

  private write(value: Value, layout: Layout): string {
    const { names, data, shape, dtype, path } = value;
    const truth = names.get(`truth ${layout}`);
    if (truth !== undefined) return this.graph.node('Cast', [truth], { to: 1 });
    if (data && fixed(shape)) {
      const permutation = layout === 'last' ? shape.map((_, axis) => axis) : TO_CHANNELS_FIRST;
      const dims = permutation.map((axis) => shape[axis]);
      return this.array(value, `whole ${dims.join()} ${layout}`, dims, permuted(data, shape, permutation), path);
    }
    if (layout === 'first') return this.transposed(this.name(value), TO_CHANNELS_FIRST);
    if (names.has('first')) return this.transposed(this.name(value, 'first'), TO_CHANNELS_LAST);
    if (names.has('truth first')) return this.transposed(this.name(value, 'first'), TO_CHANNELS_LAST);
    if (value.windows) return this.scaled(value.windows, dtype);
    if (value.reshaped) {
      return this.graph.node('Reshape', [this.name(value.reshaped), this.graph.integers('shape', shapeText(shape))]);
    }
    if (value.repeated) return this.expanded(value.repeated, shape);
    throw new Inexpressible('it depends on what cannot be expressed');
  }

  private scaled({ mean, size }: SumOverWindows, dtype: DType): string {
    const factor = this.graph.constant('constant', dtype, [], Float32Array.of(size));
    return this.graph.node('Mul', [this.name(mean), factor]);
  }

  private expanded(source: Value, shape: readonly Length[]): string {
    const missing = shape.length - source.shape.length;
    // An axis that is there already need not be named: 1 leaves it as it is.
    const wanted = shape.map((length, axis) => {
      const isThere = axis >= missing && sameLengths([length], [source.shape[axis - missing]]);
      return isThere ? 1 : length;
    });
    return this.graph.node('Expand', [this.name(source), this.lengths(wanted)]);
  }

  /** A shape as a value: its lengths may follow the batch. */
  lengths(shape: readonly Length[]): string {
    const { graph } = this;
    if (fixed(shape)) return graph.integers('shape', shape);
    const parts = shape.map((length) => {
      if (typeof length === 'number') return graph.integers('length', [length]);
      const batch = this.batch();
      return length.batch === 1
        ? batch
        : graph.node('Mul', [batch, graph.integers('length', [length.batch])], {}, lengthName(length.batch));
    });
    return parts.length === 1 ? parts[0] : graph.node('Concat', parts, { axis: 0 });
  }

  /** The batch, as a list of one number. */
  private batch(): string {
    const { graph } = this;
    this.batchName ??= graph.node(
      'Slice',
      [graph.node('Shape', [this.batchOf]), graph.integers('starts', [0]), graph.integers('ends', [1])],
      {},
      'batch_size',
    );
    return this.batchName;
  }
}

/** The value that reshapes begin with. */
export const rootOf = (value: Value): Value => value.reshaped ?? value;

/** The order of axes that leads from a layout to what a transposition of the value gives. */
export const fromLayout = (layout: Layout, permutation: readonly number[]): number[] =>
  layout === 'last' ? [...permutation] : composed(inverted(TO_CHANNELS_FIRST), permutation);

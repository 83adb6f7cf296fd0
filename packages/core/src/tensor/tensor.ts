import ndarray from 'ndarray';
import { printValues } from './print.js';
import { type DType, formatShape, type Shape, sizeOf, type TypedArray, type ValueType } from './shape.js';

/** Plain data that complete an operation: numbers, strings and arrays of them. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Computes values. Leaves carry it, so that a tensor knows how to compute itself without a global. */
export interface Engine {
  compute(tensors: readonly Tensor[]): TypedArray[];
}

/** One application of an operation. Leaves (`input`) hold their data, or none if they are placeholders. */
export interface Node {
  /** Nodes are numbered as they are made: a node can only depend on nodes with smaller numbers. */
  readonly id: number;
  operation: string;
  inputs: readonly Tensor[];
  attributes: Attributes;
  readonly outputs: readonly ValueType[];
  readonly engine: Engine | undefined;
  /** Data of a leaf, or values already computed, one array per output. */
  data: (TypedArray | undefined)[];
  /** Whether it was computed by means of a gradient, as the next weights of a training loop are. */
  isUpdate?: boolean;
  /** What is left of a history that was forgotten. */
  forgotten?: Forgotten;
}

/** What is known of the ancestors of a node that has forgotten them. */
export interface Forgotten {
  /** Numbers of its ancestors, back to those that had forgotten theirs before. */
  readonly ancestors: ReadonlySet<number>;
  /** Nodes with smaller numbers than this may be ancestors, too. */
  readonly before: number;
}

let created = 0;

/** @internal A node with the next number. */
export function createNode(node: Omit<Node, 'id'>): Node {
  return { ...node, id: created++ };
}

/**
 * An n-dimensional array that is computed when somebody asks for its values.
 *
 * Operations build tensors; `toArray`, `toNdarray` and `item` compute them. What was computed is kept.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * const y = x.mul(2).sum(1); // nothing is computed yet
 * y.toArray(); // [6, 14]
 * y.sum().item(); // 20
 */
export class Tensor {
  /** @internal */
  constructor(
    readonly node: Node,
    readonly index: number,
  ) {}

  /** Lengths of the axes, outermost first. */
  get shape(): Shape {
    return this.node.outputs[this.index].shape;
  }

  /** How the elements are stored. */
  get dtype(): DType {
    return this.node.outputs[this.index].dtype;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The values in row-major order as float32; a copy that is the caller's to keep. int32 is exact up to 2^24. */
  toArray(): Float32Array {
    return Float32Array.from(this.data());
  }

  /** The values as an ndarray of the same shape. */
  toNdarray(): ndarray.NdArray<Float32Array> {
    return ndarray(this.toArray(), [...this.shape]);
  }

  /**
   * The value of a tensor of one element.
   *
   * @throws RangeError if there are more or fewer
   */
  item(): number {
    if (this.size !== 1) {
      throw new RangeError(`item: the tensor has shape ${formatShape(this.shape)}, not one element. Use toArray().`);
    }
    return this.data()[0];
  }

  /**
   * A tensor of the same values that does not know how they were computed: no gradient passes through it, and what it
   * was computed from can be freed. Computes the values.
   */
  detach(): Tensor {
    const data = [this.data()];
    const type = { shape: this.shape, dtype: this.dtype };
    const { engine } = this.node;
    return new Tensor(createNode({ operation: 'input', inputs: [], attributes: {}, outputs: [type], engine, data }), 0);
  }

  /** `Tensor[2,3]`: the shape, without computing anything. */
  toString(): string {
    return `Tensor${formatShape(this.shape)}`;
  }

  /** What `console.log` shows in Node: the shape, the storage and the values, which are computed for it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const type = { shape: this.shape, dtype: this.dtype };
    const head = `Tensor ${formatShape(this.shape)} ${this.dtype}`;
    const isKnown = this.node.data[this.index] !== undefined;
    if (!isKnown && !this.node.engine) return `${head}, a placeholder`;
    try {
      return `${head}\n${printValues(type, this.data())}`;
    } catch (error) {
      return `${head}, not computed: ${error instanceof Error ? error.message : error}`;
    }
  }

  /** The values as they are stored, such as an Int32Array for int32; a copy. */
  toTypedArray(): TypedArray {
    return this.data().slice();
  }

  private data(): TypedArray {
    const known = this.node.data[this.index];
    if (known) return known;
    if (!this.node.engine) {
      throw new TypeError(
        `${this} is a placeholder, or made of placeholders or numbers alone: it has no values until a program that ` +
          'uses it is run. Make tensors of numbers with tensor().',
      );
    }
    return this.node.engine.compute([this])[0];
  }
}

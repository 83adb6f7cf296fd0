import type { Shape, Tensor } from '@weft/core';
import { table } from '@weft/core';
import { formatShape, sizeOf } from '@weft/core/program';
import { type Constraint, checkAxes, constrained } from '../constraints/constraints.js';
import type { Optimizer, UpdateResult } from '../optimizers/optimizer.js';
import { checkInitializer, type InitializationOptions, type Initializer, initialValues } from './initializers.js';
import type { Regularizer } from './regularizers.js';

/** A weight that a layer needs for some input shape. */
export interface WeightSpecification {
  /** Such as `kernel` or `bias`; distinct within the layer, and without a slash. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** `false` for state that no gradient changes, such as moving averages. Default true. */
  readonly trainable?: boolean;
  /** What holds after each update, such as `maxNorm()`. Default: anything. */
  readonly constraint?: Constraint | undefined;
  /** A penalty on its values, which is a part of the loss while it is trainable. */
  readonly regularizer?: Regularizer | undefined;
}

/** What decides first values where no model does. */
const ALONE: InitializationOptions = { seed: 42, stream: 0, index: 0 };

/** The weights that leaves are the tensors of, by the leaves' nodes. */
const owners = new WeakMap<object, Weight>();

/**
 * Numbers that training changes, or state that a layer renews. A layer owns its weights.
 *
 * First values are drawn when they are first asked for. Of all models that hold the weight by then, the one with the
 * most weights decides them, by its seed, its random stream and the weight's position among its weights.
 *
 * @example
 * const weight = new Weight({ name: 'bias', shape: [2], initializer: 'zeros' });
 * const before = weight.tensor;
 * weight.assign([1, 2]);
 * weight.data; // [1, 2]
 * before; // [0, 0]; no tensor changes after it was built
 */
export class Weight {
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** Whether gradients may change it; false for state such as moving averages. */
  readonly trainable: boolean;
  /** What holds after each update. */
  readonly constraint: Constraint | undefined;
  /** A penalty on its values, which is a part of the loss while it is trainable. */
  readonly regularizer: Regularizer | undefined;
  private origin: InitializationOptions = ALONE;
  private rank = 0;
  private values: Float32Array | undefined;
  private leaf: Tensor | undefined;

  /** @throws RangeError if the initialiser cannot fill that shape, or the constraint names an axis that it does not have */
  constructor({ name, shape, initializer, trainable = true, constraint, regularizer }: WeightSpecification) {
    checkInitializer(`Weight '${name}'`, initializer, shape);
    this.regularizer = regularizer;
    this.shape = [...shape];
    this.initializer = initializer;
    this.trainable = trainable;
    this.constraint = constraint;
    if (constraint) checkAxes(constraint, name, this.shape);
  }

  /** Row-major values, drawn when first asked for. Change them with `assign`. */
  get data(): Float32Array {
    this.values ??= initialValues(this.initializer, this.shape, this.origin);
    return this.values;
  }

  /** A float32 leaf that holds `data` itself, not a copy; the same leaf until `assign`. */
  get tensor(): Tensor {
    if (!this.leaf) {
      this.leaf = table(this.data, this.shape);
      owners.set(this.leaf.node, this);
    }
    return this.leaf;
  }

  /** @internal The weight whose tensor a leaf is, or was; undefined for other leaves. */
  static of(leaf: Tensor): Weight | undefined {
    return owners.get(leaf.node);
  }

  /**
   * Replaces the values by copies of others. Tensors that were built before keep the old ones.
   *
   * @param values row-major, as many as the shape has elements
   * @throws RangeError if there are more or fewer
   */
  assign(values: ArrayLike<number>): void {
    const expected = sizeOf(this.shape);
    if (values.length !== expected) {
      throw new RangeError(
        `Weight.assign: got ${values.length} values for a weight of ${formatShape(this.shape)}, which has ${expected}.`,
      );
    }
    this.values = Float32Array.from(values);
    this.leaf = undefined;
  }

  /** @internal A new value as the constraint wants it. */
  constrain(value: Tensor): Tensor {
    return this.constraint ? constrained(this.constraint, value) : value;
  }

  /** @internal An optimiser's update, where the constraint holds for the weight, and for what it becomes at the end. */
  constrainUpdate({ slots, finalSlot }: Optimizer, { parameter, state }: UpdateResult): UpdateResult {
    return {
      parameter: this.constrain(parameter),
      state: state.map((each, which) => (slots[which] === finalSlot ? this.constrain(each) : each)),
    };
  }

  /** @internal A model of `count` weights says how first values are to be drawn; larger models overrule smaller ones. */
  claim(origin: InitializationOptions, count: number): void {
    if (count <= this.rank) return;
    this.rank = count;
    this.origin = origin;
  }
}

/**
 * A weight as a model knows it.
 *
 * @example
 * const model = new Sequential([new Dense({ units: 2, name: 'top' })], { inputShape: [3] });
 * const [kernel] = model.weights;
 * [kernel.path, kernel.shape, kernel.trainable]; // ['top/kernel', [3, 2], true]
 */
export class ModelWeight {
  /** @internal */
  constructor(
    /** Where it lies, such as `dense/kernel`, or `encoder/dense/kernel` in a model within a model; distinct in a model. */
    readonly path: string,
    readonly weight: Weight,
    /** @internal The layer and the models around it, from the inside out. */
    readonly owners: readonly { readonly trainable: boolean }[],
  ) {}

  get shape(): Shape {
    return this.weight.shape;
  }

  /** Whether training changes it: so must say the weight itself, its layer, and every model around it. */
  get trainable(): boolean {
    return this.weight.trainable && this.owners.every(({ trainable }) => trainable);
  }

  /** Row-major values, drawn when first asked for. Change them with `weight.assign`. */
  get data(): Float32Array {
    return this.weight.data;
  }
}

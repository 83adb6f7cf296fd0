import {
  add,
  cast,
  compute,
  div,
  maximum,
  mean,
  mul,
  reshape,
  type Shape,
  sqrt,
  square,
  sub,
  type Tensor,
  tensor,
} from '@weft/core';
import { checkTensor, describe, formatShape, refuse, sizeOf } from '@weft/core/program';
import { flag } from '../options/readers.js';
import type { OptionsOf, Reader, Schema } from '../options/schema.js';
import type { WeightSpecification } from '../weights/weight.js';
import { layerOf } from './declare.js';
import type { LayerOptions } from './layer.js';

/** Keras's `epsilon()`: deviations are at least this. */
const LEAST_DEVIATION = 1e-7;

const keptAxes: Reader<readonly number[], number | readonly number[] | null> = (label, option, value) => {
  const axes: readonly unknown[] = value === null ? [] : Array.isArray(value) ? value : [value];
  const isFit = (axis: unknown) => Number.isSafeInteger(axis) && axis !== 0;
  if (!axes.every(isFit)) {
    refuse(label, option, value, 'whole numbers other than 0, which is the batch, or null for one mean of all');
  }
  return axes as readonly number[];
};

const oneOrMore: Reader<number | readonly number[]> = (label, option, value) => {
  if (Number.isFinite(value)) return value as number;
  if (Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)) return [...value];
  return refuse(label, option, value, 'a number, or an array of them in the order of the features');
};

const oneOrMoreFrom0: Reader<number | readonly number[]> = (label, option, value) => {
  const numbers = oneOrMore(label, option, value);
  return [numbers].flat().every((number) => number >= 0) ? numbers : refuse(label, option, value, 'numbers from 0');
};

const OPTIONS = {
  /** Axes with statistics of their own, where 0 is the batch; null for none. Default -1: the features. */
  axis: [keptAxes, [-1]],
  /** One number, or one for each position of the axes. Default: what `adapt` finds. */
  mean: [oneOrMore, undefined],
  /** The same of the variance; given together with `mean`. */
  variance: [oneOrMoreFrom0, undefined],
  /** Whether to turn what was normalised back. Default false. */
  invert: [flag, false],
} as const satisfies Schema;

/**
 * (x - mean) / sqrt(variance), with statistics of the data that `adapt` has seen. They are weights that no training
 * changes, and are saved with the model. Whole numbers become float32.
 *
 * @example
 * const layer = new Normalization();
 * layer.adapt(tensor([0, 10, 2, 30], [2, 2])); // means 1 and 20, deviations 1 and 10
 * const model = new Sequential([layer], { inputShape: [2] });
 * model.call(tensor([[3, 20]])); // [[2, 0]]
 */
export class Normalization extends layerOf('Normalization', OPTIONS) {
  constructor(options: LayerOptions & OptionsOf<typeof OPTIONS> = {}) {
    super(options);
    if ((this.mean === undefined) !== (this.variance === undefined)) {
      throw new RangeError(`${this.label}: give both mean and variance, or neither and call adapt(data).`);
    }
  }

  outputShape(inputShape: Shape): Shape {
    const { length } = sizes(this.kept(inputShape.length + 1), [1, ...inputShape]);
    for (const given of [this.mean, this.variance]) {
      if (typeof given === 'number' || given === undefined || given.length === length) continue;
      throw new RangeError(
        `${this.label}: there are ${given.length} numbers for the ${length} positions of the axes [${this.axis}] of ` +
          `examples ${formatShape(inputShape)}.`,
      );
    }
    return inputShape;
  }

  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    if (this.mean !== undefined) return [];
    const { shape } = sizes(this.kept(inputShape.length + 1), [1, ...inputShape]);
    return [
      { name: 'mean', shape, initializer: 'zeros', trainable: false },
      { name: 'variance', shape, initializer: 'ones', trainable: false },
    ];
  }

  /**
   * Takes mean and (biased) variance from data.
   *
   * @param data examples [count, ...shape], or batches of them one after another, such as from a generator
   * @throws TypeError if these are no tensors; RangeError if there are none, they have other features than the layer's
   *   input, or mean and variance were given as options
   */
  adapt(data: Tensor | Iterable<Tensor>): void {
    if (this.mean !== undefined) throw new RangeError(`${this.label}: mean and variance were given as options.`);
    const isIterable = typeof (data as Iterable<Tensor> | undefined)?.[Symbol.iterator] === 'function';
    let total: Statistics = { count: 0, mean: [], variance: [] };
    for (const batch of isIterable ? (data as Iterable<Tensor>) : [data as Tensor]) {
      checkTensor(this.label, batch, 'a tensor of examples');
      total = together(total, this.statisticsOf(batch));
    }
    if (total.count === 0)
      throw new RangeError(`${this.label}: there are no examples to adapt to, got ${describe(data)}.`);
    this.weights[0].assign(total.mean);
    this.weights[1].assign(total.variance);
  }

  call(x: Tensor, weights: readonly Tensor[]): Tensor {
    const kept = this.kept(x.shape.length);
    const shape = x.shape.map((length, axis) => (kept.includes(axis) ? length : 1));
    const statistic = (given: number | readonly number[] | undefined, weight: Tensor): Tensor => {
      if (given === undefined) return reshape(weight, shape);
      return typeof given === 'number' ? tensor(given) : reshape(tensor([...given]), shape);
    };
    const average = statistic(this.mean, weights[0]);
    const deviation = maximum(sqrt(statistic(this.variance, weights[1])), LEAST_DEVIATION);
    const numbers = cast(x, 'float32');
    return this.invert ? add(mul(numbers, deviation), average) : div(sub(numbers, average), deviation);
  }

  private statisticsOf(batch: Tensor): Statistics {
    const kept = this.kept(batch.shape.length);
    this.connect({ shape: batch.shape.slice(1), dtype: batch.dtype });
    if (batch.size === 0) return { count: 0, mean: [], variance: [] };
    const axes = batch.shape.map((_, axis) => axis).filter((axis) => !kept.includes(axis));
    const x = cast(batch, 'float32');
    const average = mean(x, axes, { keepDims: true });
    const [means, variances] = compute([average, mean(square(sub(x, average)), axes)]);
    return { count: batch.size / means.length, mean: [...means], variance: [...variances] };
  }

  /** The axes with statistics of their own, among as many, the batch's included. */
  private kept(rank: number): readonly number[] {
    const axes = this.axis.map((axis) => (axis < 0 ? axis + rank : axis));
    if (axes.every((axis) => axis >= 1 && axis < rank) && new Set(axes).size === axes.length) return axes;
    throw new RangeError(`${this.label}: examples of ${rank - 1} axes have no axes [${this.axis}], each once.`);
  }
}

/** What was found in some examples, by position of the axes; `count` is of numbers for each. */
interface Statistics {
  readonly count: number;
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** Mean and variance of two sets together (Chan, Golub and LeVeque 1979). */
function together(a: Statistics, b: Statistics): Statistics {
  if (a.count === 0 || b.count === 0) return a.count === 0 ? b : a;
  const count = a.count + b.count;
  const share = b.count / count;
  const shifts = b.mean.map((value, at) => value - a.mean[at]);
  return {
    count,
    mean: a.mean.map((value, at) => value + share * shifts[at]),
    variance: a.variance.map((value, at) => {
      return value + share * (b.variance[at] - value) + share * (1 - share) * shifts[at] * shifts[at];
    }),
  };
}

/** The lengths of some axes in order, and how many positions they have. */
function sizes(kept: readonly number[], shape: Shape): { readonly shape: Shape; readonly length: number } {
  const lengths = shape.filter((_, axis) => kept.includes(axis));
  return { shape: lengths, length: sizeOf(lengths) };
}

import { compute, matmul, type Tensor, tensor, transpose } from '@weft/core';
import { columnMeans } from '../centred.js';
import { requireFinite } from '../require-finite.js';
import { requireLabelledPoints } from '../require-labelled-points.js';
import { requireKnownOptions } from '../require-options.js';
import { shown } from '../shown.js';
import { requireClasses } from './confusion-matrix.js';
import { type Evaluated, minimise } from './minimise.js';

/** How a logistic regression is fitted. */
export interface LogisticRegressionOptions {
  /** Number of classes; default one more than the largest label. */
  classCount?: number;
  /** Inverse of the strength of the L2 penalty on coefficients, above 0. Default 1. */
  c?: number;
  /** Of the largest element of the objective's gradient, above 0. Default 1e-4. */
  tolerance?: number;
  /** Default 1000. */
  maxIterations?: number;
}

/** Products are in float32: what this hides of the objective, relative to it. */
const ROUNDING = 2 ** -24;

/** Labels beyond it are likely to be something else than classes, and each class needs memory. */
const MOST_CLASSES = 10_000;

const OPTIONS = { classCount: true, c: true, tolerance: true, maxIterations: true } as const;

/** A fitted logistic regression. */
export interface LogisticRegression {
  readonly classCount: number;
  /** Row-major, [classes, columns]. */
  readonly coefficients: Float64Array;
  /** One for each class. */
  readonly intercepts: Float64Array;
  /** Mean cross-entropy of the examples, in nats, plus the penalty: the sum of squares of coefficients / (2 c rows). */
  readonly objective: number;
  readonly iterations: number;
  /** Whether the tolerance was reached. */
  readonly converged: boolean;
  /**
   * Probability of each class for other points.
   *
   * @param points coordinates, row-major, [n, columns]
   * @returns row-major, [n, classes]; each row's sum is 1
   */
  probabilities(points: ArrayLike<number>): Float64Array;
  /**
   * The likeliest class of other points.
   *
   * @param points coordinates, row-major, [n, columns]
   */
  predict(points: ArrayLike<number>): Uint32Array;
}

/**
 * Fits a multinomial logistic regression with an L2 penalty on coefficients, but not on intercepts.
 *
 * @param points  coordinates, row-major, [rows, columns]
 * @param rows    number of points
 * @param columns number of coordinates
 * @param labels  class of each point, whole numbers from 0
 * @throws TypeError if points or labels are no arrays of numbers; RangeError if there is an unknown option or one out of
 * bounds, the shapes don't fit, a coordinate is not finite, or the labels are of one class only
 * @see sklearn.linear_model.LogisticRegression, whose objective this is for the same C
 * @example
 * logisticRegression([0, 1, 2, 3], 4, 1, [0, 0, 1, 1]).predict([-1, 4]); // [0, 1]
 */
export function logisticRegression(
  points: ArrayLike<number>,
  rows: number,
  columns: number,
  labels: ArrayLike<number>,
  options: LogisticRegressionOptions = {},
): LogisticRegression {
  requireKnownOptions('logisticRegression', options, OPTIONS);
  const given = requireLabelledPoints('logisticRegression', points, rows, columns, labels);
  const { c = 1, tolerance = 1e-4, maxIterations = 1000 } = options;
  requireAbove0('c', c);
  requireAbove0('tolerance', tolerance);
  requireAbove0('maxIterations', maxIterations);
  const classCount = options.classCount ?? given.labels[largestAt(given.labels, 0, rows)] + 1;
  if (!(classCount <= MOST_CLASSES)) {
    throw new RangeError(
      `logisticRegression: got ${shown(classCount)} classes, expected at most ${MOST_CLASSES}. Number the classes from 0.`,
    );
  }
  const classes = requireClasses('logisticRegression', 'the labels', given.labels, classCount);
  if (new Set(Array.from(classes)).size < 2) {
    throw new RangeError(`logisticRegression: all ${rows} labels are ${classes[0]}, expected two classes or more.`);
  }
  // Of deviations from the means the problem is better conditioned, and only intercepts differ.
  const middle = columnMeans(given.points, rows, columns);
  const products = productsWith(given.points, rows, columns, middle);
  const evaluate = (parameters: Float64Array): Evaluated => {
    const { coefficients, intercepts } = parted(parameters, classCount, columns);
    const residuals = products.forward(coefficients);
    const loss = subtractTruth(residuals, intercepts, classes);
    const gradient = new Float64Array(parameters.length);
    products.backward(residuals).forEach((element, at) => {
      gradient[at] = (element + coefficients[at] / c) / rows;
    });
    residuals.forEach((residual, at) => {
      gradient[classCount * columns + (at % classCount)] += residual / rows;
    });
    const squares = coefficients.reduce((sum, value) => sum + value * value, 0);
    return { value: (loss + squares / (2 * c)) / rows, gradient };
  };
  const start = new Float64Array(classCount * (columns + 1));
  const found = minimise(evaluate, start, { tolerance, maxIterations, rounding: ROUNDING });
  const { coefficients, intercepts } = parted(found.point, classCount, columns);
  coefficients.forEach((value, at) => {
    intercepts[Math.floor(at / columns)] -= value * middle[at % columns];
  });
  const { value: objective, iterations, converged } = found;
  return { ...fitted(coefficients, intercepts, columns), objective, iterations, converged };
}

/** What coefficients and intercepts say of points. */
function fitted(coefficients: Float64Array, intercepts: Float64Array, columns: number) {
  const classCount = intercepts.length;
  const probabilities = (points: ArrayLike<number>) => {
    const data = requireFinite('logisticRegression', points, 'the points');
    const rows = data.length / columns;
    if (!Number.isInteger(rows)) {
      throw new RangeError(
        `logisticRegression: the points hold ${data.length} values, expected a multiple of ${columns}, the number of columns that it was fitted to.`,
      );
    }
    const logits = productsWith(data, rows, columns, new Float64Array(columns)).forward(coefficients);
    for (let row = 0; row < rows; row++) {
      softmaxInto(logits.subarray(row * classCount, (row + 1) * classCount), intercepts);
    }
    return logits;
  };
  const predict = (points: ArrayLike<number>) => {
    const values = probabilities(points);
    return Uint32Array.from({ length: values.length / classCount }, (_, row) => {
      return largestAt(values, row * classCount, (row + 1) * classCount) - row * classCount;
    });
  };
  return { classCount, coefficients, intercepts, probabilities, predict };
}

const parted = (parameters: Float64Array, classCount: number, columns: number) => ({
  coefficients: parameters.subarray(0, classCount * columns),
  intercepts: parameters.subarray(classCount * columns),
});

/** Products of points, seen from a middle, with coefficients; sums are those of the engine's kernels. */
function productsWith(points: ArrayLike<number>, rows: number, columns: number, middle: Float64Array) {
  const moved = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      moved[row * columns + column] = points[row * columns + column] - middle[column];
    }
  }
  const matrix = tensor(moved, [rows, columns]);
  let turned: Tensor | undefined;
  return {
    /** From [classes, columns] to a logit for each point and class, [rows, classes]. */
    forward(coefficients: Float64Array): Float64Array {
      const weights = tensor(Float32Array.from(coefficients), [coefficients.length / columns, columns]);
      return Float64Array.from(compute([matmul(matrix, transpose(weights))])[0]);
    },
    /** From [rows, classes] to the gradient in coefficients, [classes, columns]. */
    backward(residuals: Float64Array): Float64Array {
      if (!turned) {
        turned = transpose(matrix);
        // Once, not with each product.
        compute([turned]);
      }
      const given = tensor(Float32Array.from(residuals), [rows, residuals.length / rows]);
      return Float64Array.from(compute([transpose(matmul(turned, given))])[0]);
    },
  };
}

/** Turns logits, [rows, classes], into probabilities minus 1 at the true class; returns the sum of cross-entropies. */
function subtractTruth(logits: Float64Array, intercepts: Float64Array, classes: ArrayLike<number>): number {
  const classCount = intercepts.length;
  let loss = 0;
  for (let index = 0; index < classes.length; index++) {
    const row = logits.subarray(index * classCount, (index + 1) * classCount);
    const logit = row[classes[index]] + intercepts[classes[index]];
    loss += softmaxInto(row, intercepts) - logit;
    row[classes[index]] -= 1;
  }
  return loss;
}

/** Adds intercepts to logits and turns them into probabilities; returns the logarithm of the sum of the exponentials. */
function softmaxInto(row: Float64Array, intercepts: Float64Array): number {
  let [largest, sum] = [-Infinity, 0];
  for (let which = 0; which < row.length; which++) {
    row[which] += intercepts[which];
    largest = Math.max(largest, row[which]);
  }
  for (let which = 0; which < row.length; which++) {
    row[which] = Math.exp(row[which] - largest);
    sum += row[which];
  }
  for (let which = 0; which < row.length; which++) row[which] /= sum;
  return largest + Math.log(sum);
}

/** Index of the largest value from one index to another; of several the first. */
function largestAt(values: ArrayLike<number>, from: number, to: number): number {
  let best = from;
  for (let index = from + 1; index < to; index++) if (values[index] > values[best]) best = index;
  return best;
}

function requireAbove0(name: string, value: number): void {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return;
  throw new RangeError(`logisticRegression: ${name} is ${shown(value)}, expected a number above 0.`);
}

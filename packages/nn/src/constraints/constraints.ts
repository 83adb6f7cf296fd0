import { add, div, maximum, minimum, mul, type Shape, sqrt, square, sum, type Tensor } from '@weft/core';
import { describe, formatShape, refuse } from '@weft/core/program';
import { above0, from0, share } from '../options/readers.js';
import { type Checked, checked, type OptionsOf, type Reader, type Schema } from '../options/schema.js';

const axes: Reader<number | readonly number[]> = (label, option, value) => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 0 && list.every((axis) => Number.isSafeInteger(axis))) return value as number | readonly number[];
  return refuse(label, option, value, 'an axis of the weight, or an array of them');
};

const OPTIONS = {
  maxNorm: {
    /** Default 2. */
    maxValue: [above0, 2],
    /** Along which norms are taken: 0 for the columns of a matrix, [0, 1, 2] for the filters of a Conv2D. Default 0. */
    axis: [axes, 0],
  },
  nonNeg: {},
  unitNorm: {
    /** As of `maxNorm`. Default 0. */
    axis: [axes, 0],
  },
  minMaxNorm: {
    /** Default 0. */
    minValue: [from0, 0],
    /** Default 1. */
    maxValue: [above0, 1],
    /** How much of the way norms are brought to the bounds in a step, from 0 to 1. Default 1. */
    rate: [share, 1],
    /** As of `maxNorm`. Default 0. */
    axis: [axes, 0],
  },
} as const satisfies Readonly<Record<string, Schema>>;

type Name = keyof typeof OPTIONS;
type Of<N extends Name> = { readonly name: N } & Checked<(typeof OPTIONS)[N]>;

/** What a weight is made to fulfil after each update, as plain data: what `maxNorm` and the like give. */
export type Constraint = Of<'maxNorm'> | Of<'nonNeg'> | Of<'unitNorm'> | Of<'minMaxNorm'>;

/**
 * Scales down what has a larger norm along an axis.
 *
 * @throws RangeError naming the option that is not what it must be
 * @example
 * const layer = new Dense({ units: 2, kernelConstraint: maxNorm({ maxValue: 3 }) });
 * maxNorm({ maxValue: 3 }); // { name: 'maxNorm', maxValue: 3, axis: 0 }
 */
export function maxNorm(options: OptionsOf<(typeof OPTIONS)['maxNorm']> = {}): Constraint {
  return { name: 'maxNorm', ...checked('maxNorm', options, OPTIONS.maxNorm) };
}

/**
 * Puts negative numbers to 0.
 *
 * @example
 * const layer = new Dense({ units: 2, kernelConstraint: nonNeg() });
 * nonNeg(); // { name: 'nonNeg' }
 */
export function nonNeg(): Constraint {
  return { name: 'nonNeg' };
}

/**
 * Scales norms along an axis to 1.
 * @throws RangeError naming the option that is not what it must be
 * @example
 * const layer = new Dense({ units: 2, kernelConstraint: unitNorm() }); // each column of the kernel has norm 1
 */
export function unitNorm(options: OptionsOf<(typeof OPTIONS)['unitNorm']> = {}): Constraint {
  return { name: 'unitNorm', ...checked('unitNorm', options, OPTIONS.unitNorm) };
}

/**
 * Brings norms along an axis between two bounds.
 * @throws RangeError naming the option that is not what it must be
 * @example
 * const layer = new Dense({ units: 2, kernelConstraint: minMaxNorm({ minValue: 0.5, maxValue: 2 }) });
 */
export function minMaxNorm(options: OptionsOf<(typeof OPTIONS)['minMaxNorm']> = {}): Constraint {
  const given = checked('minMaxNorm', options, OPTIONS.minMaxNorm);
  if (given.minValue <= given.maxValue) return { name: 'minMaxNorm', ...given };
  return refuse('minMaxNorm', 'minValue', given.minValue, `a number up to maxValue, which is ${given.maxValue}`);
}

/** @throws RangeError if it is none, or one of its options is not what it must be */
export function constraintOf(label: string, option: string, value: unknown): Constraint {
  const { name, ...options } = (value ?? {}) as Record<string, unknown>;
  if (typeof value !== 'object' || typeof name !== 'string' || !Object.hasOwn(OPTIONS, name)) {
    throw new RangeError(
      `${label}: ${option} is ${describe(value)}; expected a constraint: maxNorm(), nonNeg(), unitNorm() or minMaxNorm().`,
    );
  }
  return { name, ...checked(`${label}: ${option}`, options, OPTIONS[name as Name] as Schema) } as Constraint;
}

/** As Keras's backend.epsilon(). */
const EPSILON = 1e-7;

/** @throws RangeError if the constraint names an axis that the weight does not have */
export function checkAxes(constraint: Constraint, weight: string, shape: Shape): void {
  for (const axis of 'axis' in constraint ? [constraint.axis].flat() : []) {
    if (axis >= -shape.length && axis < shape.length) continue;
    throw new RangeError(`${constraint.name}: axis is ${axis}, but the ${weight} is ${formatShape(shape)}.`);
  }
}

/** The weight as the constraint wants it, by the formulas of Keras. */
export function constrained(constraint: Constraint, weight: Tensor): Tensor {
  if (constraint.name === 'nonNeg') return maximum(weight, 0);
  const norms = sqrt(sum(square(weight), constraint.axis, { keepDims: true }));
  const divisor = add(norms, EPSILON);
  switch (constraint.name) {
    case 'unitNorm':
      return div(weight, divisor);
    case 'maxNorm':
      return mul(weight, div(minimum(norms, constraint.maxValue), divisor));
    case 'minMaxNorm': {
      const { minValue, maxValue, rate } = constraint;
      const bounded = minimum(maximum(norms, minValue), maxValue);
      return mul(weight, div(rate === 1 ? bounded : add(mul(bounded, rate), mul(norms, 1 - rate)), divisor));
    }
  }
}

import { numberIn, refuse } from '@weft/core/program';
import { above0, flag, from0 } from '../options/readers.js';
import { checked, type OptionsOf, type Reader, type Schema } from '../options/schema.js';
import { powerOf } from './functions.js';
import type { Schedule } from './schedule.js';

const EXPONENTIAL = {
  /** At step 0. */
  initialLearningRate: from0,
  /** Steps in which the rate is multiplied by `decayRate` once. */
  decaySteps: above0,
  /** Above 0. */
  decayRate: above0,
  /** Whether the rate changes only once in every `decaySteps` steps. Default false. */
  staircase: [flag, false],
} as const satisfies Schema;

/** Options of `ExponentialDecay`, as in Keras. */
export type ExponentialDecayOptions = OptionsOf<typeof EXPONENTIAL>;

/**
 * initialLearningRate · decayRate^(step / decaySteps).
 *
 * @example
 * const schedule = new ExponentialDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5 });
 * console.log(schedule.at(0), schedule.at(200)); // 0.1 0.025
 */
export class ExponentialDecay implements Schedule {
  readonly name = 'ExponentialDecay';
  private readonly options;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: ExponentialDecayOptions) {
    this.options = checked(this.name, options, EXPONENTIAL);
  }

  at(step: number): number {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this.options;
    const times = step / decaySteps;
    return initialLearningRate * powerOf(decayRate, staircase ? Math.floor(times) : times);
  }

  config(): Record<string, unknown> {
    return { ...this.options };
  }
}

const INVERSE_TIME = {
  ...EXPONENTIAL,
  /** Steps in which the divisor grows by `decayRate`. */
  decaySteps: above0,
} as const satisfies Schema;

/** Options of `InverseTimeDecay`, as in Keras. */
export type InverseTimeDecayOptions = OptionsOf<typeof INVERSE_TIME>;

/**
 * initialLearningRate / (1 + decayRate · step / decaySteps).
 *
 * @example
 * const schedule = new InverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.5 });
 * console.log(schedule.at(2)); // 0.05
 */
export class InverseTimeDecay implements Schedule {
  readonly name = 'InverseTimeDecay';
  private readonly options;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: InverseTimeDecayOptions) {
    this.options = checked(this.name, options, INVERSE_TIME);
  }

  at(step: number): number {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this.options;
    const times = step / decaySteps;
    return initialLearningRate / (1 + decayRate * (staircase ? Math.floor(times) : times));
  }

  config(): Record<string, unknown> {
    return { ...this.options };
  }
}

const POLYNOMIAL = {
  /** At step 0. */
  initialLearningRate: from0,
  /** Steps until `endLearningRate`. */
  decaySteps: above0,
  /** Default 0.0001. */
  endLearningRate: [from0, 0.0001],
  /** Default 1, a straight line. */
  power: [from0, 1],
  /** Whether the rate jumps up again behind the end, to fall to the next multiple of `decaySteps`. Default false. */
  cycle: [flag, false],
} as const satisfies Schema;

/** Options of `PolynomialDecay`, as in Keras. */
export type PolynomialDecayOptions = OptionsOf<typeof POLYNOMIAL>;

/**
 * (initialLearningRate − endLearningRate) · (1 − step / decaySteps)^power + endLearningRate; then it stays there.
 *
 * @example
 * const schedule = new PolynomialDecay({ initialLearningRate: 0.1, decaySteps: 100, endLearningRate: 0 });
 * console.log(schedule.at(50), schedule.at(1000)); // 0.05 0
 */
export class PolynomialDecay implements Schedule {
  readonly name = 'PolynomialDecay';
  private readonly options;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: PolynomialDecayOptions) {
    this.options = checked(this.name, options, POLYNOMIAL);
  }

  at(step: number): number {
    const { initialLearningRate, endLearningRate, decaySteps, power, cycle } = this.options;
    const end = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
    const left = 1 - Math.min(step, end) / end;
    return (initialLearningRate - endLearningRate) * powerOf(left, power) + endLearningRate;
  }

  config(): Record<string, unknown> {
    return { ...this.options };
  }
}

const numbersFrom0: Reader<readonly number[]> = (label, option, value) => {
  if (!Array.isArray(value) || value.length === 0) refuse(label, option, value, 'an array of numbers from 0');
  for (const [index, each] of value.entries()) numberIn(label, `${option}: number ${index + 1}`, each, 0, Infinity);
  return [...value];
};

const PIECEWISE = {
  /** Steps behind which the next value counts, in rising order. */
  boundaries: numbersFrom0,
  /** Learning rates: one more than boundaries. */
  values: numbersFrom0,
} as const satisfies Schema;

/** Options of `PiecewiseConstantDecay`, as in Keras. */
export type PiecewiseConstantDecayOptions = OptionsOf<typeof PIECEWISE>;

/**
 * The first of `values` up to the first of `boundaries`, that step included; then the next, and so on.
 *
 * @example
 * const schedule = new PiecewiseConstantDecay({ boundaries: [100, 200], values: [0.1, 0.01, 0.001] });
 * console.log(schedule.at(100), schedule.at(101)); // 0.1 0.01
 */
export class PiecewiseConstantDecay implements Schedule {
  readonly name = 'PiecewiseConstantDecay';
  private readonly options;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: PiecewiseConstantDecayOptions) {
    this.options = checked(this.name, options, PIECEWISE);
    const { boundaries, values } = this.options;
    if (values.length !== boundaries.length + 1) {
      throw new RangeError(
        `${this.name}: there are ${boundaries.length} boundaries and ${values.length} values; expected one value more than boundaries.`,
      );
    }
    if (boundaries.some((boundary, index) => index > 0 && boundary <= boundaries[index - 1])) {
      refuse(this.name, 'boundaries', boundaries, 'steps in rising order');
    }
  }

  at(step: number): number {
    const { boundaries, values } = this.options;
    return values[boundaries.filter((boundary) => step > boundary).length];
  }

  config(): Record<string, unknown> {
    return { ...this.options };
  }
}

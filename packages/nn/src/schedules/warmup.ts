import { numberIn, oneOf } from '@weft/core/program';
import { above0, decay, from0, positiveInteger } from '../options/readers.js';
import { checked, type OptionsOf, type Reader, type Schema } from '../options/schema.js';
import { cosineOfHalfTurns } from './functions.js';
import { learningRateOf, rateAt, rateConfig, type Schedule } from './schedule.js';

const LINEAR = {
  /** What follows the warm-up: a schedule, whose step 0 is the first one behind it, or a number. */
  learningRate: learningRateOf,
  /** Steps of the warm-up. */
  warmupSteps: positiveInteger,
  /** The rate of the first step. Default 0. */
  initialLearningRate: [from0, 0],
} as const satisfies Schema;

/** Options of `LinearWarmup`. */
export type LinearWarmupOptions = OptionsOf<typeof LINEAR>;

/**
 * A line up to what any schedule begins with, and then that schedule.
 *
 * @see Goyal et al. (2017), Accurate, large minibatch SGD: training ImageNet in 1 hour, section 2.2
 * @example
 * const decay = new ExponentialDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5 });
 * const schedule = new LinearWarmup({ learningRate: decay, warmupSteps: 10 });
 * console.log(schedule.at(5), schedule.at(10), schedule.at(110)); // 0.05 0.1 0.05
 */
export class LinearWarmup implements Schedule {
  readonly name = 'LinearWarmup';
  private readonly options;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: LinearWarmupOptions) {
    this.options = checked(this.name, options, LINEAR);
  }

  at(step: number): number {
    const { learningRate, warmupSteps, initialLearningRate } = this.options;
    if (step >= warmupSteps) return rateAt(learningRate, step - warmupSteps);
    return (rateAt(learningRate, 0) - initialLearningRate) * (step / warmupSteps) + initialLearningRate;
  }

  config(): Record<string, unknown> {
    return { ...this.options, learningRate: rateConfig(this.options.learningRate) };
  }
}

const from2: Reader<number> = (label, option, value) => numberIn(label, option, value, 2, Infinity);
const annealing: Reader<'cos' | 'linear'> = (label, option, value) => oneOf(label, option, value, ['cos', 'linear']);

const ONE_CYCLE = {
  /** The largest rate. */
  maxLearningRate: from0,
  /** Steps of the cycle, from 2; behind them the rate stays. */
  totalSteps: from2,
  /** The share of the steps in which the rate rises, from 0 to below 1. Default 0.3. */
  pctStart: [decay, 0.3],
  /** Along half a wave of a cosine, or a line. Default `cos`. */
  annealStrategy: [annealing, 'cos'],
  /** The first rate is `maxLearningRate` divided by this. Default 25. */
  divFactor: [above0, 25],
  /** The last rate is the first one divided by this. Default 10000. */
  finalDivFactor: [above0, 10000],
} as const satisfies Schema;

/** Options of `OneCycle`, as those of PyTorch's `OneCycleLR`. */
export type OneCycleOptions = OptionsOf<typeof ONE_CYCLE>;

/**
 * Up to `maxLearningRate`, and then down to nearly nothing.
 *
 * @see Smith and Topin (2018), Super-convergence; agrees with PyTorch's OneCycleLR of two phases
 * @example
 * const schedule = new OneCycle({ maxLearningRate: 0.1, totalSteps: 101, annealStrategy: 'linear', pctStart: 0.5 });
 * console.log(schedule.at(0), schedule.at(1000)); // 0.004 4e-7
 */
export class OneCycle implements Schedule {
  readonly name = 'OneCycle';
  private readonly options;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: OneCycleOptions) {
    this.options = checked(this.name, options, ONE_CYCLE);
  }

  at(step: number): number {
    const { maxLearningRate, totalSteps, pctStart, divFactor, finalDivFactor } = this.options;
    const first = maxLearningRate / divFactor;
    const [top, end] = [pctStart * totalSteps - 1, totalSteps - 1];
    if (step <= top) return this.between(first, maxLearningRate, top > 0 ? step / top : 1);
    return this.between(maxLearningRate, first / finalDivFactor, (Math.min(step, end) - top) / (end - top));
  }

  config(): Record<string, unknown> {
    return { ...this.options };
  }

  private between(from: number, to: number, done: number): number {
    if (this.options.annealStrategy === 'linear') return from * (1 - done) + to * done;
    return to + ((from - to) / 2) * (1 + cosineOfHalfTurns(done));
  }
}

import { numberIn } from '@weft/core/program';
import { above0, from0, share } from '../options/readers.js';
import { checked, type OptionsOf, type Reader, type Schema } from '../options/schema.js';
import { cosineOfHalfTurns, power } from './functions.js';
import type { Schedule } from './schedule.js';

const COSINE = {
  /** At step 0. */
  initialLearningRate: from0,
  /** Steps of the decay, behind the warm-up. */
  decaySteps: above0,
  /** The share of the rate that is left at the end, from 0 to 1. Default 0. */
  alpha: [share, 0],
  /** The rate at the end of the warm-up, from which the decay begins. Default: there is no warm-up. */
  warmupTarget: [from0, undefined],
  /** Steps of a line from `initialLearningRate` to `warmupTarget`. Default 0. */
  warmupSteps: [from0, 0],
} as const satisfies Schema;

/** Options of `CosineDecay`, as in Keras. */
export type CosineDecayOptions = OptionsOf<typeof COSINE>;

/** Half a wave of a cosine from 1 to alpha. */
const wave = (done: number, alpha: number) => (1 - alpha) * 0.5 * (1 + cosineOfHalfTurns(done)) + alpha;

/**
 * Half a wave of a cosine from the initial rate down to `alpha` of it, where it stays; on request after a warm-up.
 *
 * @see Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts
 * @example
 * const schedule = new CosineDecay({ initialLearningRate: 0, warmupTarget: 0.1, warmupSteps: 10, decaySteps: 90 });
 * console.log(schedule.at(5), schedule.at(10), schedule.at(100)); // 0.05 0.1 0
 */
export class CosineDecay implements Schedule {
  readonly name = 'CosineDecay';
  private readonly options;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: CosineDecayOptions) {
    this.options = checked(this.name, options, COSINE);
    const { warmupTarget, warmupSteps } = this.options;
    if (warmupTarget === undefined && warmupSteps > 0) {
      throw new RangeError(`${this.name}: warmupSteps is ${warmupSteps} without warmupTarget. Give both.`);
    }
    if (warmupTarget !== undefined && warmupSteps === 0) {
      throw new RangeError(`${this.name}: warmupTarget is ${warmupTarget} without warmupSteps. Give both.`);
    }
  }

  at(step: number): number {
    const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = this.options;
    const top = warmupTarget ?? initialLearningRate;
    if (step < warmupSteps) return (top - initialLearningRate) * (step / warmupSteps) + initialLearningRate;
    return top * wave(Math.min(1, (step - warmupSteps) / decaySteps), alpha);
  }

  config(): Record<string, unknown> {
    const { warmupTarget, ...others } = this.options;
    return { ...others, ...(warmupTarget !== undefined && { warmupTarget }) };
  }
}

const from1: Reader<number> = (label, option, value) => numberIn(label, option, value, 1, Infinity);

const RESTARTS = {
  /** At step 0. */
  initialLearningRate: from0,
  /** Steps of the first decay. */
  firstDecaySteps: above0,
  /** How many times as long as the one before each decay is, from 1. Default 2. */
  tMul: [from1, 2],
  /** By what the rate at the beginning of each decay is multiplied. Default 1. */
  mMul: [from0, 1],
  /** The share of the initial rate that is left at the end of each decay, from 0 to 1. Default 0. */
  alpha: [share, 0],
} as const satisfies Schema;

/** Options of `CosineDecayRestarts`, as in Keras. */
export type CosineDecayRestartsOptions = OptionsOf<typeof RESTARTS>;

/**
 * `CosineDecay` again and again, each time longer.
 *
 * @see Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts
 * @example
 * const schedule = new CosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 10 });
 * console.log(schedule.at(0), schedule.at(10), schedule.at(30)); // 0.1 0.1 0.1
 */
export class CosineDecayRestarts implements Schedule {
  readonly name = 'CosineDecayRestarts';
  private readonly options;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: CosineDecayRestartsOptions) {
    this.options = checked(this.name, options, RESTARTS);
  }

  at(step: number): number {
    const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = this.options;
    let restarts = tMul === 1 ? Math.floor(step / firstDecaySteps) : 0;
    let [begin, length] = [restarts * firstDecaySteps, firstDecaySteps];
    for (; tMul > 1 && step >= begin + length; restarts++) [begin, length] = [begin + length, length * tMul];
    const done = Math.min(1, (step - begin) / length);
    const height = (1 - alpha) * 0.5 * power(mMul, restarts) * (1 + cosineOfHalfTurns(done)) + alpha;
    return initialLearningRate * height;
  }

  config(): Record<string, unknown> {
    return { ...this.options };
  }
}

import { ExponentialDecay } from '@weft/nn';
import type { OptionValue, Range } from './sweep.js';

/** Digits of drawn numbers: enough for any search, and short enough to type. */
const DIGITS = 6;

/**
 * The value of a range at a place of the unit interval.
 *
 * @param place above 0 and below 1
 */
export function valueAt(range: Range, place: number): OptionValue {
  if ('choice' in range) return range.choice[Math.floor(place * range.choice.length)];
  if ('integers' in range) return wholeAt(range.integers, place);
  if ('powersOfTwo' in range) {
    const [low, high] = range.powersOfTwo;
    let value = low;
    for (let times = wholeAt([0, doublings(low, high)], place); times > 0; times--) value *= 2;
    return value;
  }
  if ('uniform' in range) {
    const [low, high] = range.uniform;
    return rounded(low + place * (high - low), range.uniform);
  }
  const [low, high] = range.logUniform;
  // low (high / low)^place with the four basic operations alone: the same bits in every engine.
  const growth = new ExponentialDecay({ initialLearningRate: low, decaySteps: 1, decayRate: high / low });
  return rounded(growth.at(place), range.logUniform);
}

/** How many values a range has; undefined if they are numbers between two ends. */
export function countOf(range: Range): number | undefined {
  if ('choice' in range) return range.choice.length;
  if ('integers' in range) return range.integers[1] - range.integers[0] + 1;
  if ('powersOfTwo' in range) return doublings(...range.powersOfTwo) + 1;
  return undefined;
}

/** Whether a number is 1, 2, 4, 8 and so on. */
export function isPowerOfTwo(value: number): boolean {
  let power = 1;
  while (power < value) power *= 2;
  return power === value;
}

function doublings(low: number, high: number): number {
  let times = 0;
  for (let value = low; value < high; value *= 2) times++;
  return times;
}

function wholeAt([low, high]: readonly [number, number], place: number): number {
  return low + Math.floor(place * (high - low + 1));
}

/** To few digits, but not beyond an end. */
function rounded(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, Number(value.toPrecision(DIGITS))));
}

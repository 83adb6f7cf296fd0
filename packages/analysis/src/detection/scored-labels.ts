import { requireFinite } from '../require-finite.js';
import { requireNumbers } from '../require-numbers.js';
import { shown } from '../shown.js';

/** How many examples have a score of at least each threshold. */
export interface RankedScores {
  /** The different scores, falling. */
  readonly thresholds: Float64Array;
  /** Positive examples with a score of at least each threshold. */
  readonly truePositives: Float64Array;
  /** Negative examples with a score of at least each threshold. */
  readonly falsePositives: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Ranks examples by their scores. Examples of equal scores stand or fall together.
 *
 * @param caller name of the calling function, for the message
 * @param scores a number for each example, larger for those that are rather positive
 * @param labels 1 for a positive example, 0 for a negative one
 * @throws TypeError if one is no array of numbers; RangeError if a score is not finite, a label is another number, their
 * lengths differ, or one of the two kinds is missing
 */
export function rankedScores(caller: string, scores: ArrayLike<number>, labels: ArrayLike<number>): RankedScores {
  const values = requireFinite(caller, scores, 'the scores');
  const classes = requireNumbers(caller, 'the labels', labels);
  if (classes.length !== values.length) {
    throw new RangeError(`${caller}: got ${classes.length} labels for ${values.length} scores. Give one for each.`);
  }
  let positives = 0;
  for (let index = 0; index < classes.length; index++) {
    if (classes[index] !== 0 && classes[index] !== 1) {
      throw new RangeError(
        `${caller}: label ${index} is ${shown(classes[index])}, expected 1 for positive or 0 for negative.`,
      );
    }
    positives += classes[index];
  }
  const negatives = classes.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new RangeError(
      `${caller}: all ${classes.length} labels are ${classes[0]}, expected some of 1 and some of 0: one kind alone cannot be told from another.`,
    );
  }
  const order = Uint32Array.from({ length: values.length }, (_, index) => index);
  order.sort((left, right) => values[right] - values[left] || left - right);
  const rows: number[][] = [];
  let [hits, alarms] = [0, 0];
  for (let place = 0; place < order.length; place++) {
    if (classes[order[place]] === 1) hits++;
    else alarms++;
    const score = values[order[place]];
    if (place + 1 < order.length && values[order[place + 1]] === score) continue;
    rows.push([score, hits, alarms]);
  }
  const column = (which: number) => Float64Array.from(rows, (row) => row[which]);
  return { thresholds: column(0), truePositives: column(1), falsePositives: column(2), positives, negatives };
}

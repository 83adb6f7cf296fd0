import { refuse } from '@weft/core/program';
import { positiveInteger } from '../options/readers.js';
import { checked, type OptionsOf, type Schema } from '../options/schema.js';

const CONFUSION = {
  /** How many classes there are. Default: one more than the largest label. */
  classes: [positiveInteger, undefined],
} as const satisfies Schema;

/** Options of `confusionMatrix`. */
export type ConfusionMatrixOptions = OptionsOf<typeof CONFUSION>;

/**
 * How often each class was predicted as each: rows are what examples are, columns what was predicted, as in
 * scikit-learn.
 *
 * It is a function of predictions and no metric: a metric is one number, which logs, files and the progress line show.
 *
 * @param prediction labels [count]; or scores [count, classes], row-major as `predict` gives them, of which the largest
 *   is predicted
 * @param target     labels [count], whole numbers from 0
 * @throws RangeError if lengths do not fit, or a label is no class
 * @example
 * confusionMatrix([0, 1, 1, 1], [0, 0, 1, 1]); // [[1, 1], [0, 2]]
 */
export function confusionMatrix(
  prediction: ArrayLike<number>,
  target: ArrayLike<number>,
  options: ConfusionMatrixOptions = {},
): number[][] {
  const count = target.length;
  const given = checked('confusionMatrix', options, CONFUSION);
  const areLabels = prediction.length === count;
  const classes =
    given.classes ?? (areLabels ? largest([largest(prediction), largest(target)]) + 1 : prediction.length / count);
  if (!areLabels && prediction.length !== count * classes) {
    throw new RangeError(
      `confusionMatrix: ${prediction.length} predictions do not fit ${count} targets. Give a label for each, or scores of ` +
        `all classes for each.`,
    );
  }
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let example = 0; example < count; example++) {
    const label = areLabels ? prediction[example] : best(prediction, example * classes, classes);
    checkLabel('prediction', example, label, classes);
    checkLabel('target', example, target[example], classes);
    matrix[target[example]][label]++;
  }
  return matrix;
}

function largest(values: ArrayLike<number>): number {
  let result = 0;
  for (let at = 0; at < values.length; at++) if (values[at] > result) result = values[at];
  return result;
}

/** Position of the largest score of an example, the first if several are; NaN if one of them is. */
function best(scores: ArrayLike<number>, begin: number, classes: number): number {
  let result = 0;
  for (let which = 0; which < classes; which++) {
    if (Number.isNaN(scores[begin + which])) return Number.NaN;
    if (scores[begin + which] > scores[begin + result]) result = which;
  }
  return result;
}

function checkLabel(kind: string, example: number, label: number, classes: number): void {
  if (Number.isInteger(label) && label >= 0 && label < classes) return;
  refuse(
    'confusionMatrix',
    `${kind}[${example}]`,
    label,
    `a whole number from 0 to below ${classes}, the number of classes`,
  );
}

import { requireNumbers } from '../require-numbers.js';
import { shown } from '../shown.js';

/**
 * How often each class was taken for each.
 *
 * @param labels     true class of each example, whole numbers from 0
 * @param predicted  class that each was taken for, as many
 * @param classCount number of classes
 * @returns counts, row-major, [true class, predicted class]
 * @throws TypeError if one is no array of numbers; RangeError if their lengths differ, or a class is not below the count
 * @see sklearn.metrics.confusion_matrix
 * @example
 * confusionMatrix([0, 1, 1], [0, 1, 0], 2); // [1, 0, 1, 1]
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
): Uint32Array {
  if (!Number.isSafeInteger(classCount) || classCount < 1) {
    throw new RangeError(
      `confusionMatrix: the number of classes is ${shown(classCount)}, expected a whole number from 1.`,
    );
  }
  const [truth, answers] = [
    requireClasses('confusionMatrix', 'the labels', labels, classCount),
    requireClasses('confusionMatrix', 'the predicted classes', predicted, classCount),
  ];
  if (truth.length !== answers.length) {
    throw new RangeError(
      `confusionMatrix: got ${truth.length} labels and ${answers.length} predicted classes, expected as many.`,
    );
  }
  const counts = new Uint32Array(classCount * classCount);
  for (let index = 0; index < truth.length; index++) counts[truth[index] * classCount + answers[index]]++;
  return counts;
}

/** @throws TypeError if it is no array of numbers; RangeError if one of them is no class */
export function requireClasses(
  caller: string,
  name: string,
  values: ArrayLike<number>,
  classCount: number,
): ArrayLike<number> {
  const classes = requireNumbers(caller, name, values);
  for (let index = 0; index < classes.length; index++) {
    if (Number.isInteger(classes[index]) && classes[index] >= 0 && classes[index] < classCount) continue;
    throw new RangeError(
      `${caller}: in ${name}, value ${index} is ${shown(classes[index])}, expected a whole number from 0 to ${classCount - 1}.`,
    );
  }
  return classes;
}

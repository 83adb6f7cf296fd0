/**
 * Rejects samples that have no statistics.
 *
 * @param caller name of the calling function, for the message
 * @param values the sample
 * @throws RangeError if the sample is empty or holds NaN or an infinity
 */
export function requireFinite(caller: string, values: ArrayLike<number>): void {
  if (values.length === 0) throw new RangeError(`${caller}: the sample is empty. Give at least one value.`);
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index])) {
      throw new RangeError(
        `${caller}: value ${index} of ${values.length} is ${values[index]}, expected a finite number. Remove such values first.`,
      );
    }
  }
}

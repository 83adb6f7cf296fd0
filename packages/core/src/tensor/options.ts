import { describe, describeElements, shortened } from './describe.js';

/**
 * Throws the error of an option that is not what it must be.
 *
 * @example
 * refuse('mine', 'rate', -1, 'a number above 0'); // throws RangeError
 */
export function refuse(label: string, option: string, got: unknown, expected: string): never {
  const shown = Array.isArray(got)
    ? `[${describeElements(got)}]`
    : typeof got === 'string'
      ? `'${shortened(got)}'`
      : describe(got);
  throw new RangeError(`${label}: ${option} is ${shown}; expected ${expected}.`);
}

/**
 * @throws RangeError if there is an option of another name, or the options are no object
 * @example
 * checkKnownOptions('mine', { size: 2 }, ['size', 'axis']);
 * checkKnownOptions('mine', { sise: 2 }, ['size', 'axis']); // throws RangeError
 */
export function checkKnownOptions(label: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuse(label, 'the argument', options, `an object of options: ${known.join(', ')}`);
  }
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) {
      const meant = known.find((name) => option.startsWith(name) || name.startsWith(option));
      throw new RangeError(
        `${label}: there is no option '${option}'. The options are ${known.join(', ')}.` +
          (meant ? ` Did you mean '${meant}'?` : ''),
      );
    }
  }
}

/**
 * @throws RangeError if the value is not one of the choices
 * @example
 * oneOf('mine', 'mode', 'reflect', ['zeros', 'reflect']); // 'reflect'
 */
export function oneOf<T extends string>(label: string, option: string, value: unknown, choices: readonly T[]): T {
  if (!choices.includes(value as T)) refuse(label, option, value, choices.map((c) => `'${c}'`).join(' or '));
  return value as T;
}

/**
 * @throws RangeError if the value is not a finite number from `low` to below `high`
 * @example
 * numberIn('mine', 'rate', 0.5, 0, 1); // 0.5
 */
export function numberIn(label: string, option: string, value: unknown, low: number, high: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= low && value < high) return value;
  return refuse(
    label,
    option,
    value,
    high === Infinity ? `a number from ${low}` : `a number from ${low} to below ${high}`,
  );
}

import { formatShape, type Shape } from '../tensor/shape.js';

/** Throws the error of an option that is not what it must be. */
export function refuse(label: string, option: string, got: unknown, expected: string): never {
  const shown = typeof got === 'string' ? `'${got}'` : Array.isArray(got) ? `[${got.join(',')}]` : String(got);
  throw new RangeError(`${label}: ${option} is ${shown}; expected ${expected}.`);
}

/** @throws RangeError if there is an option of another name, or the options are no object */
export function checkKnownOptions(label: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuse(label, 'the argument', options, `an object of options: ${known.join(', ')}`);
  }
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) {
      throw new RangeError(`${label}: there is no option '${option}'. The options are ${known.join(', ')}.`);
    }
  }
}

/**
 * A name of a layer or a model. A slash is kept for the weights, as in `enc_conv1/kernel`.
 *
 * @throws RangeError if it is empty, no string or has a slash
 */
export function checkName(label: string, name: unknown): string {
  if (typeof name !== 'string' || name === '' || name.includes('/')) {
    refuse(label, 'name', name, 'a string of at least one character without a slash');
  }
  return name;
}

const isPositiveInteger = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

/** @throws RangeError if the value is not a whole number from 1 */
export function positiveInteger(label: string, option: string, value: unknown): number {
  return isPositiveInteger(value) ? value : refuse(label, option, value, 'a whole number from 1');
}

/** Two numbers for height and width, of which one may stand for both. @throws RangeError if they are not whole from 1 */
export function positivePair(label: string, option: string, value: unknown): readonly [number, number] {
  const pair: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const [height, width] = pair;
  if (pair.length !== 2 || !isPositiveInteger(height) || !isPositiveInteger(width)) {
    refuse(label, option, value, 'a whole number from 1, or two of them for height and width');
  }
  return [height, width];
}

/** @throws RangeError if the value is not one of the choices */
export function oneOf<T extends string>(label: string, option: string, value: unknown, choices: readonly T[]): T {
  if (!choices.includes(value as T)) refuse(label, option, value, choices.map((c) => `'${c}'`).join(' or '));
  return value as T;
}

/** @throws RangeError if the value is not true or false */
export function flag(label: string, option: string, value: unknown): boolean {
  return typeof value === 'boolean' ? value : refuse(label, option, value, 'true or false');
}

/** @throws RangeError if the value is not a finite number from `low` to below `high` */
export function numberIn(label: string, option: string, value: unknown, low: number, high: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= low && value < high) return value;
  return refuse(
    label,
    option,
    value,
    high === Infinity ? `a number from ${low}` : `a number from ${low} to below ${high}`,
  );
}

/** @throws RangeError if the shape is not that of an image without its batch axis */
export function imageShape(label: string, shape: Shape): readonly [number, number, number] {
  if (shape.length !== 3) {
    throw new RangeError(
      `${label}: expected an input of height, width, channels; got ${formatShape(shape)}. Put a Reshape before it.`,
    );
  }
  return [shape[0], shape[1], shape[2]];
}

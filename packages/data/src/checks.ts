/** The name of a typed array's kind, also of one of another realm; undefined for every other value. */
const typedArrayKind = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!
  .get as (this: unknown) => string | undefined;

/** Up to so many elements of an array are written out. */
const MOST_SHOWN = 8;

/** A value as errors show it: strings in quotes, what is large by what it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'a function';
  if (Array.isArray(value)) {
    const isShort = value.length <= MOST_SHOWN && !value.some((each) => typeof each === 'object' && each !== null);
    return isShort ? `[${Array.from(value, shown).join(',')}]` : `an array of ${value.length}`;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const name = (Object.getPrototypeOf(value) as object | null)?.constructor?.name ?? 'Object';
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `a ${name} of ${(value as Uint8Array).length}`;
  return name === 'Object' ? `an object of ${Object.keys(value).join(', ') || 'nothing'}` : `a value of ${name}`;
}

/** @throws TypeError if it is no object with names */
export function checkObject(label: string, value: unknown, known: readonly string[]): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)) return;
  throw new TypeError(`${label}: got ${shown(value)}, expected an object of ${known.join(', ')}.`);
}

/**
 * Refuses options that a call does not know: they would be ignored without a word.
 *
 * @throws TypeError if the options are no object; RangeError if there is one of another name
 */
export function checkOptions(call: string, options: unknown, known: readonly string[]): void {
  checkObject(`${call}, options`, options, known);
  const unknown = Object.keys(options as object).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`${call}: there is no option '${unknown}'. The options are ${known.join(', ')}.`);
  }
}

/** @throws TypeError if an option is given and does not pass */
export function checkOption(call: string, name: string, value: unknown, passes: boolean, expected: string): void {
  if (value !== undefined && !passes) {
    throw new TypeError(`${call}: ${name} is ${shown(value)}, expected ${expected}.`);
  }
}

/** @throws RangeError if it is not a whole number from `least` to `most` */
export function checkWholeNumber(label: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new RangeError(`${label} is ${shown(value)}, expected an integer ${range}.`);
}

/**
 * Refuses what is no Uint8Array, and advises how to make one that holds the same values, if there is one.
 *
 * @throws TypeError
 */
export function checkBytes(label: string, value: unknown): void {
  if (typedArrayKind.call(value) === 'Uint8Array') return;
  throw new TypeError(`${label}: got ${shown(value)}, expected a Uint8Array. ${howToGetBytes(value)}`.trimEnd());
}

const isBuffer = (value: unknown) =>
  ['[object ArrayBuffer]', '[object SharedArrayBuffer]'].includes(Object.prototype.toString.call(value));

function howToGetBytes(value: unknown): string {
  if (isBuffer(value)) return 'Give new Uint8Array(buffer).';
  if (!Array.isArray(value) && typedArrayKind.call(value) === undefined) return '';
  const values = value as ArrayLike<unknown>;
  for (let i = 0; i < values.length; i++) {
    const each = values[i];
    if (Number.isInteger(each) && (each as number) >= 0 && (each as number) <= 255) continue;
    return `Element ${i} is ${shown(each)}, and a byte holds whole numbers from 0 to 255: scale the values before they become bytes.`;
  }
  return 'Its values are bytes: give Uint8Array.from(array).';
}

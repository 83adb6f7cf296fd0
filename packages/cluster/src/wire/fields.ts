import { MessageError } from './message-error.js';

/** What a field may hold, as plain data: tests draw messages of every kind from it. */
export type Shape =
  | { readonly type: 'integer'; readonly from: number; readonly to: number }
  | { readonly type: 'number' | 'flag' }
  | { readonly type: 'text'; readonly least: number; readonly most: number; readonly alphabet: string | undefined }
  | { readonly type: 'choice'; readonly words: readonly string[] }
  | { readonly type: 'list'; readonly of: Shape; readonly least: number; readonly most: number }
  | { readonly type: 'record'; readonly fields: Readonly<Record<string, Shape>> }
  | { readonly type: 'optional'; readonly of: Shape };

/** A field of a message: what it may hold, and how it is written into JSON and read from it. */
export interface Field<Value> {
  readonly shape: Shape;
  /** @throws MessageError if the value does not fit */
  write(value: Value, path: string): unknown;
  /** @throws MessageError if the JSON does not fit */
  read(json: unknown, path: string): Value;
}

/** A field that may be missing. */
export interface OptionalField<Value> extends Field<Value | undefined> {
  readonly shape: Extract<Shape, { type: 'optional' }>;
}

/** The value of a field. */
export type ValueOf<F> = F extends Field<infer Value> ? Value : never;

type OptionalNames<F> = { [Name in keyof F]: F[Name] extends OptionalField<infer _> ? Name : never }[keyof F];

/** The values of fields by name. */
export type ValuesOf<F> = { readonly [Name in Exclude<keyof F, OptionalNames<F>>]: ValueOf<F[Name]> } & {
  readonly [Name in OptionalNames<F>]?: Exclude<ValueOf<F[Name]>, undefined>;
};

const SHOWN = 60;

/** A foreign value in an error, short and without control characters. Nothing is walked through: it may be very deep. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'a record';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}...` : value);
}

function refuse(path: string, value: unknown, expected: string): never {
  throw new MessageError(`${path}: got ${shown(value)}, expected ${expected}.`);
}

/** A field that is in JSON what it is in memory. */
function plain<Value>(shape: Shape, expected: string, isValue: (value: unknown) => value is Value): Field<Value> {
  const read = (value: unknown, path: string) => (isValue(value) ? value : refuse(path, value, expected));
  return { shape, read, write: read };
}

/** A whole number within bounds, which count. */
export function integer(from = 0, to = Number.MAX_SAFE_INTEGER): Field<number> {
  return plain(
    { type: 'integer', from, to },
    `a whole number from ${from} to ${to}`,
    (value): value is number => Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to,
  );
}

const UNUSUAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

/** Any number, with the bits it has: also -0, infinities and NaN, which JSON does not know. */
export function number(): Field<number> {
  const expected = 'a number';
  return {
    shape: { type: 'number' },
    write(value, path) {
      if (typeof value !== 'number') return refuse(path, value, expected);
      return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);
    },
    read(json, path) {
      if (typeof json === 'number' && Number.isFinite(json)) return json;
      if (typeof json === 'string' && Object.hasOwn(UNUSUAL, json)) return UNUSUAL[json];
      return refuse(path, json, expected);
    },
  };
}

/** True or false. */
export function flag(): Field<boolean> {
  return plain({ type: 'flag' }, 'true or false', (value): value is boolean => typeof value === 'boolean');
}

/** A text of at most so many UTF-16 units, of certain characters only if these are given. */
export function text(
  most: number,
  options: { readonly least?: number; readonly alphabet?: string } = {},
): Field<string> {
  const { least = 0, alphabet } = options;
  const among = alphabet === undefined ? '' : ` among ${alphabet}`;
  return plain(
    { type: 'text', least, most, alphabet },
    `a text of ${least} to ${most} characters${among}`,
    (value): value is string =>
      typeof value === 'string' &&
      value.length >= least &&
      value.length <= most &&
      !/\p{Surrogate}/u.test(value) &&
      (alphabet === undefined || [...value].every((character) => alphabet.includes(character))),
  );
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A name that may be a word of a subject, a key or a file: of a to z, 0 to 9, - and _, at most 64 characters. */
export const name = (): Field<string> => text(64, { least: 1, alphabet: `${LETTERS}-_` });

/** A SHA-256 in 64 lower-case hexadecimal digits. */
export const sha256 = (): Field<string> => text(64, { least: 64, alphabet: '0123456789abcdef' });

/** One of a few words. */
export function choice<const Word extends string>(...words: readonly Word[]): Field<Word> {
  return plain({ type: 'choice', words }, `one of ${words.join(', ')}`, (value): value is Word =>
    words.includes(value as Word),
  );
}

/** Values of one kind in order. */
export function list<Value>(
  of: Field<Value>,
  { least = 0, most }: { readonly least?: number; readonly most: number },
): Field<readonly Value[]> {
  const expected = `a list of ${least} to ${most}`;
  const fits = (value: unknown): value is readonly unknown[] =>
    Array.isArray(value) && value.length >= least && value.length <= most;
  return {
    shape: { type: 'list', of: of.shape, least, most },
    write: (values, path) =>
      fits(values) ? values.map((value, at) => of.write(value, `${path}[${at}]`)) : refuse(path, values, expected),
    read: (json, path) =>
      fits(json) ? json.map((each, at) => of.read(each, `${path}[${at}]`)) : refuse(path, json, expected),
  };
}

/** A value that may be missing. */
export function optional<Value>(of: Field<Value>): OptionalField<Value> {
  return {
    shape: { type: 'optional', of: of.shape },
    write: (value, path) => (value === undefined ? undefined : of.write(value, path)),
    read: (json, path) => (json === undefined ? undefined : of.read(json, path)),
  };
}

/** Fields by name: exactly these. */
export function record<F extends Readonly<Record<string, Field<unknown>>>>(fields: F): Field<ValuesOf<F>> {
  const names = Object.keys(fields);
  const shapes = Object.fromEntries(names.map((each) => [each, fields[each].shape]));
  const walk = (value: unknown, path: string, go: 'read' | 'write') => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path, value, 'a record');
    const foreign = Object.keys(value).find((each) => !Object.hasOwn(fields, each));
    if (foreign !== undefined) throw new MessageError(`${path}: got the unknown field ${shown(foreign)}.`);
    const result: Record<string, unknown> = {};
    for (const each of names) {
      const given = Object.hasOwn(value, each) ? (value as Record<string, unknown>)[each] : undefined;
      const made = fields[each][go](given, path === '' ? each : `${path}.${each}`);
      if (made !== undefined) result[each] = made;
    }
    return result;
  };
  return {
    shape: { type: 'record', fields: shapes },
    write: (value, path) => walk(value, path, 'write'),
    read: (json, path) => walk(json, path, 'read') as ValuesOf<F>,
  };
}

import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Whole numbers as JavaScript's: beyond 2^53 they are rounded. */
type ScalarKind = 'string' | 'bytes' | 'int32' | 'int64' | 'uint64' | 'float' | 'double';

/** How a field lies in a file: its number in the standard's schema, and what it holds. */
export interface Field {
  readonly number: number;
  readonly kind: ScalarKind | (() => Message<object>);
  /** Whether it holds a list. Lists of numbers are written packed, and read in both forms. */
  readonly isList?: boolean;
}

/** The fields of a kind of message, by the names of an interface. */
export interface Message<T extends object> {
  readonly name: string;
  readonly fields: Readonly<Record<keyof T & string, Field>>;
}

/** Messages that one file may hold: an empty one takes two bytes there, and many times that in memory. */
const MOST_MESSAGES = 250_000;
/** How deep messages may lie in one another. */
const DEEPEST = 32;

/** One value. */
export const one = (number: number, kind: Field['kind']): Field => ({ number, kind });
/** A list of values. */
export const list = (number: number, kind: Field['kind']): Field => ({ number, kind, isList: true });

/** Bytes that are no message of protobuf. */
class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/**
 * The bytes of a message. Fields that are undefined and empty lists are left out.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function encodeMessage<T extends object>(message: Message<T>, value: T): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  write(writer, message as Message<object>, value as Values);
  return writer.finish() as Uint8Array<ArrayBuffer>;
}

type Values = Readonly<Record<string, unknown>>;

function write(writer: BinaryWriter, { fields }: Message<object>, value: Values): void {
  for (const [name, { number, kind, isList }] of Object.entries<Field>(fields)) {
    const given = value[name];
    if (given === undefined) continue;
    const items = isList ? (given as readonly unknown[]) : [given];
    if (isList && isNumeric(kind)) {
      if (items.length === 0) continue;
      writer.tag(number, WireType.LengthDelimited).fork();
      for (const item of items) writeScalar(writer, kind, item);
      writer.join();
      continue;
    }
    for (const item of items) {
      writer.tag(number, wireType(kind));
      if (typeof kind !== 'function') writeScalar(writer, kind, item);
      else {
        writer.fork();
        write(writer, kind(), item as Values);
        writer.join();
      }
    }
  }
}

const isNumeric = (kind: Field['kind']): kind is Exclude<ScalarKind, 'string' | 'bytes'> =>
  typeof kind === 'string' && kind !== 'string' && kind !== 'bytes';

function wireType(kind: Field['kind']): WireType {
  if (!isNumeric(kind)) return WireType.LengthDelimited;
  return kind === 'float' ? WireType.Bit32 : kind === 'double' ? WireType.Bit64 : WireType.Varint;
}

function writeScalar(writer: BinaryWriter, kind: ScalarKind, value: unknown): void {
  if (kind === 'bytes') writer.bytes(value as Uint8Array);
  else if (kind === 'string') writer.string(value as string);
  else if (kind === 'int64' || kind === 'uint64') writer[kind](BigInt(value as number));
  else writer[kind](value as number);
}

/**
 * A message from its bytes. Lists are always there; other fields are undefined where the bytes do not have them. Bytes are
 * views of the input. Fields that the schema does not have are passed over.
 *
 * @throws ProtobufError if the bytes are no such message, or hold more messages than any model has
 */
export function decodeMessage<T extends object>(message: Message<T>, bytes: Uint8Array): T {
  try {
    const budget = { messages: MOST_MESSAGES };
    return read(new BinaryReader(bytes), bytes.length, message as Message<object>, budget, 0) as T;
  } catch (error) {
    if (error instanceof ProtobufError) throw error;
    throw new ProtobufError(`the bytes are no ${message.name}: ${(error as Error).message}.`);
  }
}

/** The fields of each kind of message by number, found out once. */
const byNumber = new WeakMap<Message<object>, ReadonlyMap<number, readonly [string, Field]>>();

function numbered(message: Message<object>): ReadonlyMap<number, readonly [string, Field]> {
  const known =
    byNumber.get(message) ??
    new Map(Object.entries<Field>(message.fields).map((entry) => [entry[1].number, entry] as const));
  byNumber.set(message, known);
  return known;
}

interface Budget {
  messages: number;
}

function read(reader: BinaryReader, end: number, message: Message<object>, budget: Budget, depth: number): object {
  if (--budget.messages < 0) throw new ProtobufError(`there are more than ${MOST_MESSAGES} messages in it.`);
  if (depth > DEEPEST) throw new ProtobufError(`messages lie deeper than ${DEEPEST} in one another.`);
  const value: Record<string, unknown> = {};
  for (const [name, { isList }] of Object.entries<Field>(message.fields)) if (isList) value[name] = NOTHING;
  const fields = numbered(message);
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    const [name, field] = fields.get(number) ?? [];
    if (name === undefined || field === undefined) {
      reader.skip(wire, number);
      continue;
    }
    const { kind, isList } = field;
    if (isList && value[name] === NOTHING) value[name] = [];
    const items = value[name] as unknown[];
    if (isList && isNumeric(kind) && wire === WireType.LengthDelimited) {
      const last = lengthAhead(reader, end);
      while (reader.pos < last) items.push(readScalar(reader, kind));
      continue;
    }
    if (wire !== wireType(kind)) {
      throw new ProtobufError(`${message.name}.${name} has the wire type ${wire}; expected ${wireType(kind)}.`);
    }
    const item =
      typeof kind === 'function'
        ? read(reader, lengthAhead(reader, end), kind(), budget, depth + 1)
        : readScalar(reader, kind);
    if (isList) items.push(item);
    else value[name] = item;
  }
  if (reader.pos !== end) throw new ProtobufError(`${message.name} reaches beyond its end.`);
  return value;
}

/** What lists are that the bytes do not have. */
const NOTHING: readonly never[] = Object.freeze([]);

/** Reads a length, and gives the place at which what has it ends. */
function lengthAhead(reader: BinaryReader, end: number): number {
  const last = reader.uint32() + reader.pos;
  if (last > end) throw new ProtobufError(`it is cut short: a part ends at byte ${last}, beyond ${end}.`);
  return last;
}

function readScalar(reader: BinaryReader, kind: ScalarKind): unknown {
  return kind === 'int64' || kind === 'uint64' ? Number(reader[kind]()) : reader[kind]();
}

import { crc32 } from 'node:zlib';
import { type Field, record, type Shape, shown, type ValuesOf } from './fields.js';
import { MessageError } from './message-error.js';

// A message in bytes, numbers in little endian:
//   0  "WEFT"
//   4  u16  version
//   6  u16  0
//   8  u32  bytes of the header
//  12  u32  CRC-32 of all that follows
//  16  header: JSON in UTF-8 with `kind` and the fields, and spaces up to a multiple of 8 bytes
//      payload
const MAGIC = 0x54_46_45_57;
const VERSION = 1;
const PREFIX = 16;
const ALIGNMENT = 8;
/** Most bytes of a header. */
const HEADER_BYTES = 2 ** 20;

/** What messages of a kind hold. */
export interface Kind {
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** Most bytes of the payload; by default there is none. */
  readonly payload?: number;
}

/** Kinds by name. */
export type Kinds = Readonly<Record<string, Kind>>;

/** A message: its kind, the values of its fields, and bytes. */
export type MessageOf<K extends Kinds> = {
  readonly [Name in keyof K & string]: {
    readonly kind: Name;
    readonly fields: ValuesOf<K[Name]['fields']>;
    /** Empty where the kind has none. Not aligned: copy it before it becomes floats. */
    readonly payload: Uint8Array;
  };
}[keyof K & string];

/** Messages of a few kinds: writes them as bytes, and reads them from bytes that may be anything. */
export interface Messages<K extends Kinds> {
  /** For each kind what its fields and its payload may be. */
  readonly kinds: Readonly<Record<keyof K & string, { readonly fields: Shape; readonly payload: number }>>;
  /** @throws MessageError if a value does not fit its field, or the payload is too large */
  encode<Name extends keyof K & string>(
    kind: Name,
    fields: ValuesOf<K[Name]['fields']>,
    payload?: Uint8Array,
  ): Uint8Array<ArrayBuffer>;
  /** @throws MessageError for anything that `encode` does not write; it never throws anything else */
  decode(bytes: Uint8Array): MessageOf<K>;
}

/**
 * Defines kinds of messages by what they hold.
 */
export function defineMessages<const K extends Kinds>(kinds: K): Messages<K> {
  const records = new Map(Object.entries(kinds).map(([kind, { fields }]) => [kind, record(fields)]));
  const most = (kind: string) => kinds[kind].payload ?? 0;
  const described = [...records].map(([kind, { shape }]) => [kind, { fields: shape, payload: most(kind) }]);
  return {
    kinds: Object.fromEntries(described),
    encode(kind, fields, payload = new Uint8Array(0)) {
      const values = records.get(kind)!.write(fields, kind);
      if (payload.length > most(kind)) throw tooLarge(kind, payload.length, most(kind));
      return seal(JSON.stringify([kind, values]), payload);
    },
    decode(bytes) {
      const { header, payload } = unseal(bytes);
      if (!Array.isArray(header) || header.length !== 2)
        throw new MessageError('A header is no pair of kind and fields.');
      const [kind, values] = header;
      const reader = typeof kind === 'string' ? records.get(kind) : undefined;
      if (!reader) throw new MessageError(`There is no kind of messages ${shown(kind)}.`);
      const fields = reader.read(values, kind);
      if (payload.length > most(kind)) throw tooLarge(kind, payload.length, most(kind));
      return { kind, fields, payload } as MessageOf<K>;
    },
  };
}

const tooLarge = (kind: string, bytes: number, most: number) =>
  new MessageError(`${kind}: got a payload of ${bytes} bytes, expected at most ${most}.`);

function seal(json: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Buffer.byteLength(json);
  const padded = Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  if (padded > HEADER_BYTES) throw new MessageError(`A header has ${length} bytes, expected at most ${HEADER_BYTES}.`);
  const bytes = new Uint8Array(PREFIX + padded + payload.length);
  const view = new DataView(bytes.buffer);
  Buffer.from(bytes.buffer).write(json.padEnd(json.length + padded - length), PREFIX);
  bytes.set(payload, PREFIX + padded);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION, true);
  view.setUint32(8, padded, true);
  view.setUint32(12, crc32(bytes.subarray(PREFIX)), true);
  return bytes;
}

function unseal(bytes: Uint8Array): { readonly header: unknown; readonly payload: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < PREFIX || view.getUint32(0, true) !== MAGIC) throw new MessageError('These bytes are no message.');
  const version = view.getUint16(4, true);
  if (version !== VERSION || view.getUint16(6, true) !== 0) {
    throw new MessageError(
      `A message has version ${version}, expected ${VERSION}. Use one version of Weft everywhere.`,
    );
  }
  const length = view.getUint32(8, true);
  if (length % ALIGNMENT !== 0 || length > Math.min(HEADER_BYTES, bytes.length - PREFIX)) {
    throw new MessageError(`A message of ${bytes.length} bytes cannot have a header of ${length}.`);
  }
  if (crc32(bytes.subarray(PREFIX)) !== view.getUint32(12, true))
    throw new MessageError('A message has a wrong checksum.');
  return { header: parse(bytes.subarray(PREFIX, PREFIX + length)), payload: bytes.subarray(PREFIX + length) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new MessageError('A header is no JSON.', { cause });
  }
}

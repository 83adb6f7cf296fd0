import { inflateSync, type Zippable, zipSync } from 'fflate';
import { crc32 } from '../crc/crc.js';
import { quoted } from '../safetensors/shown.js';

/** A zip file that is not read. The message is a sentence about the file, without its name. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

/** How much is unpacked at most. */
export interface UnpackOptions {
  /** Bytes of all files in it; default 64 MiB or 200 times its own length, whichever is more. */
  readonly maxBytes?: number;
}

/** Deflate makes bytes at most so many times shorter. */
const BEST_RATIO = 1032;
const [END, END_64, PLACE_64, ENTRY, LOCAL] = [0x06054b50, 0x06064b50, 0x07064b50, 0x02014b50, 0x04034b50];
const LONGEST_COMMENT = 65535;
const UNKNOWN_32 = 0xffffffff;
const UTF_8 = 2048;

/** A file in a zip file. */
interface Entry {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly crc: number;
  readonly packed: Uint8Array;
  readonly size: number;
}

function fail(message: string): never {
  throw new ZipError(message);
}

/**
 * Unpacks a zip file, whose files are stored or deflated. What the files claim to be is added up before anything is
 * unpacked.
 *
 * @returns files by name, in their order; folders are left out
 * @throws ZipError if it is damaged, encrypted, or holds too much
 * @see PKWARE's APPNOTE.TXT, version 6.3
 */
export function unpackZip(bytes: Uint8Array, { maxBytes }: UnpackOptions = {}): Map<string, Uint8Array<ArrayBuffer>> {
  const most = maxBytes ?? Math.max(64 * 2 ** 20, 200 * bytes.length);
  const entries = entriesOf(bytes);
  let [packed, size] = [0, 0];
  for (const entry of entries) {
    packed += entry.packed.length;
    size += entry.size;
    const possible = entry.isDeflated ? (entry.packed.length + 1) * BEST_RATIO : entry.packed.length;
    if (entry.size > possible) {
      fail(
        `Its file ${quoted(entry.name)} is said to have ${entry.size} bytes, which its ${entry.packed.length} packed ones cannot give.`,
      );
    }
  }
  if (packed > bytes.length) fail(`Its files take ${packed} bytes, but it has ${bytes.length}: they overlap.`);
  if (size > most) fail(`Its files have ${size} bytes; at most ${most} are unpacked. Raise maxBytes if you trust it.`);
  return new Map(entries.map((entry) => [entry.name, contentOf(entry)]));
}

function contentOf({ name, isDeflated, crc, packed, size }: Entry): Uint8Array<ArrayBuffer> {
  const into = new Uint8Array(size);
  let content: Uint8Array = into;
  try {
    if (isDeflated) content = inflateSync(packed, { out: into });
    else into.set(packed);
  } catch (cause) {
    throw new ZipError(`Its file ${quoted(name)} is damaged (${(cause as Error).message}).`, { cause });
  }
  if (content.length !== size || crc32(into) !== crc) {
    fail(`Its file ${quoted(name)} is damaged: the checksum is wrong. Fetch it anew.`);
  }
  return into;
}

/** Reads numbers of a file, none beyond its end. */
class Fields {
  private readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  short = (at: number): number => this.view.getUint16(this.within(at, 2), true);
  word = (at: number): number => this.view.getUint32(this.within(at, 4), true);
  long = (at: number): number => Number(this.view.getBigUint64(this.within(at, 8), true));

  slice(at: number, length: number): Uint8Array {
    return this.bytes.subarray(this.within(at, length), at + length);
  }

  private within(at: number, length: number): number {
    if (at >= 0 && at + length <= this.bytes.length) return at;
    return fail(`It is cut short or damaged: byte ${at + length} is needed, but it has ${this.bytes.length}.`);
  }
}

function entriesOf(bytes: Uint8Array): Entry[] {
  const fields = new Fields(bytes);
  let { count, at } = directoryOf(fields);
  const entries = new Map<string, Entry>();
  for (; count > 0; count--) {
    if (fields.word(at) !== ENTRY) fail(`It is damaged: there is no file's entry at byte ${at}.`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => fields.short(at + offset));
    const entry = entryAt(fields, at, nameLength, extraLength);
    if (entries.has(entry.name)) fail(`It has the file ${quoted(entry.name)} twice.`);
    if (!entry.name.endsWith('/')) entries.set(entry.name, entry);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return [...entries.values()];
}

/** How many files there are, and where the list of them begins. */
function directoryOf(fields: Fields): { count: number; at: number } {
  const { length } = fields.bytes;
  let end = length - 22;
  while (end >= 0 && end >= length - 22 - LONGEST_COMMENT && fields.word(end) !== END) end--;
  if (end < 0 || fields.word(end) !== END)
    fail('It is no zip file, or is cut short: the list of its files is missing.');
  const has64 = end >= 20 && fields.word(end - 20) === PLACE_64;
  if (!has64) return { count: fields.short(end + 10), at: fields.word(end + 16) };
  const place = fields.long(end - 12);
  if (fields.word(place) !== END_64) fail('It is damaged: the list of its files is not where it should be.');
  return { count: fields.long(place + 32), at: fields.long(place + 48) };
}

function entryAt(fields: Fields, at: number, nameLength: number, extraLength: number): Entry {
  const [flags, method] = [fields.short(at + 8), fields.short(at + 10)];
  const name = new TextDecoder(flags & UTF_8 ? 'utf-8' : 'latin1').decode(fields.slice(at + 46, nameLength));
  if (flags & 1) fail(`Its file ${quoted(name)} is encrypted. Pack it anew without a password.`);
  if (method !== 0 && method !== 8) {
    fail(`Its file ${quoted(name)} is packed by method ${method}; stored and deflated ones are read. Pack it anew.`);
  }
  const [size, packedSize, local] = sizesAt(fields, at, fields.slice(at + 46 + nameLength, extraLength));
  if (fields.word(local) !== LOCAL) fail(`It is damaged: file ${quoted(name)} does not begin at byte ${local}.`);
  const begin = local + 30 + fields.short(local + 26) + fields.short(local + 28);
  return { name, isDeflated: method === 8, crc: fields.word(at + 16), packed: fields.slice(begin, packedSize), size };
}

/** Unpacked and packed bytes of a file and where it begins. Those beyond 4 GiB stand in a field of their own. */
function sizesAt(fields: Fields, at: number, extra: Uint8Array): number[] {
  const numbers = [24, 20, 42].map((offset) => fields.word(at + offset));
  if (!numbers.includes(UNKNOWN_32)) return numbers;
  const more = new Fields(extra);
  let field = 0;
  while (more.short(field) !== 1) field += 4 + more.short(field + 2);
  let next = field + 4;
  return numbers.map((number) => {
    if (number !== UNKNOWN_32) return number;
    next += 8;
    return more.long(next - 8);
  });
}

/** As old as a file in a zip file can be, whatever the time zone: the same contents give the same bytes. */
const OLDEST = new Date(1980, 0, 1);

/** What fflate's zip files can hold: more would be cut off. */
const [MOST_FILES, MOST_NAME, MOST_PACKED] = [65535, 65535, 2 ** 32 - 1];

/**
 * A zip file of files by name.
 *
 * @throws ZipError if there are too many, or a name or all of them are too long
 */
export function packZip(
  files: ReadonlyMap<string, Uint8Array>,
  { compress }: { readonly compress: boolean },
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  let size = 0;
  for (const [name, { length }] of files) {
    const { length: nameLength } = encoder.encode(name);
    if (nameLength > MOST_NAME) fail(`The name ${quoted(name)} is longer than ${MOST_NAME} bytes. Give a shorter one.`);
    // Its name stands there twice, and beside each of them at most 46 bytes.
    size += length + 2 * (nameLength + 46);
  }
  if (files.size > MOST_FILES || size > MOST_PACKED) {
    fail(`${files.size} files of ${size} bytes do not go into one zip file. Make several of them.`);
  }
  const content: Zippable = Object.fromEntries([...files]);
  return zipSync(content, { level: compress ? 6 : 0, mtime: OLDEST }) as Uint8Array<ArrayBuffer>;
}

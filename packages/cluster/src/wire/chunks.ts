import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { MessageError } from './message-error.js';

// A chunk in bytes, numbers in little endian:
//   0  "WEFC"
//   4  u32  CRC-32 of all that follows
//   8  16 bytes that name the transfer
//  24  u32  bytes of the whole
//  28  u32  bytes of every chunk but the last
//  32  u32  number of this chunk, from 0
//  36  payload
const MAGIC = 0x43_46_45_57;
const PREFIX = 36;
const ID_BYTES = 16;

/**
 * Most bytes of a chunk, if the bus carries them. The server passes on whole ones only: small ones leave it while others are
 * still on their way to it.
 */
export const MOST_CHUNK = 2 ** 17;

/** Fewest bytes that a bus must carry. */
const LEAST_BUS_BYTES = 1024;

/**
 * Cuts a message into pieces that a bus carries. A message that fits goes as it is.
 *
 * @param maximumBytes most bytes of a piece, at least 1,024
 *
 * @example
 * [...cutIntoChunks(new Uint8Array(3000), 1024)].length; // 4
 */
export function* cutIntoChunks(message: Uint8Array, maximumBytes: number): Generator<Uint8Array> {
  if (maximumBytes < LEAST_BUS_BYTES) {
    throw new RangeError(`maximumBytes: got ${maximumBytes}, expected at least ${LEAST_BUS_BYTES}.`);
  }
  if (message.length <= maximumBytes) {
    yield message;
    return;
  }
  const id = randomBytes(ID_BYTES);
  const size = maximumBytes - PREFIX;
  for (let index = 0; index * size < message.length; index++) {
    const part = message.subarray(index * size, (index + 1) * size);
    const chunk = new Uint8Array(PREFIX + part.length);
    const view = new DataView(chunk.buffer);
    chunk.set(id, 8);
    view.setUint32(24, message.length, true);
    view.setUint32(28, size, true);
    view.setUint32(32, index, true);
    chunk.set(part, PREFIX);
    view.setUint32(4, crc32(chunk.subarray(8)), true);
    view.setUint32(0, MAGIC, true);
    yield chunk;
  }
}

/** Bounds of what is put together. */
export interface ReassemblyOptions {
  /** Most bytes of a message, and of all chunks that wait for others; default 1 GiB. */
  readonly mostBytes?: number;
  /** Most messages of which some chunks are there; default 256. */
  readonly mostOpen?: number;
}

/** What a chunk says. */
interface Chunk {
  readonly id: string;
  readonly total: number;
  readonly size: number;
  readonly index: number;
  readonly part: Uint8Array;
}

interface Transfer {
  readonly total: number;
  readonly size: number;
  /** Chunks by their numbers. */
  readonly parts: Map<number, Uint8Array>;
  bytes: number;
}

/** Transfers that have ended and whose late duplicates are dropped. */
const REMEMBERED = 1024;

/**
 * Puts messages together from chunks that come in any order, some of them twice. What stands open beyond the bounds is
 * dropped, oldest first: a chunk was lost, or somebody sends nonsense.
 *
 * @example
 * const reassembly = new Reassembly();
 * const chunks = [...cutIntoChunks(new Uint8Array(3000), 1024)].reverse();
 * const whole = chunks.map((chunk) => reassembly.accept(chunk));
 * whole.at(-1)?.length; // 3000
 */
export class Reassembly {
  readonly #open = new Map<string, Transfer>();
  readonly #ended = new Set<string>();
  readonly #mostBytes: number;
  readonly #mostOpen: number;
  #bytes = 0;
  #dropped = 0;

  constructor({ mostBytes = 2 ** 30, mostOpen = 256 }: ReassemblyOptions = {}) {
    this.#mostBytes = mostBytes;
    this.#mostOpen = mostOpen;
  }

  /** Bytes of chunks that wait for others. */
  get openBytes(): number {
    return this.#bytes;
  }

  /** Messages that were given up because too much stood open. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * The message that the bytes are, or complete. Undefined while chunks are missing, and for a chunk that came before.
   *
   * @throws MessageError if the bytes are too many, or a chunk that is damaged or fits no message
   */
  accept(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length < PREFIX || viewOf(bytes).getUint32(0, true) !== MAGIC) {
      if (bytes.length > this.#mostBytes) throw this.#tooLarge(bytes.length);
      return bytes;
    }
    const chunk = readChunk(bytes);
    if (chunk.total > this.#mostBytes) throw this.#tooLarge(chunk.total);
    return this.#ended.has(chunk.id) ? undefined : this.#add(chunk);
  }

  #add({ id, total, size, index, part }: Chunk): Uint8Array | undefined {
    const transfer = this.#open.get(id) ?? { total, size, parts: new Map(), bytes: 0 };
    if (transfer.total !== total || transfer.size !== size) {
      throw new MessageError(`A chunk of ${total} bytes is in a message of ${transfer.total}.`);
    }
    if (transfer.parts.has(index)) return undefined;
    // A copy, of a Buffer too, whose slices would share its bytes.
    transfer.parts.set(index, new Uint8Array(part));
    transfer.bytes += part.length;
    this.#bytes += part.length;
    // The one that has grown last is given up last.
    this.#open.delete(id);
    this.#open.set(id, transfer);
    if (transfer.bytes === total) {
      this.#end(id, transfer);
      return joined(transfer);
    }
    while (this.#bytes > this.#mostBytes || this.#open.size > this.#mostOpen) {
      const [oldest, { bytes }] = this.#open.entries().next().value!;
      this.#open.delete(oldest);
      this.#bytes -= bytes;
      this.#dropped++;
    }
    return undefined;
  }

  #end(id: string, { bytes }: Transfer): void {
    this.#open.delete(id);
    this.#bytes -= bytes;
    this.#ended.add(id);
    if (this.#ended.size > REMEMBERED) this.#ended.delete(this.#ended.values().next().value!);
  }

  #tooLarge(bytes: number): MessageError {
    return new MessageError(`A message has ${bytes} bytes, expected at most ${this.#mostBytes}.`);
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** @throws MessageError if it is damaged, or cannot be part of what it says */
function readChunk(bytes: Uint8Array): Chunk {
  const view = viewOf(bytes);
  if (crc32(bytes.subarray(8)) !== view.getUint32(4, true)) throw new MessageError('A chunk has a wrong checksum.');
  const id = Buffer.from(bytes.buffer, bytes.byteOffset + 8, ID_BYTES).toString('latin1');
  const [total, size, index] = [24, 28, 32].map((at) => view.getUint32(at, true));
  const part = bytes.subarray(PREFIX);
  const expected = Math.min(size, total - index * size);
  // Small chunks would cost more memory than they bring.
  if (part.length === 0 || part.length !== expected || size < LEAST_BUS_BYTES - PREFIX || size >= total) {
    throw new MessageError(`A chunk of ${part.length} bytes is not number ${index} of ${total} bytes in ${size}s.`);
  }
  return { id, total, size, index, part };
}

function joined({ total, size, parts }: Transfer): Uint8Array {
  const whole = new Uint8Array(total);
  for (const [index, part] of parts) whole.set(part, index * size);
  return whole;
}

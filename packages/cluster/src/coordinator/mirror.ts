import type { SharedMemory } from '@weft/train/runtime';
import type { Range } from '../job/job.js';
import type { Piece } from '../machine/round.js';

/** Memory is compared in blocks of so many bytes. */
const BLOCK = 4096;

const ZEROS = Buffer.alloc(BLOCK);

/** What workers have of the coordinator's memory, at the same addresses, and what has changed since they were given it. */
export class Mirror {
  private session = '';
  private ranges: readonly Range[] = [];
  /** What workers have in these ranges, one after another. */
  private shadow = Buffer.alloc(0);

  constructor(private readonly memory: SharedMemory['memory']) {}

  /**
   * Notes where memory lies that workers have. They begin a session with zeros, and memory that is added is zeros, too.
   *
   * @param left what is left out: constants, which workers fetch, and scratch, whose contents do not last
   */
  lay(session: string, top: number, left: readonly Range[]): void {
    const before = session === this.session ? this.whole() : [];
    this.session = session;
    this.ranges = complement(top, left);
    this.shadow = Buffer.alloc(this.ranges.reduce((sum, { bytes }) => sum + bytes, 0));
    for (const piece of before) {
      for (const { place, from, bytes } of this.overlaps(piece.address, piece.bytes.length)) {
        this.shadow.set(piece.bytes.subarray(from, from + bytes), place);
      }
    }
  }

  /** All that workers have but zeros, as views. */
  whole(): Piece[] {
    return [...this.blocks()]
      .filter(({ known }) => !known.equals(ZEROS.subarray(0, known.length)))
      .map(({ address, known }) => ({ address, bytes: known }));
  }

  /** What has changed, as views of what workers will have. */
  changes(): Piece[] {
    const pieces: Piece[] = [];
    for (const { address, known } of this.blocks()) {
      const now = this.view(address, known.length);
      if (now.equals(known)) continue;
      known.set(now);
      pieces.push({ address, bytes: known });
    }
    return pieces;
  }

  /** Puts what workers have computed into memory, but for what is not theirs to change. */
  write(pieces: Iterable<Piece>): void {
    for (const { address, bytes: content } of pieces) {
      for (const { place, from, bytes } of this.overlaps(address, content.length)) {
        const part = content.subarray(from, from + bytes);
        this.view(address + from, bytes).set(part);
        this.shadow.set(part, place);
      }
    }
  }

  private *blocks(): Generator<{ readonly address: number; readonly known: Buffer }> {
    let at = 0;
    for (const { address, bytes } of this.ranges) {
      for (let offset = 0; offset < bytes; offset += BLOCK) {
        const length = Math.min(BLOCK, bytes - offset);
        yield { address: address + offset, known: this.shadow.subarray(at + offset, at + offset + length) };
      }
      at += bytes;
    }
  }

  /** Where bytes at an address lie in the shadow. */
  private *overlaps(address: number, length: number) {
    let at = 0;
    for (const range of this.ranges) {
      const begin = Math.max(address, range.address);
      const end = Math.min(address + length, range.address + range.bytes);
      if (begin < end) yield { place: at + begin - range.address, from: begin - address, bytes: end - begin };
      at += range.bytes;
    }
  }

  private view(address: number, bytes: number): Buffer {
    return Buffer.from(this.memory.buffer, address, bytes);
  }
}

/** What of the bytes below `top` is not left out. */
export function complement(top: number, left: readonly Range[]): Range[] {
  const ranges: Range[] = [];
  let at = 0;
  for (const { address, bytes } of [...left].sort((one, other) => one.address - other.address)) {
    const end = Math.min(address, top);
    if (end > at) ranges.push({ address: at, bytes: end - at });
    at = Math.max(at, address + bytes);
  }
  if (at < top) ranges.push({ address: at, bytes: top - at });
  return ranges;
}

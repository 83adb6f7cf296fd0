import type { SharedMemory } from '@weft/train/runtime';
import { LOWEST } from '../job/bounds.js';
import type { Range } from '../job/job.js';
import { differences } from '../machine/differences.js';
import type { Piece } from '../machine/round.js';

/** What workers have of the coordinator's memory, at the same addresses, and what has changed since they were given it. */
export class Mirror {
  private session = '';
  private ranges: readonly Range[] = [];
  /** What workers have, at the same addresses. What lies outside of the ranges is never touched, and takes no memory. */
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
    // Each pool has control words of its own below that.
    this.ranges = complement(top, [{ address: 0, bytes: LOWEST }, ...left]);
    this.shadow = Buffer.alloc(top);
    for (const { address, bytes } of before) {
      for (const range of this.overlaps(address, bytes.length)) {
        this.shadow.set(bytes.subarray(range.address - address, range.address - address + range.bytes), range.address);
      }
    }
  }

  /** All that workers have but zeros, as views. */
  whole(): Piece[] {
    return this.compared(this.shadow, Buffer.alloc(this.shadow.length));
  }

  /** What has changed, as views of what workers will have. Words that have not are not among it: steps may have. */
  changes(): Piece[] {
    return this.compared(new Uint8Array(this.memory.buffer), this.shadow);
  }

  /** Puts what workers have computed into memory, but for what is not theirs to change. */
  write(pieces: Iterable<Piece>): void {
    const memory = new Uint8Array(this.memory.buffer);
    for (const { address, bytes: content } of pieces) {
      for (const range of this.overlaps(address, content.length)) {
        const part = content.subarray(range.address - address, range.address - address + range.bytes);
        memory.set(part, range.address);
        this.shadow.set(part, range.address);
      }
    }
  }

  /** Results have come: workers need not be given them. */
  leaveOut(ranges: Iterable<Range>): void {
    for (const { address, bytes } of ranges) {
      for (const range of this.overlaps(address, bytes)) {
        this.shadow.set(new Uint8Array(this.memory.buffer, range.address, range.bytes), range.address);
      }
    }
  }

  private compared(now: Uint8Array, known: Uint8Array): Piece[] {
    return this.ranges.flatMap(({ address, bytes }) => differences(now, known, address, address + bytes));
  }

  /** Those of so many bytes at an address that workers have. */
  private *overlaps(address: number, length: number): Generator<Range> {
    for (const range of this.ranges) {
      const begin = Math.max(address, range.address);
      const end = Math.min(address + length, range.address + range.bytes);
      if (begin < end) yield { address: begin, bytes: end - begin };
    }
  }
}

const WORD = 4;

/** What of the words below `top` is not left out, nor a part of what is. */
export function complement(top: number, left: readonly Range[]): Range[] {
  const ranges: Range[] = [];
  let at = 0;
  for (const { address, bytes } of [...left].sort((one, other) => one.address - other.address)) {
    const end = Math.min(address, top);
    if (end > at) ranges.push({ address: at, bytes: end - at });
    at = Math.max(at, Math.ceil((address + bytes) / WORD) * WORD);
  }
  if (at < top) ranges.push({ address: at, bytes: top - at });
  return ranges;
}

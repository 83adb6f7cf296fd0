import type { PartKind } from '../machine/round.js';

/** A message of a round from another worker. */
export interface Part {
  readonly turn: number;
  readonly from: string;
  readonly part: PartKind;
  readonly bytes: Uint8Array;
}

/** Most bytes of messages that wait for their round. */
const MOST_BYTES = 2 ** 30;

/** What a message takes besides its bytes, so that empty ones are bounded, too. */
const OVERHEAD = 1024;

/** Messages of rounds that others have begun before this worker has. */
export class PartBox {
  private parts: Part[] = [];
  private bytes = 0;

  /** Keeps a message; gives whether there was room. */
  keep(part: Part): boolean {
    const size = part.bytes.length + OVERHEAD;
    if (this.bytes + size > MOST_BYTES) return false;
    this.bytes += size;
    this.parts.push(part);
    return true;
  }

  /** Takes out those of a turn, and forgets those of turns before. */
  take(turn: number): Part[] {
    const taken = this.parts.filter((part) => part.turn === turn);
    this.parts = this.parts.filter((part) => part.turn > turn);
    this.bytes = this.parts.reduce((sum, { bytes }) => sum + bytes.length + OVERHEAD, 0);
    return taken;
  }
}

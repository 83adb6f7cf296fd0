/**
 * What threads of the model do: between two actions of one thread, those of others may come in any order.
 *
 * Memory accesses that are not atomic are actions too. They name what they touch, so that it shows when two threads
 * could touch the same at the same time.
 */
export type Action = AtomicAction | DataAction;

/** One call of `Atomics`, on a word. The thread is given its result. */
export interface AtomicAction {
  readonly call: 'load' | 'store' | 'add' | 'or' | 'wait' | 'notify';
  readonly word: number;
  /** What is stored, added or expected; how many are woken. */
  readonly value: number;
  /** Where in the barrier's source this is, and its variables: with them, how the thread came here is of no account. */
  readonly frame?: string;
}

/** Work on plain memory. */
export interface DataAction {
  readonly call: 'data';
  /** Which program it is, or which copy. */
  readonly name: string;
  /** Regions that are read. What is in them decides what is written. */
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Words that are put back to zero, without `Atomics`. */
  readonly clears?: readonly number[];
}

/** In the place of an action's result: the thread throws there. */
export const THROWS = -1;

/** Words, as in the `CONTROL` of `@weft/train`; the barrier's two come first. A spare one is for broken barriers. */
export const WORD = { arrived: 0, generation: 1, steps: 2, stopWanted: 3, stopped: 4, spare: 5 } as const;

/** The words that count tickets come behind them. */
export const FIRST_TICKET = 6;

/** Where the words of tickets lie in memory, in words: behind those of control. */
const TICKETS_AT = 16;

/** Bytes from the beginning of the memory. */
export const ticketAddress = (ticket: number) => 4 * (TICKETS_AT + ticket);

/** A word of the model from its place in memory. */
export const wordAt = (address: number) =>
  address / 4 < TICKETS_AT ? address / 4 : address / 4 - TICKETS_AT + FIRST_TICKET;

/** A region of memory is known by its address, too. Each holds one float64 of a log. */
const REGIONS_AT = 4096;
export const REGION_BYTES = 8;
export const regionAddress = (region: number) => REGIONS_AT + REGION_BYTES * region;
export const regionAt = (address: number) => (address - REGIONS_AT) / REGION_BYTES;

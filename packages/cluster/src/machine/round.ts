/** One of the machines that compute a round, in the order that all of them know. */
export interface Member {
  readonly id: string;
  /** Its share of the work, as a whole number: 0 and more. */
  readonly weight: number;
}

/** Bytes and where they lie. */
export interface Piece {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * What machines send each other in a round.
 *
 * - `nodes`: partial sums of the sender's leaves, those slices of them that the receiver puts together
 * - `sums`: slices that the sender has put together
 * - `rows`: values of the sender's examples that others read
 * - `results`: values of the sender's examples, for whoever asked for the task
 * - `values`: results that are not cut by examples, which the first member sends
 */
export type PartKind = 'nodes' | 'sums' | 'rows' | 'results' | 'values';

/** What says what the bytes of a message are. Everything else follows from the round and its members. */
export interface PartHeader {
  readonly kind: PartKind;
}

/** A message: to one member by its id, to `all` other machines, or to the `coordinator`. */
export interface Outgoing {
  readonly to: string;
  readonly part: PartHeader;
  /** May be the memory's own: they count until steps go on. */
  readonly bytes: Uint8Array;
}

/** A number that a step has left behind, and where it lies. */
export interface StepNumber {
  readonly address: number;
  readonly value: number;
}

/** A step that is done. Its number counts in its work: 0 for the call's own, 1 for what comes next. */
export interface StepLog {
  readonly work: number;
  readonly step: number;
  readonly numbers: readonly StepNumber[];
}

/** What does not fit the round: from somebody else, of another kind or length. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
}

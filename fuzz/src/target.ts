import type { RandomStream } from '@weft/core';

/** An input, and what a right reader makes of it if it is a good one. */
export interface Drawn {
  readonly bytes: Uint8Array;
  /** What `read` must return. Absent where the input may be anything: then an error that is lawful is right, too. */
  readonly expected?: unknown;
}

/** A reader of what others have written, and the laws that it keeps. */
export interface Target {
  readonly name: string;
  /** A good input, a good one with something changed that its format cares about, or bytes at random. */
  draw(random: RandomStream): Drawn;
  /**
   * Hands the input to the reader.
   *
   * @returns what was read, as something that node:util's isDeepStrictEqual compares
   * @throws what the reader throws; `Broken` if it returned what cannot be
   */
  read(bytes: Uint8Array): unknown;
  /**
   * Does with what was read what is done with it, such as to draw a page, which may well be larger than the input.
   *
   * @throws `Broken` if it cannot be used
   */
  use?(value: unknown): void;
  /** Whether the reader promises such an error. */
  isLawful(error: unknown): boolean;
  /** Bytes that the reader may allocate, the result among them; default 64 for each of the input, and 4 MiB. */
  allowance?(bytes: Uint8Array): number;
  /** Called after the last input. */
  close?(): void | Promise<void>;
}

/** A reader returned what no file can have meant. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** @throws Broken unless the condition holds */
export function mustHold(condition: boolean, law: string): void {
  if (!condition) throw new Broken(law);
}

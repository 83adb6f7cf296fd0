/**
 * What threads of the model do: between two actions of one thread, those of others may come in any order.
 *
 * Memory accesses that are not atomic are actions too. They name what they touch, so that it shows when two threads
 * could touch the same at the same time.
 */
export type Action = AtomicAction | DataAction;

/** One call of `Atomics`, on a control word. The thread is given its result. */
export interface AtomicAction {
  readonly call: 'load' | 'store' | 'add' | 'or' | 'wait' | 'notify';
  readonly word: number;
  /** What is stored, added or expected; how many are woken. */
  readonly value: number;
  /** Where in the barrier's source this is, and its variables: with them, how the thread came here is of no account. */
  readonly frame?: string;
}

/** A piece of work on plain memory. */
export interface DataAction {
  readonly call: 'data';
  /** Regions that are read, and the version that each must have. */
  readonly reads: readonly Region[];
  /** Regions that are written: each must have the version before, and has this one afterwards. */
  readonly writes: readonly Region[];
}

/** A region of memory, and how many times it has been written in this training. */
export interface Region {
  readonly region: number;
  readonly version: number;
}

/** A part of a thread's program; each `yield` is an action, and is given the action's result. */
export type Actions<Result = undefined> = Generator<Action, Result, number>;

/** Control words, as in the pool's `task.ts`; the barrier's two come first. A spare one is for broken barriers. */
export const WORD = { arrived: 0, generation: 1, ticket: 2, steps: 3, stopWanted: 4, stopped: 5, spare: 6 } as const;
export const WORDS = 7;

export const load = (word: number): AtomicAction => ({ call: 'load', word, value: 0 });
export const store = (word: number, value: number): AtomicAction => ({ call: 'store', word, value });
export const add = (word: number, value: number): AtomicAction => ({ call: 'add', word, value });

import type { StepsWork, Task } from '@weft/train/runtime';

/** Bytes that lie one after another at places of memory. */
export interface Pieces {
  /** For each piece, its address and how many bytes it has. */
  readonly places: Uint32Array;
  /** All pieces, one behind the other. */
  readonly bytes: Uint8Array;
}

/** Begins a call in a worker that has a memory of its own. */
export interface Begin {
  readonly kind: 'begin';
  /** Most pages that its memory may grow to. */
  readonly maximumPages: number;
}

/** Bytes of the page's memory, for a worker that has a memory of its own. */
export interface Write {
  readonly kind: 'write';
  readonly address: number;
  readonly bytes: ArrayBuffer;
  /** Whether nothing writes there any more: those are not compared at the end. */
  readonly isConstant: boolean;
}

/** Steps for a worker that has a memory of its own. */
export interface Steps {
  readonly kind: 'steps';
  readonly work: StepsWork;
  /** Address of the control words. */
  readonly control: number;
  /** Bytes that are reserved. */
  readonly used: number;
  /** Addresses of numbers that are reported: a float64 for each step. */
  readonly logs: readonly number[];
}

/** Ends the steps of a worker that has a memory of its own after the running one. */
export interface Stop {
  readonly kind: 'stop';
}

/** A part of the work of workers that share the page's memory. */
export interface Share {
  readonly kind: 'task';
  readonly task: Task;
}

/** What workers are told. */
export type Order = Begin | Write | Steps | Stop | Share;

/** Steps that are done, of a worker that has a memory of its own. */
export interface Progress {
  readonly kind: 'progress';
  /** Steps that were reported before. */
  readonly from: number;
  /** Steps done in all. */
  readonly steps: number;
  /** As the control word. */
  readonly stopped: number;
  /** For each reported number, its values in the new steps. */
  readonly values: readonly Float64Array[];
}

/** What workers say. */
export type Reply =
  | { readonly kind: 'ready' }
  | Progress
  | { readonly kind: 'done'; readonly changes?: Pieces }
  | { readonly kind: 'failed'; readonly error: unknown };

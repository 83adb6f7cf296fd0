import type { ProgramImage } from '../task.js';
import type { MicroBatch } from './leaves.js';

/**
 * Memory that a program is given as one of its segments. Its address may depend on where the work stands: each `per`
 * is a number of bytes for each one of that kind before it.
 */
export interface Block {
  readonly address: number;
  readonly perWorker?: number;
  /** Examples before the micro-batch, in its batch. */
  readonly perExample?: number;
  /** Examples before the batch, in the epoch. */
  readonly perExampleOfEpoch?: number;
  readonly perLeaf?: number;
  readonly perSlice?: number;
  readonly perStep?: number;
}

/** Bytes that become those of another place. */
export interface Copy {
  readonly from: Block;
  readonly to: Block;
  readonly bytes: number;
}

/** A program and the memory of its segments, the arena's first. */
export interface Launch {
  /** Another one takes its place if the engine's code for it turns out to be wrong. */
  image: ProgramImage;
  readonly blocks: readonly Block[];
}

/** Programs for the sizes of micro-batches. */
export type LaunchBySize = Readonly<Record<number, Launch>>;

/** Parts of sums or of maxima that lie one after another, and the slices that they fill. */
export interface PartGroup {
  readonly combine: 'sum' | 'max';
  /** Bytes from the beginning of a leaf. */
  readonly offset: number;
  readonly slices: number;
}

/** What the leaves of a stage hold, and where it lies when they are put together. */
export interface LeafParts {
  /** Address of leaf 0. A single leaf is the sum itself: it lies at `reduced`. */
  readonly leaves: number;
  /** Bytes of a leaf. */
  readonly bytes: number;
  readonly groups: readonly PartGroup[];
  readonly reduced: number;
}

/** Micro-batches, which workers draw leaf by leaf: who computes a leaf is left to chance, what goes into it is not. */
export interface MicroStage {
  readonly kind: 'micro';
  /** Address of the word that counts the leaves that were drawn. */
  readonly ticket: number;
  /** The micro-batches of each leaf, which are added up in their order. */
  readonly leaves: readonly (readonly MicroBatch[])[];
  /** Number of the first of these leaves: others are computed elsewhere. Default: 0. */
  readonly firstLeaf?: number;
  /** What micro-batches add to; undefined if there are no sums. */
  readonly parts?: LeafParts;
  /** For the first micro-batch of a leaf, and for those that are added to it. */
  readonly first: LaunchBySize;
  readonly next: LaunchBySize;
}

/** The same program on one slice of memory after another, or programs that differ: each worker does its share. */
export interface SliceStage {
  readonly kind: 'slices';
  /** Whether it puts the leaves of the micro stage before it together. */
  readonly combinesLeaves?: boolean;
  readonly parts: readonly { readonly launch: Launch; readonly count: number }[];
}

/** A program that one worker runs, on values of the whole batch. */
export interface WholeStage {
  readonly kind: 'whole';
  readonly launch: Launch;
}

/** Numbers that a step leaves behind, each as a float64 of its own for each step. */
export interface LoggedNumber {
  readonly from: number;
  readonly to: number;
}

/** What one worker does at the end of an update, when its sums are known and no worker reads what it overwrites. */
export interface FinishStage {
  readonly kind: 'finish';
  /** Values that become those of the next update, such as moving averages. All are read before any is written. */
  readonly renewals: readonly Copy[];
  readonly logs: readonly LoggedNumber[];
  /** Set behind the last update of a step: words of control that are put back to zero for the next one. */
  readonly endsStep?: { readonly tickets: number; readonly count: number };
}

/** What all workers do between two barriers. */
export type Stage = MicroStage | SliceStage | WholeStage | FinishStage;

/** The stages of a step, by the number of examples in its batch. */
export type StagesBySize = Readonly<Record<number, readonly Stage[]>>;

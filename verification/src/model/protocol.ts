import { type Actions, add, type DataAction, load, type Region, store, WORD } from './actions.js';
import type { Barrier } from './load-barrier.js';

/** How much there is to do. */
export interface Size {
  readonly workers: number;
  /** Lanes of gradients, and slices of parameters. */
  readonly lanes: number;
  readonly slices: number;
  /** Pieces of validation examples, after the last step. */
  readonly pieces: number;
  /** After how many steps a leg of the epoch ends, whose last step it is; main begins the next one. */
  readonly legs: readonly number[];
}

/** Where a worker is. */
export interface Place {
  readonly worker: number;
  readonly step: number;
  /** The step with which this leg ends. */
  readonly end: number;
  readonly size: Size;
  readonly barrier: Barrier;
}

/** A part of a step. True means that the worker's task ends here. */
export type Phase = (place: Place) => Actions<boolean>;

/**
 * A step of an epoch, as `runEpoch` in the pool's `worker.ts` makes it. That this is so is tested: the real one is run
 * and what it does is compared.
 */
export const PROTOCOL: readonly Phase[] = [computeGradients, meet, updateSlices, finishStep, meet, goOnOrEnd];

/** Regions of memory: lanes, then slices of parameters, then results of the validation. */
const laneRegion = (lane: number) => lane;
const sliceRegion = ({ lanes }: Size, slice: number) => lanes + slice;
const resultRegion = ({ lanes, slices }: Size, piece: number) => lanes + slices + piece;
export const regionCount = ({ lanes, slices, pieces }: Size) => lanes + slices + pieces;

const at = (version: number, count: number, region: (index: number) => number): Region[] =>
  Array.from({ length: count }, (_, index) => ({ region: region(index), version }));
const allLanes = (size: Size, version: number) => at(version, size.lanes, laneRegion);
const allSlices = (size: Size, version: number) => at(version, size.slices, (slice) => sliceRegion(size, slice));
const work = (reads: readonly Region[], writes: readonly Region[] = []): DataAction => ({
  call: 'data',
  reads,
  writes,
});

/** What depends on parameters alone is prepared; then lanes are drawn like tickets, and filled. */
export function* computeGradients({ size, step }: Place): Actions<boolean> {
  yield work(allSlices(size, step));
  for (;;) {
    const lane = yield add(WORD.ticket, 1);
    if (lane >= size.lanes) return false;
    yield work(allSlices(size, step), [{ region: laneRegion(lane), version: step + 1 }]);
  }
}

export function* meet({ barrier, size }: Place): Actions<boolean> {
  yield* barrier.arriveAndWait(undefined, size.workers);
  return false;
}

/** Each worker updates the slices that are its own. */
export function* updateSlices({ size, step, worker }: Place): Actions<boolean> {
  for (let slice = worker; slice < size.slices; slice += size.workers) {
    yield work(allLanes(size, step + 1), [{ region: sliceRegion(size, slice), version: step + 1 }]);
  }
  return false;
}

/** Worker 0 adds up the loss, lays out the tickets anew, and tells whether all are to stop. */
export function* finishStep({ size, step, worker }: Place): Actions<boolean> {
  if (worker !== 0) return false;
  yield work(allLanes(size, step + 1));
  yield store(WORD.ticket, 0);
  yield store(WORD.steps, step + 1);
  yield store(WORD.stopped, yield load(WORD.stopWanted));
  return false;
}

export function* goOnOrEnd(place: Place): Actions<boolean> {
  return yield* endIf((yield load(WORD.stopped)) !== 0, place);
}

/** The last step of an epoch is followed by its validation, stopped or not. */
export function* endIf(isStopped: boolean, { size, step, end }: Place): Actions<boolean> {
  if (step + 1 < end) return isStopped;
  if (end < size.legs[size.legs.length - 1]) return true;
  for (;;) {
    const piece = yield add(WORD.ticket, 1);
    if (piece >= size.pieces) return true;
    yield work(allSlices(size, step + 1), [{ region: resultRegion(size, piece), version: 1 }]);
  }
}

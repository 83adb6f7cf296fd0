import type { DepthwiseAttributes } from '../operations/depthwise.js';
import { windowPositions } from '../operations/window.js';

/** A tap of a kernel along one axis, and where what it is multiplied by stands. */
interface Tap {
  readonly tap: number;
  readonly at: number;
}

/** Neighbouring positions that need the same code: so many, `period` apart, each with as many taps. */
export interface RowRun {
  readonly first: number;
  readonly times: number;
  readonly count: number;
  /** The first tap of the first position, and how far that moves from one position to the next. */
  readonly start: Tap;
  readonly advance: number;
}

/** The rows of what a kernel gives, as runs; from one tap to the next the same distances everywhere. */
export interface Rows {
  readonly runs: readonly RowRun[];
  readonly period: number;
  readonly step: Tap;
}

/** Columns that are computed together: for each its taps, places relative to the tile's origin. */
export interface ColumnTile {
  readonly outputs: readonly (readonly Tap[])[];
  readonly origin: number;
}

/** The same tile several times. */
export interface TileRun extends ColumnTile {
  readonly times: number;
  /** Pixels from one origin to the next. */
  readonly advance: number;
}

/** What is written row by row and tile by tile, without taps in the padding. */
export interface TapPlan {
  readonly rows: Rows;
  readonly tiles: readonly TileRun[];
  /** Pixels in a row of what is read, and in one of what is written. */
  readonly read: number;
  readonly written: number;
}

/**
 * The taps of a depthwise convolution, or of its adjoint in the images: `images` reads what `result` has and the other
 * way round.
 */
export function planTaps({ window, shape }: DepthwiseAttributes, gives: 'result' | 'images'): TapPlan {
  const positions = windowPositions('depthwiseConv2d', shape, window);
  const tapsAlong = (axis: 0 | 1) => {
    const [size, stride, dilation] = [window.size[axis], window.strides[axis], window.dilation[axis]];
    const [length, before] = [shape[axis + 1], window.padding[axis][0]];
    return Array.from({ length: gives === 'result' ? positions[axis] : length }, (_, position) =>
      Array.from({ length: size }, (_, tap): Tap => {
        const at =
          gives === 'result'
            ? position * stride + tap * dilation - before
            : (position + before - tap * dilation) / stride;
        return { tap, at };
      }).filter(({ at }) => Number.isInteger(at) && at >= 0 && at < (gives === 'result' ? length : positions[axis])),
    );
  };
  const period = ([height, width]: readonly [number, number]) => (gives === 'result' ? [1, 1] : [height, width]);
  const [rowPeriod, columnPeriod] = period(window.strides);
  return {
    rows: { runs: rowRuns(tapsAlong(0), rowPeriod), period: rowPeriod, step: stepOf(window, gives) },
    tiles: tileRuns(tapsAlong(1), columnsOfTile(window.size[1], columnPeriod)),
    read: gives === 'result' ? shape[2] : positions[1],
    written: gives === 'result' ? positions[1] : shape[2],
  };
}

/** From one tap of a column to the next that falls on a pixel, and from one pixel to the next. */
function stepOf({ strides: [stride], dilation: [dilation] }: DepthwiseAttributes['window'], gives: string): Tap {
  if (gives === 'result') return { tap: 1, at: dilation };
  const common = greatestDivisor(stride, dilation);
  return { tap: stride / common, at: -dilation / common };
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/**
 * Columns of a tile, a multiple of the period: with the taps of a row of the kernel they fit into the registers, as
 * long as that is possible.
 */
function columnsOfTile(taps: number, period: number): number {
  const most = Math.max(4, Math.min(8, 12 - taps));
  return period * Math.max(1, Math.floor(most / period));
}

function rowRuns(taps: readonly (readonly Tap[])[], period: number): RowRun[] {
  const runs: { first: number; times: number; count: number; start: Tap; advance: number }[] = [];
  for (let phase = 0; phase < Math.min(period, taps.length); phase++) {
    let isNew = true;
    for (let row = phase; row < taps.length; row += period) {
      const run = runs[runs.length - 1];
      const start = taps[row][0] ?? { tap: 0, at: 0 };
      const before = taps[row - period]?.[0] ?? { tap: 0, at: 0 };
      const advance = start.at - before.at;
      const isSame = !isNew && run.count === taps[row].length && start.tap === before.tap;
      if (isSame && (run.times === 1 || run.advance === advance)) Object.assign(run, { times: run.times + 1, advance });
      else runs.push({ first: row, times: 1, count: taps[row].length, start, advance: 0 });
      isNew = false;
    }
  }
  return runs;
}

function tileRuns(taps: readonly (readonly Tap[])[], columns: number): TileRun[] {
  const runs: (ColumnTile & { times: number; advance: number })[] = [];
  for (let from = 0; from < taps.length; from += columns) {
    const mine = taps.slice(from, from + columns);
    const places = mine.flatMap((each) => each.map(({ at }) => at));
    const origin = places.length > 0 ? Math.min(...places) : 0;
    const outputs = mine.map((each) => each.map(({ tap, at }) => ({ tap, at: at - origin })));
    const run = runs[runs.length - 1];
    const advance = run && origin - (run.origin + (run.times - 1) * run.advance);
    const isSame = run && JSON.stringify(run.outputs) === JSON.stringify(outputs);
    if (isSame && (run.times === 1 || run.advance === advance)) Object.assign(run, { times: run.times + 1, advance });
    else runs.push({ outputs, origin, times: 1, advance: 0 });
  }
  return runs;
}

import { componentsOf, type Matrix, type Tiling } from '../operations/tiles.js';
import { jsonOf } from '../trace/json.js';
import type { FunctionBuilder, Local, Width } from './assembler.js';
import { local } from './functions.js';
import type { ModuleBuilder } from './module.js';
import { keepAddress, WIDTH_BYTES, widthsOf } from './pairs.js';

/** A tiling in bytes: where pixels and components lie. */
export interface Layout {
  readonly tiling: Tiling;
  readonly batch: number;
  readonly channels: number;
  /** Channels that are taken through both one-dimensional transformations before the next. */
  readonly run: number;
  /** Height and width of the part of the plane that tiles touch, which may stick out of the image. */
  readonly extent: readonly [number, number];
  /** Bytes from one component of a tile to the next, and from one tile to the next. */
  readonly componentBytes: number;
  readonly tileBytes: number;
  /** Whether channels are taken by pairs of vectors. */
  readonly widest: 'pair' | 'vector';
  /** Bytes that some channels of a component take in scratch memory, however few they are. */
  readonly heldBytes: number;
}

/** Channels of a run at most: what lies between the two transformations stays in the first-level cache. */
const RUN = 64;

const isIdentity = (matrix: Matrix) =>
  matrix.length === matrix[0].length && matrix.every((row, i) => row.every((x, j) => x === Number(i === j)));

/** Whether components are pixels, so that nothing is computed. */
export const isCopy = ({ rows, columns }: Tiling): boolean => isIdentity(rows) && isIdentity(columns);

/** Where the pixels and components of images of a batch lie. */
export function layoutOf(tiling: Tiling, batch: number, channels: number, widest: Layout['widest']): Layout {
  const { grid, step, dilation, rows, columns } = tiling;
  const tiles = batch * grid[0] * grid[1];
  const first = tiling.components === 'first';
  return {
    tiling,
    batch,
    channels,
    run: isCopy(tiling) ? channels : Math.min(channels, RUN),
    extent: [
      (grid[0] - 1) * step[0] + (rows[0].length - 1) * dilation[0] + 1,
      (grid[1] - 1) * step[1] + (columns[0].length - 1) * dilation[1] + 1,
    ],
    componentBytes: (first ? tiles : 1) * channels * 4,
    tileBytes: (first ? 1 : componentsOf(tiling)) * channels * 4,
    widest,
    heldBytes: WIDTH_BYTES[widest],
  };
}

/** The part of the plane that lies in the image: from where to where, in pixels of the plane. */
export function overlap({ tiling: { image, origin }, extent }: Layout): { from: number[]; size: number[] } {
  const from = origin.map((o) => Math.max(0, -o));
  return { from, size: from.map((at, axis) => Math.max(0, Math.min(extent[axis], image[axis] - origin[axis]) - at)) };
}

/** Bytes in which a tile is kept between its two one-dimensional transformations. */
export function scratchBytes({ tiling: { rows, columns }, run, widest, heldBytes }: Layout): number {
  const groups = widthsOf(run, widest).reduce((sum, { times }) => sum + times, 0);
  return Math.max(rows.length, rows[0].length) * Math.max(columns.length, columns[0].length) * heldBytes * groups;
}

/**
 * Walks the grid of one image, and the channels of each tile run by run: `pixel` points at the first pixel of a tile,
 * `tile` at its first component, and `run` is the layout with as many channels in a run as there are.
 */
export function forEachTile(
  f: FunctionBuilder,
  layout: Layout,
  plane: Local,
  pitch: number,
  tile: Local,
  body: (pixel: Local, tile: Local, run: Layout) => void,
): void {
  const { tiling, channels, tileBytes } = layout;
  const { grid, step } = tiling;
  const pixel = f.local('i32');
  const row = f.local('i32');
  f.set(row, local(plane));
  f.repeat(grid[0], () => {
    f.set(pixel, local(row));
    f.repeat(grid[1], () => {
      forEachRun(f, layout, [pixel, tile], body);
      f.increase(pixel, step[1] * channels * 4);
      f.increase(tile, tileBytes);
    });
    f.increase(row, step[0] * pitch);
  });
}

function forEachRun(
  f: FunctionBuilder,
  layout: Layout,
  [pixel, tile]: readonly [Local, Local],
  body: (pixel: Local, tile: Local, run: Layout) => void,
): void {
  const { channels, run } = layout;
  if (channels === run) {
    body(pixel, tile, layout);
    return;
  }
  const [atPixel, atTile] = [keepAddress(f, pixel), keepAddress(f, tile)];
  f.repeat(Math.floor(channels / run), () => {
    body(atPixel, atTile, layout);
    for (const at of [atPixel, atTile]) f.increase(at, run * 4);
  });
  if (channels % run > 0) body(atPixel, atTile, { ...layout, run: channels % run });
}

/**
 * A pointer that is walked along the channels of a tile: by their width where they lie side by side, or by so many
 * places in scratch memory.
 */
interface ChannelWalk {
  readonly pointer: Local;
  readonly held?: number;
}

/** Walks the channels of a tile by pairs and vectors, and the last few one by one. */
export function forEachChannel(
  f: FunctionBuilder,
  { run, widest, heldBytes }: Layout,
  walks: readonly ChannelWalk[],
  body: (pointers: Local[], width: Width) => void,
): void {
  const walking = walks.map(({ pointer }) => keepAddress(f, pointer));
  for (const { width, times } of widthsOf(run, widest)) {
    f.repeat(times, () => {
      body(walking, width);
      walking.forEach((at, which) => {
        const { held } = walks[which];
        f.increase(at, held === undefined ? WIDTH_BYTES[width] : held * heldBytes);
      });
    });
  }
}

/** The width at which what is kept in scratch memory is read and written. */
export const heldWidth = (width: Width): Width => (width === 'lane' ? 'vector' : width);

/** With fewer channels than this a call costs more than the code that it saves. */
const CALLED_CHANNELS = 8;

/**
 * Writes code on some addresses: as a function of its own that is called, since the lines of a tile differ in their
 * addresses alone, or in place where there are few channels.
 *
 * @param meaning what profilers call it, and all that is constant in the code
 */
export function onAddresses(
  module: ModuleBuilder,
  f: FunctionBuilder,
  meaning: readonly [label: string, layout: Layout, ...constants: unknown[]],
  addresses: readonly { readonly base: Local; readonly offset: number }[],
  write: (f: FunctionBuilder, ...addresses: Local[]) => void,
): void {
  const [label, layout, ...constants] = meaning;
  const { channels } = layout;
  if (channels < CALLED_CHANNELS) {
    write(f, ...addresses.map(({ base, offset }) => keepAddress(f, base, offset)));
    return;
  }
  const parameters = addresses.map(() => 'i32' as const);
  const key = `${label}_${channels} ${jsonOf(layout)} ${JSON.stringify(constants)}`;
  const callee = module.define(key, parameters, write);
  for (const { base, offset } of addresses) f.get(base).i32(offset).op('add');
  f.call(callee);
}

import { componentsOf, type Tiling } from '../operations/tiles.js';
import { jsonOf } from '../trace/json.js';
import type { FunctionBuilder, Local } from './assembler.js';
import { local } from './functions.js';
import type { ModuleBuilder } from './module.js';
import type { Width } from './strided.js';

/** A tiling in bytes: where pixels and components lie. */
export interface Layout {
  readonly tiling: Tiling;
  readonly batch: number;
  readonly channels: number;
  /** Height and width of the part of the plane that tiles touch, which may stick out of the image. */
  readonly extent: readonly [number, number];
  /** Bytes from one component of a tile to the next, and from one tile to the next. */
  readonly componentBytes: number;
  readonly tileBytes: number;
}

/** Where the pixels and components of images of a batch lie. */
export function layoutOf(tiling: Tiling, batch: number, channels: number): Layout {
  const { grid, step, dilation, rows, columns } = tiling;
  const tiles = batch * grid[0] * grid[1];
  const first = tiling.components === 'first';
  return {
    tiling,
    batch,
    channels,
    extent: [
      (grid[0] - 1) * step[0] + (rows[0].length - 1) * dilation[0] + 1,
      (grid[1] - 1) * step[1] + (columns[0].length - 1) * dilation[1] + 1,
    ],
    componentBytes: (first ? tiles : 1) * channels * 4,
    tileBytes: (first ? 1 : componentsOf(tiling)) * channels * 4,
  };
}

/** The part of the plane that lies in the image: from where to where, in pixels of the plane. */
export function overlap({ tiling: { image, origin }, extent }: Layout): { from: number[]; size: number[] } {
  const from = origin.map((o) => Math.max(0, -o));
  return { from, size: from.map((at, axis) => Math.max(0, Math.min(extent[axis], image[axis] - origin[axis]) - at)) };
}

/** Bytes in which a tile is kept between its two one-dimensional transformations: a vector for four channels or one. */
export function scratchBytes({ rows, columns }: Tiling, channels: number): number {
  const vectors = Math.floor(channels / 4) + (channels % 4);
  return Math.max(rows.length, rows[0].length) * Math.max(columns.length, columns[0].length) * 16 * vectors;
}

/** Walks the grid of one image: `pixel` points at the first pixel of each tile, `tile` at its first component. */
export function forEachTile(
  f: FunctionBuilder,
  { tiling: { grid, step }, channels, tileBytes }: Layout,
  plane: Local,
  pitch: number,
  tile: Local,
  body: (pixel: Local, tile: Local) => void,
): void {
  const pixel = f.local('i32');
  const row = f.local('i32');
  f.set(row, local(plane));
  f.repeat(grid[0], () => {
    f.set(pixel, local(row));
    f.repeat(grid[1], () => {
      body(pixel, tile);
      f.increase(pixel, step[1] * channels * 4);
      f.increase(tile, tileBytes);
    });
    f.increase(row, step[0] * pitch);
  });
}

/** A pointer that is walked along the channels of a tile, and the bytes from one vector of channels to the next. */
interface ChannelWalk {
  readonly pointer: Local;
  readonly bytes: number;
}

/** Walks the channels of a tile by vectors, and the last few one by one. */
export function forEachChannel(
  f: FunctionBuilder,
  channels: number,
  walks: readonly ChannelWalk[],
  body: (pointers: Local[], width: Width) => void,
): void {
  const walking = walks.map(({ pointer }) => keepAddress(f, pointer));
  const go = (count: number, width: Width) =>
    f.repeat(count, () => {
      body(walking, width);
      walking.forEach((at, which) => {
        const { bytes } = walks[which];
        f.increase(at, bytes === CHANNEL_BYTES && width === 'lane' ? 4 : bytes);
      });
    });
  go(Math.floor(channels / 4), 'vector');
  go(channels % 4, 'lane');
}

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
  channels: number,
  meaning: readonly [label: string, layout: Layout, ...constants: unknown[]],
  addresses: readonly { readonly base: Local; readonly offset: number }[],
  write: (f: FunctionBuilder, ...addresses: Local[]) => void,
): void {
  if (channels < CALLED_CHANNELS) {
    write(f, ...addresses.map(({ base, offset }) => keepAddress(f, base, offset)));
    return;
  }
  const parameters = addresses.map(() => 'i32' as const);
  const [label, layout, ...constants] = meaning;
  const key = `${label}_${channels} ${jsonOf(layout)} ${JSON.stringify(constants)}`;
  const callee = module.define(key, parameters, write);
  for (const { base, offset } of addresses) f.get(base).i32(offset).op('add');
  f.call(callee);
}

/** Bytes of a vector of channels where channels lie side by side. */
export const CHANNEL_BYTES = 16;

/** A new local that holds an address, some bytes further. */
export function keepAddress(f: FunctionBuilder, pointer: Local, offset = 0): Local {
  const address = f.local('i32');
  f.set(address, (g) => g.get(pointer).i32(offset).op('add'));
  return address;
}

import { checkPicture } from './check-picture.js';
import { type Picture, valuesOf } from './picture.js';

/** Where tiles lie in a picture, in the order of rows and columns of tiles. */
export interface TileGrid {
  /** Of the picture. */
  readonly width: number;
  readonly height: number;
  /** Rows and columns of a tile. */
  readonly size: number;
  /** Pixels that neighbours have in common at least. */
  readonly overlap: number;
  /** First rows and first columns of tiles; 0 alone where the picture is no larger than a tile. */
  readonly tops: readonly number[];
  readonly lefts: readonly number[];
}

/** A picture in tiles. */
export interface Tiles {
  readonly grid: TileGrid;
  readonly channels: 1 | 2 | 3 | 4;
  readonly depth: 8 | 16;
  /** tiles x size x size x channels values. */
  readonly data: Uint8Array | Uint16Array;
}

/**
 * Lays tiles over a picture of a size. Each begins `size - overlap` pixels after its neighbour. The last of a row or
 * column ends where the picture does, and so may have more in common with its neighbour.
 *
 * @param size    rows and columns of a tile
 * @param overlap pixels that neighbours have in common, less than `size`; default 0
 * @throws RangeError if a number is none of these
 * @example
 * tileGrid(10, 4, 4, 1).lefts; // [0, 3, 6]
 */
export function tileGrid(width: number, height: number, size: number, overlap = 0): TileGrid {
  for (const [name, value] of Object.entries({ width, height, size })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(`tileGrid: the ${name} is ${value}, expected a whole number of pixels of at least 1.`);
  }
  if (!Number.isSafeInteger(overlap) || overlap < 0 || overlap >= size) {
    throw new RangeError(
      `tileGrid: the overlap is ${overlap}, expected a whole number from 0 to ${size - 1}, below the size.`,
    );
  }
  return { width, height, size, overlap, tops: begins(height, size, overlap), lefts: begins(width, size, overlap) };
}

function begins(length: number, size: number, overlap: number): number[] {
  const count = length <= size ? 1 : Math.ceil((length - size) / (size - overlap)) + 1;
  return Array.from({ length: count }, (_, tile) => Math.max(0, Math.min(tile * (size - overlap), length - size)));
}

/**
 * Cuts a picture into square tiles that overlap. Where the picture is smaller than a tile, it is continued to the right
 * and downwards by its reflection; the pixels at its edge are not repeated.
 *
 * @param size    rows and columns of a tile
 * @param overlap pixels that neighbours have in common, less than `size`; default 0
 * @throws TypeError or RangeError if it is no picture, or there are no such tiles
 * @example
 * const picture = { width: 3, height: 2, channels: 1, depth: 8, data: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;
 * cutTiles(picture, 2).data; // [1, 2, 4, 5, 2, 3, 5, 6]
 */
export function cutTiles(picture: Picture, size: number, overlap = 0): Tiles {
  checkPicture('cutTiles', picture);
  const { width, height, channels, depth, data } = picture;
  const grid = tileGrid(width, height, size, overlap);
  const { tops, lefts } = grid;
  const tiles = valuesOf(depth, tops.length * lefts.length * size * size * channels);
  const columns = Math.min(size, width) * channels;
  let to = 0;
  for (const top of tops) {
    for (const left of lefts) {
      for (let row = 0; row < size; row++, to += size * channels) {
        const from = (reflected(top + row, height) * width + left) * channels;
        tiles.set(data.subarray(from, from + columns), to);
        for (let column = width; column < size; column++) {
          const other = from + reflected(column, width) * channels;
          tiles.set(data.subarray(other, other + channels), to + column * channels);
        }
      }
    }
  }
  return { grid, channels, depth, data: tiles };
}

/** The place from 0 to below `length` that reflection at the first and the last of these leads to. */
function reflected(place: number, length: number): number {
  if (place < length) return place;
  const period = Math.max(1, 2 * (length - 1));
  const within = place % period;
  return within < length ? within : period - within;
}

/** How much a tile counts, pixel by pixel: a ramp from its edges up to where the overlap ends. */
function ramp(size: number, overlap: number): Float64Array {
  return Float64Array.from({ length: size }, (_, at) => Math.min(at + 1, size - at, overlap + 1));
}

/** For each row or column, the sum of the ramps of the tiles that have it. */
function rampSums(tiles: readonly number[], length: number, weights: Float64Array): Float64Array {
  const sums = new Float64Array(length);
  for (const begin of tiles) {
    for (let at = 0; at < weights.length && begin + at < length; at++) sums[begin + at] += weights[at];
  }
  return sums;
}

/**
 * Puts tiles together. Where they overlap, pixels are a mean whose weights fall linearly towards the edges of tiles, so
 * that there are no seams. Tiles as they were cut give the picture that they were cut from, exactly. Values may be
 * floating-point numbers, as models give them.
 *
 * @param tiles    tiles x size x size x channels values, in the order of the grid
 * @param channels values of a pixel
 * @returns height x width x channels values, in an array of the same type; whole numbers are rounded to the nearest
 * @throws RangeError if the values are not as many as the grid's
 * @example
 * const picture = { width: 3, height: 2, channels: 1, depth: 8, data: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;
 * const { data, grid, channels } = cutTiles(picture, 2);
 * joinTiles(data, grid, channels); // [1, 2, 3, 4, 5, 6]
 */
export function joinTiles<Values extends Uint8Array | Uint16Array | Float32Array>(
  tiles: Values,
  grid: TileGrid,
  channels: number,
): Values {
  const { width, height, size, overlap, tops, lefts } = grid;
  const expected = tops.length * lefts.length * size * size * channels;
  if (tiles.length !== expected) {
    throw new RangeError(
      `joinTiles: got ${tiles.length} values, expected tiles x size x size x channels, ` +
        `${tops.length * lefts.length} x ${size} x ${size} x ${channels} = ${expected}.`,
    );
  }
  const weights = ramp(size, overlap);
  const [downSums, acrossSums] = [rampSums(tops, height, weights), rampSums(lefts, width, weights)];
  const joined = new (tiles.constructor as new (length: number) => Values)(height * width * channels);
  const half = tiles instanceof Float32Array ? 0 : 0.5;
  // Row by row, so that no second picture of wider numbers is needed.
  const sums = new Float64Array(width * channels);
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    for (const [tileRow, top] of tops.entries()) {
      if (row < top || row >= top + size) continue;
      for (const [tileColumn, left] of lefts.entries()) {
        const from = ((tileRow * lefts.length + tileColumn) * size + row - top) * size * channels;
        addRow(tiles, from, weights, weights[row - top], sums, left, channels);
      }
    }
    const to = row * width * channels;
    for (let at = 0; at < sums.length; at++) {
      const value = sums[at] / (downSums[row] * acrossSums[Math.floor(at / channels)]) + half;
      joined[to + at] = half === 0 ? value : Math.floor(value);
    }
  }
  return joined;
}

/** Adds a row of a tile, times its weights, to a row of the picture; what sticks out is left out. */
function addRow(
  tiles: ArrayLike<number>,
  from: number,
  weights: Float64Array,
  down: number,
  sums: Float64Array,
  left: number,
  channels: number,
): void {
  const columns = Math.min(weights.length, sums.length / channels - left);
  for (let column = 0, at = from; column < columns; column++) {
    const weight = down * weights[column];
    for (let channel = 0; channel < channels; channel++, at++) {
      sums[(left + column) * channels + channel] += weight * tiles[at];
    }
  }
}

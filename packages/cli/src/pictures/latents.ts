import type { Tensor } from '@weft/core';
import { asChannels, asDepth, type Picture, resizeImage } from '@weft/data';
import type { BaseModel } from '@weft/nn';
import { InputError } from '../exit.js';
import type { PictureModel } from './picture-model.js';
import { type PictureResult, type PictureTask, throughModel } from './through-model.js';

/** What a row of latents belongs to. */
export interface LatentRow {
  readonly path: string;
  /** Name of the folder that the picture lies in; empty for the outermost. */
  readonly label: string;
  /** First row and column of the tile in the picture, where each tile has a row of latents. */
  readonly tile?: readonly [row: number, column: number];
}

/** Latents of pictures, row by row. */
export interface Latents {
  readonly rows: readonly LatentRow[];
  /** [rows, size] */
  readonly values: Float32Array;
  /** Shape of a latent, such as [7, 7, 64]; `size` is the product. */
  readonly shape: readonly number[];
  readonly size: number;
  /** A small picture of each row, RGB, of the same square size; without it they are not made. */
  readonly thumbnails: readonly Picture[];
}

/** Numbers of all latents: 2 GB. */
const MOST_VALUES = 1 << 29;

/** How to make latents. */
export interface LatentOptions {
  /** A row for each picture, the mean over its tiles; or one for each tile. */
  readonly each: 'picture' | 'tile';
  /** Pixels of a side of the small pictures; undefined for none. */
  readonly thumbnail: number | undefined;
  /** Is called after each picture. */
  readonly onPicture: (done: number) => void;
}

/**
 * Encodes pictures.
 *
 * @param task whose network is the encoder
 * @throws InputError if there are more numbers than memory is meant for
 */
export async function latentsOf(task: PictureTask, { each, thumbnail, onPicture }: LatentOptions): Promise<Latents> {
  const [{ shape }] = task.network.outputs;
  const size = shape.reduce((product, length) => product * length, 1);
  const rows: LatentRow[] = [];
  const parts: Float32Array[] = [];
  const thumbnails: Picture[] = [];
  for await (const result of throughModel(task)) {
    const { path, number } = result.found;
    const label = path.split('/').at(-2) ?? '';
    if (each === 'tile') {
      for (const tile of tilesOf(result)) rows.push({ path, label, tile });
      parts.push(result.outputs.slice());
    } else {
      rows.push({ path, label });
      parts.push(meanRow(result.outputs, size));
    }
    if (thumbnail !== undefined) thumbnails.push(...smallPictures(result, task.model, each, thumbnail));
    if (rows.length * size > MOST_VALUES) {
      throw new InputError(
        `${path}: the latents of ${rows.length} rows and ${size} numbers take more than 2 GB. Encode fewer pictures at a time.`,
      );
    }
    onPicture(number + 1);
  }
  const values = new Float32Array(rows.length * size);
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { rows, values, shape, size, thumbnails };
}

function meanRow(values: Float32Array, size: number): Float32Array {
  const count = values.length / size;
  if (count === 1) return values.slice();
  const sums = new Float64Array(size);
  for (let at = 0; at < values.length; at++) sums[at % size] += values[at];
  return Float32Array.from(sums, (sum) => sum / count);
}

function tilesOf({ prepared: { grid } }: PictureResult): [number, number][] {
  if (!grid) return [[0, 0]];
  return grid.tops.flatMap((top) => grid.lefts.map((left): [number, number] => [top, left]));
}

function smallPictures(
  { picture, prepared }: PictureResult,
  model: PictureModel,
  each: LatentOptions['each'],
  side: number,
): Picture[] {
  const small = (whole: Picture) => asDepth(resizeImage(asChannels(whole, 3), side, side, { fit: 'pad' }), 8);
  if (each === 'picture') return [small(picture)];
  const { height, width, channels } = model;
  const size = height * width * channels;
  const depth = picture.depth;
  return Array.from({ length: prepared.count }, (_, tile) =>
    small({ height, width, channels, depth, data: prepared.data.subarray(tile * size, (tile + 1) * size) }),
  );
}

/** Checks that a model can be asked for latents of one vector or feature map each. */
export function checkEncoder(encoder: BaseModel<Tensor>, path: string): void {
  if (encoder.outputs.length === 1) return;
  throw new InputError(
    `${path}: its encoder has ${encoder.outputs.length} outputs, expected one. Give an autoencoder.`,
  );
}

import { asChannels, asDepth, cutTiles, joinTiles, type Picture, resizeImage, type TileGrid } from '@weft/data';
import type { PictureModel } from './picture-model.js';
import { BadPictureError } from './read-picture.js';

/**
 * What becomes of a picture's channels.
 *
 * - `trained`: as in training. The picture gets the model's channels: colours become luma, grey becomes three equal
 *   colours, alpha that the model does not know is laid on black.
 * - `kept`: the result has the picture's own channels. Through a grey model each colour goes by itself; alpha that the
 *   model does not know is left as it is.
 */
export type Form = 'trained' | 'kept';

/** A picture as a model takes it. */
export interface PreparedPicture {
  /** How many images of the model's size: 1, or one for each tile and each colour that goes by itself. */
  readonly count: number;
  /** [count, height, width, channels]: bytes, or 16 bits. */
  readonly data: Uint8Array | Uint16Array;
  /** Where the tiles lie, if it was cut. */
  readonly grid: TileGrid | undefined;
  /**
   * Puts together what the model makes of the images.
   *
   * @param outputs [count, height, width, channels], in units of the model's inputs
   * @param size    `picture` (the default) resizes the result to the picture's own size, `model` leaves it as it is
   * @returns a picture of as many bits as the one that was prepared
   * @throws BadPictureError if the outputs are no finite numbers
   */
  restore(outputs: Float32Array, size?: 'picture' | 'model'): Picture;
}

/**
 * Prepares a picture for a model.
 *
 * @throws BadPictureError if its size does not fit
 */
export function preparePicture(picture: Picture, model: PictureModel, form: Form): PreparedPicture {
  const layers = layersOf(picture, model.channels, form);
  const parts = layers.map((layer) => sized(layer, model));
  const { grid } = parts[0];
  const each = model.height * model.width * model.channels;
  const data = joined(parts.map((part) => part.data));
  return {
    count: data.length / each,
    data,
    grid,
    restore(outputs, size = 'picture') {
      const length = outputs.length / layers.length;
      const made = layers.map((_, at) => {
        const values = outputs.subarray(at * length, (at + 1) * length);
        const whole = asPicture(grid ? joinTiles(values, grid, model.channels) : values, grid ?? model, model);
        return size === 'picture' ? resizeImage(whole, picture.height, picture.width) : whole;
      });
      return asDepth(form === 'kept' ? merged(made, picture) : made[0], picture.depth);
    },
  };
}

/** What goes into the model one after another: the picture in its channels, or each of its colours. */
function layersOf(picture: Picture, channels: 1 | 3 | 4, form: Form): Picture[] {
  if (form === 'trained' || channels === 4) return [asChannels(picture, channels)];
  const colours = picture.channels < 3 ? 1 : 3;
  if (channels === 3) return [asChannels(withChannels(picture, colours), 3)];
  return Array.from({ length: colours }, (_, channel) => onlyChannel(picture, channel));
}

/** The first channels of a picture. */
function withChannels(picture: Picture, count: 1 | 3): Picture {
  if (picture.channels === count) return picture;
  const { width, height, channels, data: from } = picture;
  const data = from.slice(0, width * height * count);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < count; channel++) data[pixel * count + channel] = from[pixel * channels + channel];
  }
  return { ...picture, channels: count, data };
}

function onlyChannel(picture: Picture, channel: number): Picture {
  const { width, height, channels, data: from } = picture;
  if (channels === 1) return picture;
  const data = from.slice(0, width * height);
  for (let pixel = 0; pixel < data.length; pixel++) data[pixel] = from[pixel * channels + channel];
  return { ...picture, channels: 1, data };
}

function sized(layer: Picture, model: PictureModel): { data: Uint8Array | Uint16Array; grid?: TileGrid } {
  const { height, width, preparation } = model;
  if (preparation.kind === 'tile') return cutTiles(layer, height, preparation.overlap);
  if (preparation.kind === 'resize') return resizeImage(layer, height, width);
  if (layer.height === height && layer.width === width) return layer;
  const tile = height === width ? ', or --prepare tile to cut it into tiles' : '';
  throw new BadPictureError(
    `The picture has ${layer.height} x ${layer.width} pixels (height x width), but the model takes ${height} x ${width}. Give --prepare resize to resize it${tile}.`,
  );
}

function joined(parts: readonly (Uint8Array | Uint16Array)[]): Uint8Array | Uint16Array {
  if (parts.length === 1) return parts[0];
  const [first] = parts;
  const length = first.length * parts.length;
  const all = first instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
  for (const [at, part] of parts.entries()) all.set(part, at * first.length);
  return all;
}

/** A model's numbers [height, width, channels] as a picture of 16 bits; what lies below black or above white becomes black or white. */
export function asPicture(
  values: Float32Array,
  { height, width }: { readonly height: number; readonly width: number },
  { channels, scale, saved }: PictureModel,
): Picture {
  const data = new Uint16Array(values.length);
  const factor = 257 / scale;
  for (let at = 0; at < data.length; at++) {
    const value = values[at] * factor;
    if (Number.isNaN(value)) {
      throw new BadPictureError(`What ${saved.path} makes of it are no finite numbers. Train the model again.`);
    }
    data[at] = Math.min(65535, Math.max(0, Math.floor(value + 0.5)));
  }
  return { width, height, channels, depth: 16, data };
}

/** Results with the channels of the picture that they were made of, and its alpha where the model knows none. */
function merged(made: readonly Picture[], picture: Picture): Picture {
  const [{ width, height, channels: ofModel }] = made;
  const colours = picture.channels < 3 ? 1 : 3;
  const hasAlpha = picture.channels % 2 === 0;
  const coloured = made.length > 1 ? undefined : ofModel === 4 ? withChannels(made[0], 3) : made[0];
  const flat = coloured ? asChannels(coloured, colours) : undefined;
  const alpha = hasAlpha ? alphaOf(made, picture) : undefined;
  const data = new Uint16Array(width * height * picture.channels);
  for (let pixel = 0, to = 0; pixel < width * height; pixel++) {
    for (let colour = 0; colour < colours; colour++, to++) {
      data[to] = flat ? flat.data[pixel * colours + colour] : made[colour].data[pixel];
    }
    if (alpha) data[to++] = alpha[pixel];
  }
  return { width, height, channels: picture.channels, depth: 16, data };
}

/** Alpha of 16 bits for a result: what the model made of it, or the picture's own. */
function alphaOf([{ width, height, channels, data }]: readonly Picture[], picture: Picture): Uint8Array | Uint16Array {
  if (channels === 4) return data.filter((_, at) => at % 4 === 3);
  const own = asDepth(onlyChannel(picture, picture.channels - 1), 16);
  return resizeImage(own, height, width).data;
}

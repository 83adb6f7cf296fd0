import { type Fit, joinTiles, resizeImage } from '@weft/data';
import type { PictureModel } from '../pictures/picture-model.js';
import { BadPictureError } from '../pictures/read-picture.js';
import { type PictureResult, scaled } from '../pictures/through-model.js';

/** What is measured of a picture. */
export type ScoreName = 'mse' | 'top';

/** Fraction of the pixels whose mean is the score `top`. */
const TOP = 0.01;

/** A number for each pixel, row by row. */
export interface PixelMap {
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}

/**
 * Squared errors of a picture, pixel by pixel: the mean over the channels, in squared units of the model's inputs. Where
 * the picture was cut into tiles, their errors are put together as `joinTiles` does.
 *
 * @returns a map of the picture's size, or of the model's where the picture was resized for it
 * @throws BadPictureError if the model's outputs are no finite numbers
 */
export function errorMap({ prepared, outputs }: PictureResult, model: PictureModel): PixelMap {
  const { channels, scale, saved } = model;
  const inputs = new Float32Array(prepared.data.length);
  scaled(prepared.data, scale, inputs);
  const errors = new Float32Array(inputs.length / channels);
  for (let pixel = 0, at = 0; pixel < errors.length; pixel++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at++) sum += (outputs[at] - inputs[at]) ** 2;
    errors[pixel] = sum / channels;
  }
  if (!errors.every(Number.isFinite)) {
    throw new BadPictureError(`What ${saved.path} makes of it are no finite numbers. Train the model again.`);
  }
  const { grid } = prepared;
  if (!grid) return { height: model.height, width: model.width, values: errors };
  return { height: grid.height, width: grid.width, values: joinTiles(errors, grid, 1) };
}

/**
 * A Gaussian mean of each pixel's neighbourhood, up to three standard deviations. Beyond the edge there is nothing: the
 * weights of the pixels that are there sum to 1.
 *
 * @param sigma standard deviation in pixels; 0 leaves the map as it is
 */
export function smoothed(map: PixelMap, sigma: number): PixelMap {
  if (sigma === 0) return map;
  const reach = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: reach + 1 }, (_, away) => Math.exp(-0.5 * (away / sigma) ** 2));
  const { height, width } = map;
  const across = alongLines(map.values, { lines: height, length: width, next: width, step: 1 }, weights);
  return { height, width, values: alongLines(across, { lines: width, length: height, next: 1, step: width }, weights) };
}

function alongLines(
  from: Float32Array,
  { lines, length, next, step }: Readonly<Record<'lines' | 'length' | 'next' | 'step', number>>,
  weights: Float64Array,
): Float32Array {
  const to = new Float32Array(from.length);
  const reach = weights.length - 1;
  for (let line = 0; line < lines; line++) {
    for (let at = 0; at < length; at++) {
      let [sum, total] = [0, 0];
      for (let other = Math.max(0, at - reach); other <= Math.min(length - 1, at + reach); other++) {
        const weight = weights[Math.abs(other - at)];
        sum += weight * from[line * next + other * step];
        total += weight;
      }
      to[line * next + at * step] = sum / total;
    }
  }
  return to;
}

/** The score of a picture: the mean of all its errors, or of the largest hundredth of the smoothed ones. */
export function scoreOf(name: ScoreName, errors: PixelMap, smooth: PixelMap): number {
  if (name === 'mse') return meanOf(errors.values);
  const count = Math.max(1, Math.round(TOP * smooth.values.length));
  return meanOf(smooth.values.toSorted().subarray(-count));
}

const meanOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A map in another size, by the filter that resizes pictures; to 1/65535 of its largest value. */
export function resizedMap(
  { height, width, values }: PixelMap,
  newHeight: number,
  newWidth: number,
  fit: Fit = 'stretch',
): PixelMap {
  if (height === newHeight && width === newWidth) return { height, width, values };
  const most = largest(values);
  const data = Uint16Array.from(values, (value) => (most === 0 ? 0 : Math.round((value / most) * 65535)));
  const resized = resizeImage({ height, width, channels: 1, depth: 16, data }, newHeight, newWidth, { fit });
  const back = Float32Array.from(resized.data, (value) => (value / 65535) * most);
  return { height: newHeight, width: newWidth, values: back };
}

/** The largest of numbers from 0; of none, 0. */
export const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, value), 0);

import { checkPicture } from './check-picture.js';
import { type Picture, valuesOf } from './picture.js';

/**
 * The picture with values of another depth. From 16 bits to 8, a value v becomes v / 257, rounded to the nearest; from 8
 * to 16, 257 v. So black and white stay black and white, and 8 bits come back as they were.
 *
 * @returns the picture itself if it has this depth
 * @throws TypeError or RangeError if it is no picture
 * @example
 * const picture = { width: 2, height: 1, channels: 1, depth: 16, data: Uint16Array.of(257, 65535) } as const;
 * asDepth(picture, 8).data; // [1, 255]
 */
export function asDepth<Some extends Picture>(picture: Some, depth: 8 | 16): Some {
  checkPicture('asDepth', picture);
  if (depth !== 8 && depth !== 16) throw new RangeError(`asDepth: the depth is ${depth}, expected 8 or 16.`);
  if (picture.depth === depth) return picture;
  const data = valuesOf(depth, picture.data.length);
  if (depth === 8) for (let i = 0; i < data.length; i++) data[i] = Math.floor((picture.data[i] + 128) / 257);
  else for (let i = 0; i < data.length; i++) data[i] = picture.data[i] * 257;
  return { ...picture, depth, data };
}

/**
 * The picture with 1, 3 or 4 channels.
 *
 * - Colours become grey by the luma of ITU-R BT.601: (19595 R + 38470 G + 7471 B + 32768) / 65536, rounded down, which is
 *   0.299 R + 0.587 G + 0.114 B to the nearest value. Pillow computes the same.
 * - Grey becomes three equal colours.
 * - Alpha that there is no channel for goes: the picture is laid on a background, v a + b (1 - a), rounded.
 * - Where alpha is asked for and there is none, pixels are opaque.
 *
 * @param background of pixels that are not opaque, default `black`
 * @returns the picture itself if it has these channels
 * @throws TypeError or RangeError if it is no picture, or there are no such channels
 * @example
 * const red = { width: 1, height: 1, channels: 3, depth: 8, data: Uint8Array.of(255, 0, 0) } as const;
 * asChannels(red, 1).data; // [76]
 */
export function asChannels<Some extends Picture>(
  picture: Some,
  channels: 1 | 3 | 4,
  { background = 'black' }: { readonly background?: 'black' | 'white' } = {},
): Some {
  checkPicture('asChannels', picture);
  if (![1, 3, 4].includes(channels)) throw new RangeError(`asChannels: got ${channels} channels, expected 1, 3 or 4.`);
  if (background !== 'black' && background !== 'white') {
    throw new RangeError(`asChannels: the background is '${background}', expected 'black' or 'white'.`);
  }
  if (picture.channels === channels) return picture;
  const flat = channels === 4 ? picture : withoutAlpha(picture, background);
  if (flat.channels === channels) return flat;
  return channels === 1 ? luma(flat) : inColours(flat, channels);
}

function withoutAlpha<Some extends Picture>(picture: Some, background: 'black' | 'white'): Some {
  const { width, height, channels, depth } = picture;
  if (channels % 2 === 1) return picture;
  const kept = (channels - 1) as 1 | 3;
  const data = valuesOf(depth, width * height * kept);
  const opaque = depth === 8 ? 255 : 65535;
  const behind = background === 'white' ? opaque : 0;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = picture.data[pixel * channels + kept];
    for (let channel = 0; channel < kept; channel++) {
      const value = picture.data[pixel * channels + channel];
      data[pixel * kept + channel] = Math.floor((value * alpha + behind * (opaque - alpha)) / opaque + 0.5);
    }
  }
  return { ...picture, channels: kept, data };
}

function luma<Some extends Picture>(picture: Some): Some {
  const { width, height, depth, data: colours } = picture;
  const data = valuesOf(depth, width * height);
  for (let pixel = 0, at = 0; pixel < data.length; pixel++, at += 3) {
    const sum = 19595 * colours[at] + 38470 * colours[at + 1] + 7471 * colours[at + 2];
    data[pixel] = Math.floor((sum + 32768) / 65536);
  }
  return { ...picture, channels: 1, data };
}

/** From grey, grey and alpha or RGB to RGB or RGBA. */
function inColours<Some extends Picture>(picture: Some, channels: 3 | 4): Some {
  const { width, height, depth } = picture;
  const data = valuesOf(depth, width * height * channels);
  const isGrey = picture.channels <= 2;
  const hasAlpha = picture.channels % 2 === 0;
  const opaque = depth === 8 ? 255 : 65535;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = pixel * picture.channels;
    for (let colour = 0; colour < 3; colour++)
      data[pixel * channels + colour] = picture.data[isGrey ? from : from + colour];
    if (channels === 4) data[pixel * 4 + 3] = hasAlpha ? picture.data[from + picture.channels - 1] : opaque;
  }
  return { ...picture, channels, data };
}

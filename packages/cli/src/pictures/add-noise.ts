import { table, tensor } from '@weft/core';
import { corruption, type Picture, parseNoise } from '@weft/data';
import { scaled } from './through-model.js';

/**
 * Adds noise to pictures, as `weft evaluate` does to test images: the noise of a picture depends on the seed and its number
 * alone. Alpha stays as it is, and values are rounded to the picture's bits.
 *
 * @param text  kind and strength, such as `gaussian:0.4`
 * @param seed  a whole number from 0
 */
export function noiseAdder(
  text: string,
  seed: number,
): (picture: Picture, place: { readonly number: number }) => Picture {
  const corrupt = corruption(parseNoise(text), { images: 'test' });
  return (picture, { number }) => {
    const { width, height, channels, depth, data } = picture;
    const colours = channels < 3 ? 1 : 3;
    const values = new Float32Array(data.length);
    scaled(data, 1 / 255, values);
    const flat = colours === channels ? values : values.filter((_, at) => at % channels < colours);
    const noisy = corrupt(tensor(flat, [1, height, width, colours]), {
      seed: table(Uint32Array.of(seed % 2 ** 32, Math.floor(seed / 2 ** 32))),
      exampleKeys: table(Uint32Array.of(number, 0), [1, 2]),
      epochKeys: table(Uint32Array.of(number, 1), [1, 2]),
    }).toArray();
    const white = depth === 8 ? 255 : 65535;
    const made = data.slice();
    for (let pixel = 0; pixel < width * height; pixel++) {
      for (let colour = 0; colour < colours; colour++) {
        made[pixel * channels + colour] = Math.floor(noisy[pixel * colours + colour] * white + 0.5);
      }
    }
    return { width, height, channels, depth, data: made };
  };
}

import { sizeOf } from '@weft/core/program';
import { Dense, Flatten, input, Model, Reshape } from '@weft/nn';
import { chain, convolutionsDown, convolutionsUp, type Step, sizeAfter } from '../layers.js';
import type { ImageSettings } from '../options.js';

/** Convolutions down to the fewest pixels, and these in a row: what a dense latent is made of. */
export const flattened = (image: ImageSettings, filters: readonly number[]): Step[] => [
  ...convolutionsDown(image, filters),
  new Flatten({ name: 'enc_flatten' }),
];

/** A latent vector to images: a dense layer to the fewest pixels, then convolutions up. */
export function vectorDecoder(image: ImageSettings, filters: readonly number[], latentSize: number): Model {
  const smallest = [...sizeAfter(image, filters.length), filters[filters.length - 1]];
  const latent = input({ shape: [latentSize], name: 'latent' });
  const outputs = chain(latent, [
    new Dense({ name: 'dec_dense', units: sizeOf(smallest), activation: 'relu' }),
    new Reshape({ name: 'dec_reshape', targetShape: smallest }),
    ...convolutionsUp(image, filters),
  ]);
  return new Model({ inputs: latent, outputs, name: 'decoder' });
}

import { Sequential } from '@weft/nn';
import type { Kind } from '../kind.js';
import { convolutionsDown, convolutionsUp } from '../layers.js';
import { wholeNumbers } from '../options.js';
import { partsOfRow } from '../parts.js';

const convolutional = {
  parameters: 74_497,
  options: ['filters'],
  partsOf: partsOfRow,
} as const;

const buildWith =
  (stream: number): Kind['build'] =>
  (image, { filters: given = [32, 64] }, label) => {
    const filters = wholeNumbers(label, 'filters', given);
    const { height, width, channels, name, seed } = image;
    const layers = [...convolutionsDown(image, filters), ...convolutionsUp(image, filters)];
    return new Sequential(layers, { name, inputShape: [height, width, channels], seed, stream });
  };

/**
 * 3x3 convolutions of 32 and 64 filters, each halved by max pooling, and back by nearest upsampling to a sigmoid image.
 * The latent of images of 28x28 is 7x7x64.
 */
export const cae: Kind = {
  ...convolutional,
  title: 'CAE',
  longName: 'a convolutional autoencoder (CAE)',
  denoises: false,
  source: 'Masci et al. (2011), Stacked convolutional auto-encoders for hierarchical feature extraction',
  stream: 0,
  build: buildWith(0),
};

/** The layers of `cae`, to be trained from noisy images to clean ones, with first weights of its own. */
export const cdae: Kind = {
  ...convolutional,
  title: 'CDAE',
  longName: 'a convolutional denoising autoencoder (CDAE)',
  denoises: true,
  source: 'Vincent et al. (2008), Extracting and composing robust features with denoising autoencoders',
  stream: 1,
  build: buildWith(1),
};

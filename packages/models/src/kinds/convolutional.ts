import { Sequential } from '@weft/nn';
import type { Kind } from '../kind.js';
import { type Additions, convolutionsDown, convolutionsUp } from '../layers.js';
import { type AutoencoderOptions, from0, shareBelow1, wholeNumbers } from '../options.js';
import { partsOfRow } from '../parts.js';

const buildWith =
  (
    stream: number,
    additionsOf: (options: AutoencoderOptions, label: string) => Additions = () => ({}),
  ): Kind['build'] =>
  (image, options, label) => {
    const filters = wholeNumbers(label, 'filters', options.filters ?? [32, 64]);
    const { height, width, channels, name, seed } = image;
    const layers = [
      ...convolutionsDown(image, filters, additionsOf(options, label)),
      ...convolutionsUp(image, filters),
    ];
    return new Sequential(layers, { name, inputShape: [height, width, channels], seed, stream });
  };

const convolutional = { parameters: 74_497, options: ['filters'], partsOf: partsOfRow, denoises: false } as const;

/**
 * 3x3 convolutions of 32 and 64 filters, each halved by max pooling, and back by nearest upsampling to a sigmoid image.
 * The latent of images of 28x28 is 7x7x64.
 */
export const cae: Kind = {
  ...convolutional,
  title: 'CAE',
  longName: 'a convolutional autoencoder (CAE)',
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

/** The layers of `cae`, with a penalty `l1` on the sum of the latent's absolute values, the mean over examples. */
export const sparse: Kind = {
  ...convolutional,
  title: 'Sparse CAE',
  longName: 'a sparse convolutional autoencoder',
  source: 'Goodfellow, Bengio & Courville (2016), Deep learning, section 14.2.1; Ng (2011), Sparse autoencoder',
  options: ['filters', 'l1'],
  stream: 4,
  build: buildWith(4, (options, label) => ({ penalty: from0(label, 'l1', options.l1 ?? 1e-6) })),
};

/** The layers of `cae`, with dropout behind each halving: training drops part of the latent, too. */
export const dropout: Kind = {
  ...convolutional,
  title: 'Dropout CAE',
  longName: 'a convolutional autoencoder with dropout',
  source: 'Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting',
  options: ['filters', 'rate'],
  stream: 5,
  build: buildWith(5, (options, label) => ({ rate: shareBelow1(label, 'rate', options.rate ?? 0.1) })),
};

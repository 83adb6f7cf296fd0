import { sizeOf } from '@weft/core/program';
import { Dense, Flatten, Reshape, Sequential } from '@weft/nn';
import type { Kind } from '../kind.js';
import { wholeFrom, wholeNumbers } from '../options.js';
import { partsOfRow } from '../parts.js';

const STREAM = 6;

const build: Kind['build'] = (image, { units: given = [128], latentSize = 32 }, label) => {
  const units = wholeNumbers(label, 'units', given);
  wholeFrom(label, 'latentSize', latentSize, 1);
  const { height, width, channels, name, seed } = image;
  const shape = [height, width, channels];
  const dense = (half: string) => (count: number, index: number) =>
    new Dense({ name: `${half}_dense${index + 1}`, units: count, activation: 'relu' });
  const layers = [
    new Flatten({ name: 'enc_flatten' }),
    ...units.map(dense('enc')),
    new Dense({ name: 'enc_latent', units: latentSize }),
    ...units.toReversed().map(dense('dec')),
    new Dense({ name: 'output_dense', units: sizeOf(shape), activation: 'sigmoid' }),
    new Reshape({ name: 'output_image', targetShape: shape }),
  ];
  return new Sequential(layers, { name, inputShape: shape, seed, stream: STREAM });
};

/** Dense layers of 784, 128 and 32 units and back, for images of 28x28x1: ReLU between, a linear latent, a sigmoid image. */
export const dense: Kind = {
  title: 'Dense AE',
  longName: 'a dense autoencoder',
  denoises: false,
  source: 'Hinton & Salakhutdinov (2006), Reducing the dimensionality of data with neural networks',
  parameters: 209_968,
  options: ['units', 'latentSize'],
  stream: STREAM,
  build,
  partsOf: partsOfRow,
};

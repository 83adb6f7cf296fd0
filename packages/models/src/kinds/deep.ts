import {
  Activation,
  Add,
  BatchNormalization,
  Conv2D,
  input,
  MaxPooling2D,
  Model,
  type SymbolicTensor,
  UpSampling2D,
} from '@weft/nn';
import type { Kind } from '../kind.js';
import { chain, padded, toImage } from '../layers.js';
import { flag, type ImageSettings, wholeFrom, wholeNumbers } from '../options.js';
import { partsOfHalves } from '../parts.js';

const STREAM = 7;

/** How the convolutions of a half are made. */
interface Style {
  readonly filters: readonly number[];
  readonly depth: number;
  readonly batchNormalization: boolean;
}

/** A convolution, normalised if batches are; its last values are `zeros` where a block is to begin as the identity. */
function convolved(x: SymbolicTensor, name: string, filters: number, { batchNormalization }: Style, isLast = false) {
  const first = isLast ? 'zeros' : undefined;
  const y = new Conv2D({
    name,
    filters,
    kernelSize: 3,
    padding: 'same',
    useBias: !batchNormalization,
    ...(first && !batchNormalization && { kernelInitializer: first }),
  }).apply(x);
  if (!batchNormalization) return y;
  return new BatchNormalization({ name: `${name}_norm`, ...(first && { gammaInitializer: first }) }).apply(y);
}

const relu = (x: SymbolicTensor, name: string) => new Activation({ name: `${name}_relu`, activation: 'relu' }).apply(x);

/** Residual blocks one after another. Each begins as the identity, so that any number of them can be trained. */
function blocks(x: SymbolicTensor, name: string, filters: number, style: Style): SymbolicTensor {
  let y = x;
  for (let block = 1; block <= style.depth; block++) {
    const part = `${name}_block${block}`;
    const inner = relu(convolved(y, `${part}_conv1`, filters, style), `${part}_conv1`);
    y = relu(
      new Add({ name: `${part}_add` }).apply([y, convolved(inner, `${part}_conv2`, filters, style, true)]),
      part,
    );
  }
  return y;
}

function encoderOf(image: ImageSettings, style: Style): Model {
  const pixels = input({ shape: [image.height, image.width, image.channels], name: 'image' });
  let x = chain(pixels, padded(image, style.filters.length));
  for (const [level, count] of style.filters.entries()) {
    const name = `enc_conv${level + 1}`;
    x = relu(convolved(x, name, count, style), name);
    x = new MaxPooling2D({ name: `enc_pool${level + 1}`, poolSize: 2 }).apply(x);
    x = blocks(x, `enc${level + 1}`, count, style);
  }
  return new Model({ inputs: pixels, outputs: x, name: 'encoder' });
}

function decoderOf(image: ImageSettings, style: Style, latentShape: readonly number[]): Model {
  const latent = input({ shape: latentShape, name: 'latent' });
  let x = latent;
  for (const [level, count] of style.filters.toReversed().entries()) {
    const name = `dec_conv${level + 1}`;
    x = relu(convolved(x, name, count, style), name);
    x = blocks(x, `dec${level + 1}`, count, style);
    x = new UpSampling2D({ name: `dec_up${level + 1}`, size: 2 }).apply(x);
  }
  return new Model({ inputs: latent, outputs: chain(x, toImage(image, style.filters.length)), name: 'decoder' });
}

const build: Kind['build'] = (image, { filters = [32, 64], depth = 2, batchNormalization = false }, label) => {
  const style: Style = {
    filters: wholeNumbers(label, 'filters', filters),
    depth: wholeFrom(label, 'depth', depth, 0),
    batchNormalization: flag(label, 'batchNormalization', batchNormalization),
  };
  const { height, width, channels, name, seed } = image;
  const encoder = encoderOf(image, style);
  const decoder = decoderOf(image, style, encoder.outputShape);
  const x = input({ shape: [height, width, channels], name: 'input' });
  return new Model({ inputs: x, outputs: decoder.apply(encoder.apply(x)), name, seed, stream: STREAM });
};

/**
 * The layers of `cae` with residual blocks of two convolutions behind each halving and before each doubling, `depth` of
 * them at each size. The last convolution of a block begins at 0, or its normalisation does.
 */
export const deep: Kind = {
  title: 'Deep CAE',
  longName: 'a deep convolutional autoencoder of residual blocks',
  denoises: false,
  source:
    'He et al. (2016), Deep residual learning for image recognition; Zhang et al. (2019), Fixup initialization, for blocks that begin as the identity',
  parameters: 443_905,
  options: ['filters', 'depth', 'batchNormalization'],
  stream: STREAM,
  build,
  partsOf: partsOfHalves,
};

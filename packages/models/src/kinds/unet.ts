import { Add, type BaseModel, input, MaxPooling2D, Model, type SymbolicTensor, UpSampling2D } from '@weft/nn';
import type { Kind, Parts } from '../kind.js';
import { chain, convolution, padded, toImage } from '../layers.js';
import { type ImageSettings, wholeNumbers } from '../options.js';
import { asSingle, innerModel, withOutput } from '../parts.js';

const STREAM = 3;

/** Side of the first kernel: noise averages out over more pixels, where there are few channels to pay for. */
const FIRST_KERNEL = 5;

/** Images to the latent, and to what skips it at each size, the largest first. */
function encoderOf(image: ImageSettings, filters: readonly number[]) {
  const { height, width, channels } = image;
  const pixels = input({ shape: [height, width, channels], name: 'image' });
  const outputs: Record<string, SymbolicTensor> = {};
  let x = chain(pixels, padded(image, filters.length - 1));
  for (const [level, count] of filters.slice(0, -1).entries()) {
    x = convolution(`enc_conv${level + 1}`, count, level === 0 ? FIRST_KERNEL : 3).apply(x);
    outputs[`skip${level + 1}`] = x;
    x = new MaxPooling2D({ name: `enc_pool${level + 1}`, poolSize: 2 }).apply(x);
  }
  outputs.latent = convolution(`enc_conv${filters.length}`, filters[filters.length - 1]).apply(x);
  return new Model({ inputs: pixels, outputs, name: 'encoder' });
}

/** The latent to images: at each size a convolution, a doubling, and what has skipped the latent is added. */
function decoderOf(image: ImageSettings, filters: readonly number[], outputs: BaseModel['outputs']) {
  const inputs = Object.fromEntries(outputs.map(({ name, shape }) => [name, input({ shape, name })]));
  let x = inputs.latent;
  for (let level = filters.length - 1; level >= 1; level--) {
    x = convolution(`dec_conv${level}`, filters[level - 1]).apply(x);
    x = new UpSampling2D({ name: `dec_up${level}`, size: 2 }).apply(x);
    x = new Add({ name: `dec_add${level}` }).apply([x, inputs[`skip${level}`]]);
  }
  return new Model({ inputs, outputs: chain(x, toImage(image, filters.length - 1)), name: 'decoder' });
}

const build: Kind['build'] = (image, { filters: given = [16, 48, 64] }, label) => {
  const filters = wholeNumbers(label, 'filters', given);
  const { height, width, channels, name, seed } = image;
  const encoder = encoderOf(image, filters);
  const decoder = decoderOf(image, filters, encoder.outputs);
  const x = input({ shape: [height, width, channels], name: 'input' });
  return new Model({ inputs: x, outputs: decoder.apply(encoder.apply(x)), name, seed, stream: STREAM });
};

const partsOf: Kind['partsOf'] = (model, label): Parts => ({
  model: asSingle(model, label),
  encoder: withOutput(innerModel(model, 'encoder', label), 'latent', `${model.name}_encoder`),
  decoder: undefined,
  prior: undefined,
});

/**
 * A small U-Net for denoising: convolutions of 16, 48 and 64 filters, the first of 5x5, down to few pixels and up again. At
 * each size a connection hands what the way down has found to the way up. There it is added, as in LinkNet, which takes
 * fewer parameters and less time than to concatenate it. The latent alone makes no image, so there is no decoder.
 */
export const unet: Kind = {
  title: 'U-Net',
  longName: 'a U-Net',
  denoises: true,
  source:
    'Ronneberger et al. (2015), U-Net: convolutional networks for biomedical image segmentation; Chaurasia & Culurciello (2017), LinkNet, for skip connections that add',
  parameters: 69_857,
  options: ['filters'],
  stream: STREAM,
  build,
  partsOf,
};

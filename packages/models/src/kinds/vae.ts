import { add, mul } from '@weft/core';
import { Dense, input, Model, type ModelLoss } from '@weft/nn';
import { elboTermsOf, posteriorModel } from '../elbo.js';
import type { Kind, Parts } from '../kind.js';
import { chain } from '../layers.js';
import { from0, wholeFrom, wholeNumbers } from '../options.js';
import { asSingle, innerModel, withOutput } from '../parts.js';
import { flattened, vectorDecoder } from './bottleneck.js';

const STREAM = 2;

const build: Kind['build'] = (image, { filters: given = [32, 64], latentSize = 16, beta = 1 }, label) => {
  const filters = wholeNumbers(label, 'filters', given);
  wholeFrom(label, 'latentSize', latentSize, 1);
  from0(label, 'beta', beta);
  const { height, width, channels, name, seed } = image;
  const shape = [height, width, channels];
  const pixels = input({ shape, name: 'image' });
  const hidden = chain(pixels, flattened(image, filters));
  const encoder = new Model({
    inputs: pixels,
    outputs: {
      mean: new Dense({ name: 'mean', units: latentSize }).apply(hidden),
      logVariance: new Dense({ name: 'log_variance', units: latentSize }).apply(hidden),
    },
    name: 'encoder',
  });
  const decoder = vectorDecoder(image, filters, latentSize);
  const x = input({ shape, name: 'input' });
  return new Model({ inputs: x, outputs: decoder.apply(encoder.apply(x).mean), name, seed, stream: STREAM });
};

const partsOf: Kind['partsOf'] = (model, label): Parts => ({
  model: asSingle(model, label),
  encoder: withOutput(posteriorModel(model, label), 'mean', `${model.name}_encoder`),
  decoder: asSingle(innerModel(model, 'decoder', label), label),
  prior: 'normal',
});

const objective: NonNullable<Kind['objective']> = (parts, loss, { beta = 1 }, optimizer) => {
  const negativeElbo: ModelLoss = ({ inputs, targets, context }) => {
    const [x, target] = [Object.values(inputs)[0], Object.values(targets)[0]];
    const draw = (shape: readonly number[]) => context.draw('code', 'normal', shape);
    const { reconstruction, divergence } = elboTermsOf(parts, loss, { x, target }, draw, context);
    return add(reconstruction, mul(divergence, beta));
  };
  return { loss: negativeElbo, ...(optimizer && { optimizer }) };
};

/**
 * A convolutional variational autoencoder: the layers of `cae` around a latent vector. Its encoder gives mean and
 * log-variance of each latent, and training draws latents from these distributions.
 *
 * Loss of an example: the image loss times the numbers of an image, plus beta times the divergence from N(0, 1) in nats.
 * With binary cross-entropy and beta 1 that is the negative ELBO. A validation takes codes at the mean, without draws.
 */
export const vae: Kind = {
  title: 'VAE',
  longName: 'a variational autoencoder (VAE)',
  denoises: false,
  source:
    'Kingma & Welling (2014), Auto-encoding variational Bayes; Higgins et al. (2017), beta-VAE, for the weight beta',
  parameters: 228_193,
  options: ['filters', 'latentSize', 'beta'],
  stream: STREAM,
  build,
  partsOf,
  objective,
};

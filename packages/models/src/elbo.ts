import { add, div, exp, mul, random, square, stack, sub, sum, type Tensor } from '@weft/core';
import { oneOf, sizeOf } from '@weft/core/program';
import { type BaseModel, binaryCrossentropy, type CallContext, type Loss } from '@weft/nn';
import type { Parts } from './kind.js';
import { innerModel } from './parts.js';

/** What the encoder of a VAE says of each image's latent: a normal distribution with independent components. */
export interface Posterior {
  /** [batch, latentSize]. */
  readonly mean: Tensor;
  /** Natural logarithms of the variances, [batch, latentSize]. */
  readonly logVariance: Tensor;
}

/** The two parts of the negative ELBO of a batch, each [batch]. */
interface ElboTerms {
  /** The loss summed over the numbers of an image: their mean times their count. */
  readonly reconstruction: Tensor;
  /** In nats. */
  readonly divergence: Tensor;
}

/**
 * The encoder of a VAE with both its outputs.
 *
 * @throws RangeError if the model is no VAE
 */
export function posteriorModel(model: BaseModel, label: string): BaseModel<Record<string, Tensor>> {
  const encoder = innerModel(model, 'encoder', label);
  const names = encoder.outputs.map(({ name }) => name);
  if (names.includes('mean') && names.includes('logVariance')) return encoder as BaseModel<Record<string, Tensor>>;
  throw new RangeError(
    `${label}: the encoder of ${model.name} gives ${names.join(', ')}; expected mean and logVariance, as of a VAE.`,
  );
}

/**
 * The divergence of latents' distributions from N(0, 1) in nats, of each example: the sum over components of
 * (mean^2 + variance - ln variance - 1) / 2.
 *
 * @returns [batch]
 * @see Kingma & Welling (2014), Auto-encoding variational Bayes, appendix B
 * @example
 * normalDivergence({ mean: tensor([[0, 0], [1, 0]]), logVariance: zeros([2, 2]) }); // [0, 0.5]
 */
export function normalDivergence({ mean, logVariance }: Posterior): Tensor {
  const terms = sub(sub(add(square(mean), exp(logVariance)), logVariance), 1);
  return mul(sum(terms, 1), 0.5);
}

/**
 * The terms of the negative ELBO as operations.
 *
 * @param draw standard normal noise of a shape; undefined for codes at the mean
 */
export function elboTermsOf(
  { model, decoder }: Pick<Parts, 'model' | 'decoder'>,
  loss: Loss,
  { x, target }: { readonly x: Tensor; readonly target: Tensor },
  draw: (shape: readonly number[]) => Tensor | undefined,
  context?: CallContext,
): ElboTerms {
  const posterior = posteriorModel(model, model.name).call(x, context) as unknown as Posterior;
  const { mean, logVariance } = posterior;
  const noise = draw(mean.shape);
  const code = noise ? add(mean, mul(exp(div(logVariance, 2)), noise)) : mean;
  const difference = loss((decoder as BaseModel<Tensor>).call(code, context), target);
  return { reconstruction: mul(difference, sizeOf(model.outputShape)), divergence: normalDivergence(posterior) };
}

/** Options of `elboTerms`. */
export interface ElboOptions {
  /** Gives [batch]. Default `binaryCrossentropy`, with which the sum of both terms is the negative ELBO in nats. */
  readonly loss?: Loss | undefined;
  /** Whether codes are drawn, once for each image, or are the means. Default `drawn`. */
  readonly code?: 'drawn' | 'mean' | undefined;
}

/** What decides draws, as `mapExamples` gives it. */
interface ElboDraws {
  readonly seed: Tensor;
  readonly exampleKeys: Tensor;
}

/** Codes are drawn independently of noise, order and first weights. */
const STREAM = 0x656c626f;

/**
 * A function of images for `mapExamples`: the terms of the negative ELBO of each image, [batch, 2]. The first is the
 * loss summed over the numbers of the image (its reconstruction), the second the divergence from N(0, 1), both in nats
 * with binary cross-entropy. Their sum is the negative ELBO. Drawn codes follow from the seed of `mapExamples` and the
 * number of the image.
 *
 * @throws RangeError if the autoencoder is no VAE
 * @example
 * const vae = buildAutoencoder('vae', { height: 8, width: 8, latentSize: 2 });
 * const images = new Float32Array(3 * 64).fill(0.5);
 * const terms = await mapExamples(elboTerms(vae), images, [8, 8, 1], { seed: 1, threads: 1 });
 * terms.length; // 6; reconstruction and divergence of each image
 */
export function elboTerms(
  autoencoder: Pick<Parts, 'model' | 'decoder'>,
  { loss = binaryCrossentropy, code = 'drawn' }: ElboOptions = {},
): (x: Tensor, draws: ElboDraws) => Tensor {
  posteriorModel(autoencoder.model, 'elboTerms');
  oneOf('elboTerms', 'code', code, ['drawn', 'mean']);
  return (x, { seed, exampleKeys: keys }) => {
    const draw = (shape: readonly number[]) =>
      code === 'drawn' ? random('normal', shape, { seed, keys, stream: STREAM }) : undefined;
    const { reconstruction, divergence } = elboTermsOf(autoencoder, loss, { x, target: x }, draw);
    return stack([reconstruction, divergence], 1);
  };
}

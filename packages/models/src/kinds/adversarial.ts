import { add, full, mul, type Tensor, zeros } from '@weft/core';
import { oneOf } from '@weft/core/program';
import {
  type BaseModel,
  binaryCrossentropyWith,
  type CallContext,
  Conv2D,
  Dense,
  Flatten,
  input,
  LeakyReLU,
  Model,
  type ModelLoss,
} from '@weft/nn';
import type { Kind } from '../kind.js';
import { chain } from '../layers.js';
import { from0, wholeFrom, wholeNumbers } from '../options.js';
import { innerModel, partsOfHalves } from '../parts.js';
import { flattened, vectorDecoder } from './bottleneck.js';

const STREAM = 8;

/** What the critic hands on, as it was given: so it is a part of the model, and of its file, and changes nothing. */
const HANDED_ON = { reconstructions: 'reconstruction', latents: 'latent' } as const;

/** How much the critic's loss counts where nothing is said: latents have to follow the prior. */
const CRITIC_WEIGHT = { reconstructions: 0.001, latents: 0.01 } as const;

const steep = (name: string) => new LeakyReLU({ name, negativeSlope: 0.2 });

/** A model that hands on what it is given, and says how real it looks: a logit. */
function criticOf(shape: readonly number[], critic: keyof typeof HANDED_ON) {
  const given = input({ shape, name: HANDED_ON[critic] });
  const convolved = (name: string, filters: number) =>
    new Conv2D({ name, filters, kernelSize: 3, strides: 2, padding: 'same' });
  const hidden =
    critic === 'latents'
      ? [1, 2].map((layer) => new Dense({ name: `critic_dense${layer}`, units: 64, activation: 'relu' }))
      : [
          convolved('critic_conv1', 16),
          steep('critic_relu1'),
          convolved('critic_conv2', 32),
          steep('critic_relu2'),
          new Flatten({ name: 'critic_flatten' }),
        ];
  const realness = chain(given, [...hidden, new Dense({ name: 'realness', units: 1 })]);
  return new Model({ inputs: given, outputs: { [HANDED_ON[critic]]: given, realness }, name: 'critic' });
}

const build: Kind['build'] = (image, options, label) => {
  const { filters: given = [32, 64], latentSize = 16, critic = 'reconstructions' } = options;
  const filters = wholeNumbers(label, 'filters', given);
  wholeFrom(label, 'latentSize', latentSize, 1);
  oneOf(label, 'critic', critic, ['reconstructions', 'latents']);
  from0(label, 'criticWeight', options.criticWeight ?? 0);
  const { height, width, channels, name, seed } = image;
  const shape = [height, width, channels];
  const pixels = input({ shape, name: 'image' });
  const latent = new Dense({ name: 'latent', units: latentSize }).apply(chain(pixels, flattened(image, filters)));
  const encoder = new Model({ inputs: pixels, outputs: latent, name: 'encoder' });
  const decoder = vectorDecoder(image, filters, latentSize);
  const judge = criticOf(critic === 'latents' ? [latentSize] : shape, critic);
  const x = input({ shape, name: 'input' });
  const outputs =
    critic === 'latents'
      ? decoder.apply(judge.apply(encoder.apply(x)).latent)
      : judge.apply(decoder.apply(encoder.apply(x))).reconstruction;
  return new Model({ inputs: x, outputs, name, seed, stream: STREAM });
};

const judgesLatents = (model: BaseModel, label: string) =>
  innerModel(model, 'critic', label).outputs.some(({ name }) => name === HANDED_ON.latents);

const partsOf: Kind['partsOf'] = (model, label) => ({
  ...partsOfHalves(model, label),
  prior: judgesLatents(model, label) ? 'normal' : undefined,
});

const crossentropy = binaryCrossentropyWith({ fromLogits: true });

const objective: NonNullable<Kind['objective']> = ({ model, encoder, decoder }, loss, settings, optimizer) => {
  const critic = innerModel(model, 'critic', model.name);
  const onLatents = judgesLatents(model, model.name);
  const { criticWeight = CRITIC_WEIGHT[onLatents ? 'latents' : 'reconstructions'] } = settings;
  const judged = (answer: 0 | 1, given: Tensor, context: CallContext) => {
    const { realness } = critic.call(given, context) as Readonly<Record<string, Tensor>>;
    return crossentropy(realness, full(realness.shape, answer));
  };
  const passed = (x: Tensor, context: CallContext) => {
    const latent = encoder.call(x, context);
    return { latent, image: (decoder as BaseModel<Tensor>).call(latent, context) };
  };
  const judging: ModelLoss = ({ inputs, targets, context }) => {
    const { latent, image } = passed(Object.values(inputs)[0], context);
    const real = onLatents
      ? (context.draw('latent', 'normal', latent.shape) ?? zeros(latent.shape))
      : Object.values(targets)[0];
    return add(judged(1, real, context), judged(0, onLatents ? latent : image, context));
  };
  const deceiving: ModelLoss = ({ inputs, targets, context }) => {
    const { latent, image } = passed(Object.values(inputs)[0], context);
    const deceived = judged(1, onLatents ? latent : image, context);
    return add(loss(image, Object.values(targets)[0]), mul(deceived, criticWeight));
  };
  const own = optimizer && { optimizer };
  return {
    updates: [
      { name: 'critic', loss: judging, weights: [critic], ...own },
      { name: 'autoencoder', loss: deceiving, weights: [encoder, decoder as BaseModel], ...own },
    ],
  };
};

/**
 * The network of `vae` without draws, and a critic. Each step changes the critic, then the autoencoder.
 *
 * The critic tells images from reconstructions, or draws of N(0, 1) from latents, and is trained by the cross-entropy of
 * its answers. The autoencoder's loss is the image loss, plus `criticWeight` times the cross-entropy that the critic
 * would have if the right answer were `real`. With a critic on latents images can be made of draws. The number of
 * parameters counts the critic on reconstructions.
 */
export const adversarial: Kind = {
  title: 'Adversarial AE',
  longName: 'an adversarial autoencoder',
  denoises: false,
  source:
    'Larsen et al. (2016), Autoencoding beyond pixels using a learned similarity metric, for a critic on reconstructions; Makhzani et al. (2015), Adversarial autoencoders, for one on latents',
  parameters: 184_370,
  options: ['filters', 'latentSize', 'critic', 'criticWeight'],
  stream: STREAM,
  build,
  partsOf,
  objective,
};

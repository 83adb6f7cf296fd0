import type { Tensor } from '@weft/core';
import { oneOf } from '@weft/core/program';
import type { BaseModel, Loss, Optimizer, Sequential } from '@weft/nn';
import type { Kind, Objective, ObjectiveSettings, Parts } from './kind.js';
import { adversarial } from './kinds/adversarial.js';
import { cae, cdae, dropout, sparse } from './kinds/convolutional.js';
import { deep } from './kinds/deep.js';
import { dense } from './kinds/dense.js';
import { unet } from './kinds/unet.js';
import { vae } from './kinds/vae.js';
import { type AutoencoderOptions, from0, imageSettings } from './options.js';

const KINDS = { cae, cdae, deep, unet, dense, vae, sparse, dropout, adversarial } as const satisfies Record<
  string,
  Kind
>;

/** The kinds of autoencoders. */
export type ModelKey = keyof typeof KINDS;

/**
 * What is to be known of each kind: its names, source, options, and its number of weights for images of 28x28x1.
 *
 * @example
 * AUTOENCODERS.vae.title; // 'VAE'
 * AUTOENCODERS.cdae.denoises; // true
 */
export const AUTOENCODERS: Readonly<Record<ModelKey, Kind>> = KINDS;

function kindOf(label: string, key: ModelKey): Kind {
  return KINDS[oneOf(label, 'the model', key, Object.keys(KINDS) as ModelKey[])];
}

/** A model's key where nobody says it: files of the first versions name their models so. */
const keyOf = ({ name }: BaseModel): ModelKey => (Object.hasOwn(KINDS, name) ? (name as ModelKey) : 'cae');

/**
 * An autoencoder, whole and in its parts. The parts share the model's layers: what is trained in one is trained in the
 * other.
 *
 * @example
 * const { model, encoder, decoder } = new Autoencoder(buildAutoencoder('cae', { height: 8, width: 8 }).model, 'cae');
 * model.outputShape; // [8, 8, 1]
 * encoder.outputShape; // [2, 2, 64]
 */
export class Autoencoder implements Parts {
  readonly key: ModelKey;
  /** What `fit` trains and files hold: one input and one output, images [height, width, channels]. */
  readonly model: BaseModel<Tensor>;
  /** Images to images as they are reconstructed; the same as `model`. */
  readonly reconstructor: BaseModel<Tensor>;
  /** Images to latents; for a VAE the means. */
  readonly encoder: BaseModel<Tensor>;
  /** Latents to images; undefined for a U-Net, whose skip connections go past the latent. */
  readonly decoder: BaseModel<Tensor> | undefined;
  /** `normal` where latents follow N(0, 1), so that images can be made of draws. */
  readonly prior: 'normal' | undefined;

  /**
   * @param model    a model of this kind, such as one that was loaded
   * @param key      default: the model's name where that is a key, else `cae`
   * @param settings of training, which the layers do not hold
   * @throws TypeError or RangeError if the model does not have the parts of its kind
   */
  constructor(
    model: BaseModel,
    key: ModelKey = keyOf(model),
    private readonly settings: ObjectiveSettings = {},
  ) {
    this.key = key;
    const parts = kindOf('Autoencoder', key).partsOf(model, 'Autoencoder');
    this.model = parts.model;
    this.reconstructor = parts.model;
    this.encoder = parts.encoder;
    this.decoder = parts.decoder;
    this.prior = parts.prior;
  }

  /**
   * What it is trained by, to be spread into the options of `fit`. Most kinds give `{ loss, optimizer }`; one that
   * changes two models in a step gives `{ updates }`, which hold the optimiser.
   *
   * @param loss      how far images are from their targets, [batch]
   * @param optimizer default: that of `fit`
   * @example
   * const autoencoder = buildAutoencoder('vae', { height: 8, width: 8 });
   * const options = { ...autoencoder.objective(meanSquaredError, new Adam()), epochs: 1, threads: 1 };
   * const { history } = await fit(autoencoder.model, { x: new Float32Array(4 * 64) }, options);
   * Object.keys(history); // ['loss']
   */
  objective(loss: Loss, optimizer?: Optimizer): Objective {
    const { objective } = kindOf('Autoencoder', this.key);
    return objective?.(this, loss, this.settings, optimizer) ?? { loss, ...(optimizer && { optimizer }) };
  }
}

/**
 * A new autoencoder with its first weights.
 *
 * @throws RangeError if there is no such kind, an option is none of this kind, or has a value that it cannot have
 * @example
 * const { encoder, decoder } = buildAutoencoder('vae', { height: 28, width: 28, latentSize: 8, seed: 1 });
 * encoder.outputShape; // [8]
 * decoder?.outputShape; // [28, 28, 1]
 */
export function buildAutoencoder(key: ModelKey, options: AutoencoderOptions = {}): Autoencoder {
  const label = 'buildAutoencoder';
  const kind = kindOf(label, key);
  const image = imageSettings(`${label}: ${key}`, options, kind.options, key);
  const { beta, criticWeight } = options;
  return new Autoencoder(kind.build(image, options, `${label}: ${key}`), key, { beta, criticWeight });
}

/**
 * The autoencoder of a model that was loaded. It gives the same bits as the one that was saved, and can be trained on.
 *
 * @param settings of training, which a model file does not hold: `beta` of `vae`, `criticWeight` of `adversarial`
 * @throws TypeError or RangeError if the model does not have the parts of its kind
 * @example
 * const { model } = buildAutoencoder('vae', { height: 8, width: 8, latentSize: 2 });
 * await saveModel('vae.safetensors', model);
 * const autoencoder = autoencoderOf('vae', (await loadModel('vae.safetensors')).model);
 * autoencoder.prior; // 'normal'
 */
export function autoencoderOf(key: ModelKey, model: BaseModel, settings: ObjectiveSettings = {}): Autoencoder {
  for (const [option, value] of Object.entries(settings)) from0('autoencoderOf', option, value);
  return new Autoencoder(model, key, settings);
}

/** An autoencoder whose layers stand in a row. */
export interface SequentialAutoencoder extends Autoencoder {
  readonly model: Sequential;
  readonly encoder: Sequential;
  readonly decoder: Sequential;
}

/**
 * `buildAutoencoder('cae', options)`.
 *
 * @example
 * const { model, encoder } = convAutoencoder({ height: 28, width: 28 });
 * encoder.outputShape; // [7, 7, 64]
 */
export function convAutoencoder(options: AutoencoderOptions = {}): SequentialAutoencoder {
  return buildAutoencoder('cae', options) as SequentialAutoencoder;
}

/**
 * `buildAutoencoder('cdae', options)`.
 *
 * @example
 * const { model, encoder } = convDenoisingAutoencoder({ height: 28, width: 28 });
 * encoder.outputShape; // [7, 7, 64]
 */
export function convDenoisingAutoencoder(options: AutoencoderOptions = {}): SequentialAutoencoder {
  return buildAutoencoder('cdae', options) as SequentialAutoencoder;
}

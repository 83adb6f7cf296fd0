import type { Tensor } from '@weft/core';
import type { BaseModel, Loss, ModelLoss, Optimizer } from '@weft/nn';
import type { AutoencoderOptions, ImageSettings, KindOptions } from './options.js';

/** What a model is trained by, to be spread into the options of `fit`. */
export type Objective =
  | { readonly loss: Loss | ModelLoss; readonly optimizer?: Optimizer }
  | { readonly updates: readonly ObjectiveUpdate[] };

/** One of several changes in a step, as `fit` takes them. */
export interface ObjectiveUpdate {
  readonly name: string;
  readonly loss: ModelLoss;
  readonly weights: readonly BaseModel[];
  readonly optimizer?: Optimizer;
}

/** A model in its parts. */
export interface Parts {
  /** What is trained and saved: images to images. */
  readonly model: BaseModel<Tensor>;
  /** Images to latents. */
  readonly encoder: BaseModel<Tensor>;
  /** Latents to images; undefined where more than the latent goes from the one half to the other. */
  readonly decoder: BaseModel<Tensor> | undefined;
  /** What latents are drawn from; undefined where they follow no known distribution. */
  readonly prior: 'normal' | undefined;
}

/** Settings of a training that the model's layers do not hold. */
export type ObjectiveSettings = Pick<KindOptions, 'beta' | 'criticWeight'>;

/** What makes a kind of autoencoder. */
export interface Kind {
  /** As tables name it, such as `VAE`. */
  readonly title: string;
  /** As sentences name it, such as `a variational autoencoder (VAE)`. */
  readonly longName: string;
  /** Whether it is meant to be trained from noisy images to clean ones. */
  readonly denoises: boolean;
  /** Where it is described. */
  readonly source: string;
  /** Number of weights for images of 28x28x1 and the options' defaults. */
  readonly parameters: number;
  /** The options that it has besides those of every autoencoder. */
  readonly options: readonly (keyof KindOptions)[];
  /** Decides with the seed the first weights: kinds draw independent ones. */
  readonly stream: number;
  /** @internal */
  readonly build: (image: ImageSettings, options: AutoencoderOptions, label: string) => BaseModel<Tensor>;
  /** @internal The parts of a model of this kind, also of a loaded one. */
  readonly partsOf: (model: BaseModel, label: string) => Parts;
  /** @internal Default: the loss alone. */
  readonly objective?: (parts: Parts, loss: Loss, settings: ObjectiveSettings, optimizer?: Optimizer) => Objective;
}

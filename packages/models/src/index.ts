export {
  AUTOENCODERS,
  Autoencoder,
  autoencoderOf,
  buildAutoencoder,
  convAutoencoder,
  convDenoisingAutoencoder,
  type ModelKey,
  type SequentialAutoencoder,
} from './autoencoder.js';
export { type ElboOptions, elboTerms, normalDivergence, type Posterior } from './elbo.js';
export type { Kind, Objective, ObjectiveSettings, ObjectiveUpdate, Parts } from './kind.js';
export { type InterpolateOptions, interpolate, sampleLatents } from './latents.js';
export { type ListedLayer, layersOf } from './layers-of.js';
export { IMAGE_LOSS_TERMS, type ImageLossTerm, imageLoss, imageLossText } from './losses/image-loss.js';
export type { AutoencoderOptions, ImageOptions, ImageSettings, KindOptions } from './options.js';

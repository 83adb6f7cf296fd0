import { checkKnownOptions, describe, numberIn, refuse } from '@weft/core/program';

/** Options that every autoencoder has. */
export interface ImageOptions {
  /** Height of the images in pixels, from 1. Default 28. */
  readonly height?: number | undefined;
  /** Width of the images in pixels, from 1. Default 28. */
  readonly width?: number | undefined;
  /** Default 1, for grey images. */
  readonly channels?: number | undefined;
  /** Decides the first weights; a whole number from 0 to 2^53 - 1. Default 42. */
  readonly seed?: number | undefined;
  /** Name of the model. Default: its key, such as `vae`. */
  readonly name?: string | undefined;
}

/** Options that some kinds have; `AUTOENCODERS[key].options` lists those of a kind. */
export interface KindOptions {
  /** Filters of the convolutions at each size, from the largest to the smallest; sizes are halved between them. */
  readonly filters?: readonly number[] | undefined;
  /** Length of the latent vector. */
  readonly latentSize?: number | undefined;
  /** Units of the layers between image and latent of `dense`. Default [128]. */
  readonly units?: readonly number[] | undefined;
  /** Residual blocks at each size of `deep`, from 0. Default 2. */
  readonly depth?: number | undefined;
  /** Whether `deep` normalises batches after its convolutions. Default false. */
  readonly batchNormalization?: boolean | undefined;
  /** By what the divergence is multiplied in the loss of `vae`. Default 1. */
  readonly beta?: number | undefined;
  /** By what the sum of the latent's absolute values is multiplied in the loss of `sparse`. Default 1e-6. */
  readonly l1?: number | undefined;
  /** Part of the activations that `dropout` drops in training. Default 0.1. */
  readonly rate?: number | undefined;
  /** What the critic of `adversarial` judges. Default `reconstructions`. */
  readonly critic?: 'reconstructions' | 'latents' | undefined;
  /** By what the loss that the critic gives is multiplied in the loss of `adversarial`. Default 0.001, for latents 0.01. */
  readonly criticWeight?: number | undefined;
}

/** Options of `buildAutoencoder`. */
export interface AutoencoderOptions extends ImageOptions, KindOptions {}

/** Size of images, and how models are named and seeded. */
export interface ImageSettings {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly seed: number;
  readonly name: string;
}

const IMAGE_OPTIONS = ['height', 'width', 'channels', 'seed', 'name'];

/** @throws RangeError naming an option that the kind does not have, or an image's length that is none */
export function imageSettings(
  label: string,
  options: AutoencoderOptions,
  known: readonly string[],
  defaultName: string,
): ImageSettings {
  checkKnownOptions(label, options, [...IMAGE_OPTIONS, ...known]);
  const { height = 28, width = 28, channels = 1, seed = 42, name = defaultName } = options;
  for (const [option, value] of Object.entries({ height, width, channels })) wholeFrom(label, option, value, 1);
  if (!Number.isSafeInteger(seed) || seed < 0) refuse(label, 'seed', seed, 'a whole number from 0 to 2^53 - 1');
  return { height, width, channels, seed, name };
}

/** @throws RangeError if it is no whole number from `least` */
export function wholeFrom(label: string, option: string, value: unknown, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  return refuse(label, option, value, `a whole number from ${least}`);
}

/** @throws RangeError if it is no finite number from 0 */
export function from0(label: string, option: string, value: unknown): number {
  if (Number.isFinite(value) && (value as number) >= 0) return value as number;
  return refuse(label, option, value, 'a finite number from 0');
}

/** @throws RangeError if it is no array of at least one whole number from 1 */
export function wholeNumbers(label: string, option: string, value: unknown): readonly number[] {
  const isList = Array.isArray(value) && value.length > 0 && value.every((n) => Number.isSafeInteger(n) && n >= 1);
  if (isList) return [...(value as number[])];
  const shown = Array.isArray(value) ? `[${value.map(String).join(', ')}]` : describe(value);
  throw new RangeError(`${label}: ${option} is ${shown}; expected an array of whole numbers from 1, such as [32, 64].`);
}

/** @throws RangeError if it is no number from 0 to below 1 */
export const shareBelow1 = (label: string, option: string, value: unknown): number =>
  numberIn(label, option, value, 0, 1);

/** @throws RangeError if it is neither true nor false */
export function flag(label: string, option: string, value: unknown): boolean {
  return typeof value === 'boolean' ? value : refuse(label, option, value, 'true or false');
}

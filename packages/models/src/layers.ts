import {
  Activation,
  type Block,
  Conv2D,
  Cropping2D,
  Dropout,
  l1,
  MaxPooling2D,
  type SymbolicTensor,
  UpSampling2D,
  ZeroPadding2D,
} from '@weft/nn';
import type { ImageSettings } from './options.js';

/** Pixels before and behind along an axis. */
type Ends = readonly [number, number];

/** A layer or a model that gives one tensor. */
export type Step = Block & { apply(x: SymbolicTensor): SymbolicTensor };

/** What images gain on each side until they can be halved so often: [[top, bottom], [left, right]]. */
function bordersFor({ height, width }: ImageSettings, halvings: number): readonly [Ends, Ends] {
  const multiple = 2 ** halvings;
  const ends = (length: number): Ends => {
    const missing = (multiple - (length % multiple)) % multiple;
    return [Math.floor(missing / 2), Math.ceil(missing / 2)];
  };
  return [ends(height), ends(width)];
}

const isNeeded = (borders: readonly [Ends, Ends]) => borders.flat().some((pixels) => pixels > 0);

/** A convolution with ReLU that keeps height and width. */
export const convolution = (name: string, filters: number, kernelSize = 3): Conv2D =>
  new Conv2D({ name, filters, kernelSize, padding: 'same', activation: 'relu' });

/** Zeros around images whose height or width cannot be halved so often; no layer where nothing is missing. */
export function padded(image: ImageSettings, halvings: number): Step[] {
  const padding = bordersFor(image, halvings);
  return isNeeded(padding) ? [new ZeroPadding2D({ name: 'enc_pad', padding })] : [];
}

/** The last convolution, to an image from 0 to 1 without the borders that `padded` has added. */
export function toImage(image: ImageSettings, halvings: number): Step[] {
  const cropping = bordersFor(image, halvings);
  const options = { name: 'output_image', filters: image.channels, kernelSize: 3, padding: 'same' } as const;
  if (!isNeeded(cropping)) return [new Conv2D({ ...options, activation: 'sigmoid' })];
  // The sigmoid stands last: cross-entropy then sees what went into it.
  return [
    new Conv2D(options),
    new Cropping2D({ name: 'output_crop', cropping }),
    new Activation({ name: 'output_sigmoid', activation: 'sigmoid' }),
  ];
}

/** What stands on the way down besides convolutions and halvings. */
export interface Additions {
  /** Of the loss: it is multiplied by the sum of the latent's absolute values. */
  readonly penalty?: number;
  /** Part of the activations that training drops behind each halving. */
  readonly rate?: number;
}

/** For each number of filters a convolution and a halving by max pooling: images to a latent of fewer pixels. */
export function convolutionsDown(
  image: ImageSettings,
  filters: readonly number[],
  { penalty, rate }: Additions = {},
): Step[] {
  const pooled = (level: number) => {
    const isLatent = level === filters.length;
    const activityRegularizer = isLatent && penalty ? l1(penalty) : undefined;
    return new MaxPooling2D({ name: `enc_pool${level}`, poolSize: 2, activityRegularizer });
  };
  return [
    ...padded(image, filters.length),
    ...filters.flatMap((count, index) => [
      convolution(`enc_conv${index + 1}`, count),
      pooled(index + 1),
      ...(rate ? [new Dropout({ name: `enc_dropout${index + 1}`, rate })] : []),
    ]),
  ];
}

/** The way back: for each number of filters, from the last, a convolution and a doubling; then the image. */
export function convolutionsUp(image: ImageSettings, filters: readonly number[]): Step[] {
  return [
    ...filters
      .toReversed()
      .flatMap((count, level) => [
        convolution(`dec_conv${level + 1}`, count),
        new UpSampling2D({ name: `dec_up${level + 1}`, size: 2 }),
      ]),
    ...toImage(image, filters.length),
  ];
}

/** Height and width after so many halvings of the padded images. */
export function sizeAfter(image: ImageSettings, halvings: number): readonly [number, number] {
  const [[top, bottom], [left, right]] = bordersFor(image, halvings);
  return [(top + image.height + bottom) / 2 ** halvings, (left + image.width + right) / 2 ** halvings];
}

/** Layers one after another, in a model that is being drawn up. */
export const chain = (x: SymbolicTensor, steps: readonly Step[]): SymbolicTensor =>
  steps.reduce((y, step) => step.apply(y), x);

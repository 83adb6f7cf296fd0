import type { FigureData } from './figure-data.js';

/** One finished figure. */
export interface Figure {
  /** `figure-1` to `figure-8`; also the stem of its file. */
  readonly name: string;
  readonly title: string;
  /** A sentence or two for below the figure, with the numbers it shows. Plain text, not markup. */
  readonly caption: string;
  /** A whole SVG document. */
  readonly svg: string;
  /** What the SVG shows, for the figures that can be explored in a page. */
  readonly data?: FigureData;
}

/** Images as [n, height, width, channels], flat: bytes 0 to 255, or floats in [0, 1]. */
export type Images = Uint8Array | Float32Array;

/** A number for each image, epoch or component. */
export type Numbers = ArrayLike<number>;

/** Losses in squared pixel intensity, a number an epoch; `valLoss` is empty if nothing was held out. */
export interface LossHistory {
  readonly loss: Numbers;
  readonly valLoss: Numbers;
}

export interface DatasetInfo {
  /** `fashion-mnist`, `synthetic`, or a name to print as it is. */
  readonly name: string;
  /** True for drawn stand-in data: every figure then says so. */
  readonly synthetic: boolean;
  readonly classNames: readonly string[];
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Some images whose errors are in a histogram, with what a model has made of them. */
export interface ErrorExamples {
  /** Places of the images among all errors, as `errorExamples` gives them. */
  readonly indices: readonly number[];
  /**
   * Two or three rows: the last one was made by the model, and the one before it is what it should be. Each holds the images
   * of `indices` alone: [indices, height, width, channels], flat.
   */
  readonly rows: readonly { readonly title: string; readonly images: Images }[];
  /** Class index of each of the images. */
  readonly labels?: Numbers | undefined;
}

/** What the eight figures show. A model that was not trained is left out, and so are its figures. */
export interface FigureInputs {
  readonly dataset: DatasetInfo;
  /** Training images, of which the first twelve are drawn, with a class index each. */
  readonly samples: { readonly images: Images; readonly labels: Numbers };
  readonly cae?: {
    readonly history: LossHistory;
    /** Test images, of which the first ten are drawn. */
    readonly originals: Images;
    readonly reconstructions: Images;
    /** Mean squared error of each test image, in squared pixel intensity. */
    readonly errors: Numbers;
    /** Images of the bins of the histogram of errors, for a page to show. */
    readonly examples?: ErrorExamples | undefined;
  };
  readonly cdae?: {
    readonly history: LossHistory;
    readonly noisy: Images;
    readonly clean: Images;
    readonly denoised: Images;
    /** Mean squared error between each denoised and clean test image, in squared pixel intensity. */
    readonly errors: Numbers;
    readonly examples?: ErrorExamples | undefined;
  };
  readonly latent?: {
    /** Principal component scores of the CAE's test latents, [n, 2], flat. */
    readonly scores: Numbers;
    /** Class index of each row of the scores. */
    readonly labels: Numbers;
    /** Fraction of the variance along each component, at least two. */
    readonly explainedVarianceRatio: Numbers;
    /** Mean fraction of an image's nearest neighbours in latent space that bear its class, in [0, 1]. */
    readonly nearestNeighbourPurity?: number;
    /** The first images of the set, which the purity is of, if not all. */
    readonly sampleSize?: number;
  };
}

/** The data set's name as prose writes it. */
export function datasetTitle(name: string): string {
  if (name === 'fashion-mnist') return 'Fashion-MNIST';
  return name === 'synthetic' ? 'synthetic garments' : name;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Text within a sentence: "Noisy" becomes "noisy", and "CAE" and "U-Net" remain. */
export function lowered(text: string): string {
  return /^\p{Lu}[\p{Ll} ]/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

export function className({ classNames }: DatasetInfo, label: number): string {
  return classNames[label] ?? `class ${label}`;
}

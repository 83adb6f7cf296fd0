/**
 * How a model sees images: where they lie among its latents, what it makes of them, and how far off that is. This is
 * what `weft explore` writes and the page *Explore* shows. n is the number of images, k of components, d of the
 * numbers in a latent, m of neighbours.
 */
export interface Exploration {
  /** Key of the model, such as `cae`. */
  readonly model: string;
  /** The model's name for people, such as `CAE`. */
  readonly title: string;
  /** Name of the run's folder. */
  readonly run: string;
  /** Name of the data set, or of the folder of pictures. */
  readonly dataset: string;
  /** Whether the images are of the synthetic set, a stand-in for real ones. */
  readonly synthetic: boolean;
  /** SHA-256 of the model's weights, in hexadecimal. */
  readonly weightsSha256: string;
  /** Kind and strength of the noise in the inputs, such as `gaussian:0.4`; left out where there is none. */
  readonly noise?: string;
  /** Names of the classes, at most 256; empty where the images have none. */
  readonly classNames: readonly string[];
  /** Shape of a latent, such as [7, 7, 64]; d is the product. */
  readonly latentShape: readonly number[];
  /** Number of images n, at least 2. */
  readonly count: number;
  /** Size of the images in pixels. */
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for RGB, 4 for RGBA. */
  readonly channels: number;
  /** Class of each image, length n; left out where there are no classes. */
  readonly labels?: Uint8Array;
  /** Mean squared error of each image, in squared pixel intensity, length n. */
  readonly errors: Float32Array;
  /** Mean of the latents, length d. */
  readonly mean: Float32Array;
  /** Principal components of the latents, orthonormal rows, [k, d]. A latent is about `mean + scores * components`. */
  readonly components: Float32Array;
  /** Part of each component in the variance of the latents, descending, length k, 1 to 50. */
  readonly explainedVarianceRatio: Float32Array;
  /** Coordinates of the images along the components, [n, k]. The first two are the plane that is drawn. */
  readonly scores: Float32Array;
  /** Indices of the m nearest other images of each, nearest first, [n, m], by the distance along all components. */
  readonly neighbours: Uint32Array;
  /** The images, bytes [n, height, width, channels]. */
  readonly originals: Uint8Array;
  /** The noisy images that a denoising model was given, of the same shape; left out where it was given the images. */
  readonly inputs?: Uint8Array;
  /** What the model made of them, of the same shape. */
  readonly reconstructions: Uint8Array;
  /** The model from latents to images, as `encodeModel` writes it; left out where there is none, as in a U-Net. */
  readonly decoder?: Uint8Array;
}

/** Principal components that a file holds at most. */
export const MOST_COMPONENTS = 50;

/** A file that is no exploration, or one that cannot be; the message names the fault. */
export class ExplorationError extends Error {
  override readonly name = 'ExplorationError';
}

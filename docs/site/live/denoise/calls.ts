/** Pixels along each side of a picture. */
export const SIDE = 28;

/** A picture to begin with. */
export interface Example {
  readonly name: string;
  /** [28, 28], from 0 (black) to 255 (white) */
  readonly image: Uint8Array;
}

/** What is known of the model. */
export interface ModelFacts {
  /** Such as `cdae`. */
  readonly name: string;
  readonly weights: number;
  /** What its file says of its training; empty where the file says nothing. */
  readonly card: Readonly<Record<string, unknown>>;
}

export interface NoisyPicture {
  /** [28, 28], from 0 to 255 */
  readonly image: Uint8Array;
  /** Standard deviation of the noise, in intensity from 0 to 1. */
  readonly strength: number;
  /** Decides the noise. */
  readonly seed: number;
}

/** A picture beside the clean one. */
export interface Compared {
  /** [28, 28], from 0 to 1 */
  readonly image: Float32Array;
  /** Peak signal-to-noise ratio in decibels. */
  readonly psnr: number;
  /** Structural similarity, at most 1. */
  readonly ssim: number;
}

export interface Denoised {
  readonly noisy: Compared;
  readonly denoised: Compared;
}

/** What the worker of this page does. */
export type DenoiserCalls = {
  /** Takes another model, from a file or an address. */
  load(source: Blob | string): Promise<ModelFacts>;
  /** A picture of each class of the drawn garments. */
  examples(): Example[];
  /** A picture file as bytes [28, 28]: cut to a square, made smaller and grey. */
  read(file: Blob): Promise<Uint8Array>;
  denoise(picture: NoisyPicture): Promise<Denoised>;
};

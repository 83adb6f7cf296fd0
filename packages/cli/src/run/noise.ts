import { add, clip, mul, random } from '@weft/core';
import type { Corruption } from '@weft/pool';

/** Noise of test images is drawn independently of that of training images. */
const STREAMS = { training: 0x6e6f6973, test: 0x6e6f6974 } as const;

/** What noise is added to. */
export interface NoiseOptions {
  /** Standard deviation in units of pixel intensity. */
  readonly factor: number;
  readonly images: keyof typeof STREAMS;
  /** Whether an image bears other noise in each epoch. */
  readonly perEpoch?: boolean;
}

/** Adds Gaussian noise to images in [0, 1] and clips the sum to that range. */
export function gaussianNoise({ factor, images, perEpoch = false }: NoiseOptions): Corruption {
  return (x, { seed, exampleKeys, epochKeys }) => {
    const keys = perEpoch ? epochKeys : exampleKeys;
    return clip(add(x, mul(random('normal', x.shape, { seed, stream: STREAMS[images], keys }), factor)), 0, 1);
  };
}

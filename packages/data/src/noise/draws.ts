import { add, mul, random, reshape, type Shape, type Tensor } from '@weft/core';
import type { NoiseTerm } from './spec.js';

/** What decides noise: data of a program, as `fit`, `predict` and `evaluate` hand them on. */
export interface NoiseDraws {
  /** Low and high words of the seed, uint32 [2]. */
  readonly seed: Tensor;
  /** uint32 [batch, 2]: (number of the image, 0), the same in every epoch. */
  readonly exampleKeys: Tensor;
  /** uint32 [batch, 2]: (number of the image, epoch + 1), new in every epoch. */
  readonly epochKeys: Tensor;
}

/** What images noise is for: that of test images is drawn independently of that of training images. */
export type NoisyImages = 'training' | 'test';

/** What is drawn for one noise, each from a random stream of its own. */
const PURPOSES = ['strength', 'normal', 'uniform', 'side', 'top', 'left'] as const;
type Purpose = (typeof PURPOSES)[number];

/** Where the streams of noise begin. Those of layers have their highest bit set, so none is the same. */
const FIRST_STREAM = 0x6e6f7000;
/** Of normal numbers for the first noise: runs of the first version drew from them. */
const NORMAL_STREAMS = { training: 0x6e6f6973, test: 0x6e6f6974 } as const;

/** The random numbers of one noise among several. A row depends on the seed, the row's key, `images` and the position. */
export class NoiseSource {
  constructor(
    private readonly seed: Tensor,
    private readonly keys: Tensor,
    private readonly images: NoisyImages,
    /** The position among the noises, from 0. */
    private readonly position: number,
  ) {}

  draw(purpose: Purpose, distribution: 'uniform' | 'normal', shape: Shape): Tensor {
    return random(distribution, shape, { seed: this.seed, keys: this.keys, stream: this.streamOf(purpose) });
  }

  /** The strength of each image of [batch, height, width, channels], [batch, 1, 1, 1]; a number if all have the same. */
  strengths({ low, high }: NoiseTerm, { shape }: Tensor): Tensor | number {
    if (low === high) return low;
    const drawn = this.draw('strength', 'uniform', [shape[0], 1]);
    return reshape(add(mul(drawn, high - low), low), [shape[0], ...shape.slice(1).map(() => 1)]);
  }

  private streamOf(purpose: Purpose): number {
    if (purpose === 'normal' && this.position === 0) return NORMAL_STREAMS[this.images];
    return FIRST_STREAM + 16 * this.position + 2 * PURPOSES.indexOf(purpose) + (this.images === 'test' ? 1 : 0);
  }
}

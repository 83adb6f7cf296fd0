import { corruption, type NoiseFunction, parseNoise } from '@weft/data/browser';
import type { Autoencoder } from '@weft/models';
import { mapExamples, predict } from '@weft/web';
import type { Samples } from '../train/calls.js';
import type { TrainingData } from './training-data.js';

const COUNT = 8;

/** Shows, as often as it is asked, what a model makes of the same few pictures, which were held out. */
export class SampleMaker {
  private noisy: Float32Array | undefined;

  private constructor(
    private readonly autoencoder: Autoencoder,
    private readonly data: TrainingData,
    private readonly originals: Float32Array,
  ) {}

  /** @param noise standard deviation, where the model denoises */
  static async create(autoencoder: Autoencoder, data: TrainingData, noise: number | undefined): Promise<SampleMaker> {
    const { height, width, images, count } = data;
    // The last pictures are those held out.
    const bytes = images.slice((count - Math.min(COUNT, count)) * height * width);
    const maker = new SampleMaker(
      autoencoder,
      data,
      Float32Array.from(bytes, (value) => value / 255),
    );
    if (noise !== undefined) {
      const corrupt = corruption(parseNoise(`gaussian:${noise}`), { images: 'test' }) as NoiseFunction;
      maker.noisy = await mapExamples(corrupt, maker.originals, [height, width, 1]);
    }
    return maker;
  }

  async make(): Promise<Samples> {
    const { data, originals, noisy } = this;
    const { height, width } = data;
    const reconstructions = (await predict(this.autoencoder.reconstructor, noisy ?? originals)) as Float32Array;
    return { count: originals.length / (height * width), height, width, originals, noisy, reconstructions };
  }
}

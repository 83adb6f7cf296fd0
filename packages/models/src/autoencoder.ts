import { type BaseModel, Conv2D, MaxPooling2D, Sequential, UpSampling2D } from '@weft/nn';

/** Options of the convolutional autoencoders. */
export interface AutoencoderOptions {
  /** Height of the images in pixels, divisible by 4. Default 28. */
  readonly height?: number;
  /** Width of the images in pixels, divisible by 4. Default 28. */
  readonly width?: number;
  /** Default 1, for grey images. */
  readonly channels?: number;
  /** Decides the first weights; a whole number from 0 to 2^53 - 1. Default 42. */
  readonly seed?: number;
  /** Name of the model. */
  readonly name?: string;
}

/** First weights of the two models are drawn independently, also from one seed. */
const STREAMS = { cae: 0, cdae: 1 } as const;

/**
 * An autoencoder, whole and in its two halves. The halves share the model's layers: what is trained in one is
 * trained in the other.
 */
export class Autoencoder {
  readonly model: Sequential;
  /** Images to latents. */
  readonly encoder: Sequential;
  /** Latents to images. */
  readonly decoder: Sequential;

  /**
   * @param model layers whose names begin with `enc_` up to the latent, and others after it, as in a loaded file
   * @throws TypeError if it is no sequential model; RangeError if it has not both halves
   */
  constructor(model: BaseModel) {
    if (!(model instanceof Sequential)) {
      throw new TypeError(`Autoencoder: ${model?.name} is no Sequential, whose layers stand in a row.`);
    }
    this.model = model;
    const latent = model.layers.findLastIndex(({ name }) => name.startsWith('enc_'));
    if (latent < 0 || latent === model.layers.length - 1) {
      throw new RangeError(
        `Autoencoder: cannot tell encoder from decoder in ${model.name}, whose layers are ` +
          `${model.layers.map(({ name }) => name).join(', ')}. Names of the encoder's layers must begin with 'enc_'.`,
      );
    }
    this.encoder = model.slice(0, latent + 1, `${model.name}_encoder`);
    this.decoder = model.slice(latent + 1, undefined, `${model.name}_decoder`);
  }
}

function checkLength(maker: string, option: string, length: number, multiple: number): void {
  if (!Number.isSafeInteger(length) || length < 1 || length % multiple !== 0) {
    const expected = multiple === 1 ? 'a whole number from 1' : `a multiple of ${multiple} from ${multiple}`;
    const advice = multiple === 1 ? '' : ', because the images are halved twice: pad or crop them';
    throw new RangeError(`${maker}: ${option} is ${String(length)}; expected ${expected}${advice}.`);
  }
}

function build(maker: string, stream: number, name: string, options: AutoencoderOptions): Autoencoder {
  const { height = 28, width = 28, channels = 1, seed = 42 } = options;
  checkLength(maker, 'height', height, 4);
  checkLength(maker, 'width', width, 4);
  checkLength(maker, 'channels', channels, 1);
  const convolution = (name: string, filters: number, activation: 'relu' | 'sigmoid' = 'relu') =>
    new Conv2D({ name, filters, kernelSize: 3, padding: 'same', activation });
  const layers = [
    convolution('enc_conv1', 32),
    new MaxPooling2D({ name: 'enc_pool1', poolSize: 2 }),
    convolution('enc_conv2', 64),
    new MaxPooling2D({ name: 'enc_pool2', poolSize: 2 }),
    convolution('dec_conv1', 64),
    new UpSampling2D({ name: 'dec_up1', size: 2 }),
    convolution('dec_conv2', 32),
    new UpSampling2D({ name: 'dec_up2', size: 2 }),
    convolution('output_image', channels, 'sigmoid'),
  ];
  return new Autoencoder(new Sequential(layers, { name, inputShape: [height, width, channels], seed, stream }));
}

/**
 * A convolutional autoencoder (CAE): 3x3 convolutions of 32 and 64 filters, each halved by max pooling, and back by
 * nearest upsampling to a sigmoid image. For images of 28x28x1 the latent is 7x7x64 and there are 74,497 parameters.
 *
 * @throws RangeError if height or width are not divisible by 4, or another option is not what it must be
 */
export function convAutoencoder(options: AutoencoderOptions = {}): Autoencoder {
  return build('convAutoencoder', STREAMS.cae, options.name ?? 'cae', options);
}

/**
 * A convolutional denoising autoencoder (CDAE): the layers of `convAutoencoder`, to be trained from noisy images to
 * clean ones, with first weights of its own.
 *
 * @throws RangeError if height or width are not divisible by 4, or another option is not what it must be
 */
export function convDenoisingAutoencoder(options: AutoencoderOptions = {}): Autoencoder {
  return build('convDenoisingAutoencoder', STREAMS.cdae, options.name ?? 'cdae', options);
}

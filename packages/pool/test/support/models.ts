import { RandomStream } from '@weft/core';
import {
  AveragePooling2D,
  type BaseModel,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  MaxPooling2D,
  Reshape,
  Sequential,
  UpSampling2D,
} from '@weft/nn';

/** Numbers from 0 to below 1, the same for the same seed. */
export function uniform(length: number, seed = 1): Float32Array {
  const stream = new RandomStream(seed, 0);
  return Float32Array.from({ length }, () => stream.uniform());
}

/** Bytes that stand for numbers from 0 to 1, the same for the same seed. */
export function bytes(length: number, seed = 1) {
  return { data: Uint8Array.from(uniform(length, seed), (x) => Math.floor(256 * x)), scale: 1 / 255 };
}

/** The autoencoder in small: convolutions of few and of many channels, pooling, upsampling. */
export function smallAutoencoder(seed = 3): Sequential {
  return new Sequential(
    [
      new Conv2D({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }),
      new MaxPooling2D({ poolSize: 2 }),
      new Conv2D({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }),
      new UpSampling2D({ size: 2 }),
      new Conv2D({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' }),
    ],
    { inputShape: [6, 6, 1], seed },
  );
}

/** Numbers in, numbers out, with more weights than one slice of an update takes. */
export function smallDense(seed = 4): Sequential {
  return new Sequential([new Dense({ units: 150, activation: 'tanh' }), new Dense({ units: 3 })], {
    inputShape: [9],
    seed,
  });
}

/** As `smallDense`, with dropout in training. */
export function withDropout(seed = 5): Sequential {
  return new Sequential(
    [new Dense({ units: 20, activation: 'relu' }), new Dropout({ rate: 0.4 }), new Dense({ units: 3 })],
    { inputShape: [9], seed },
  );
}

/** A model as a user might think it up. */
export function mixedLayers(seed = 6): Sequential {
  return new Sequential(
    [
      new Reshape({ targetShape: [5, 7, 2] }),
      new Conv2D({ filters: 5, kernelSize: [2, 3], strides: 2, activation: 'tanh' }),
      new AveragePooling2D({ poolSize: 2, padding: 'same' }),
      new Dropout({ rate: 0 }),
      new Flatten(),
      new Dense({ units: 4, activation: 'sigmoid' }),
    ],
    { inputShape: [70], seed },
  );
}

/** All weights of a model, one after another. */
export function weightsOf(model: BaseModel): Float32Array {
  return Float32Array.from(model.weights.flatMap(({ data }) => [...data]));
}

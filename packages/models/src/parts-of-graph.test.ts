import { randomNormal, type Tensor } from '@weft/core';
import { Add, type BaseModel, Conv2D, input, MaxPooling2D, Model, type SymbolicTensor, UpSampling2D } from '@weft/nn';
import { expect, test } from 'vitest';
import { Autoencoder, autoencoderOf, buildAutoencoder } from './index.js';

const conv = (filters: number) => new Conv2D({ filters, kernelSize: 3, padding: 'same' });
const x = () => input({ shape: [8, 8, 1], name: 'image' });
const images = () => randomNormal([2, 8, 8, 1], { seed: 1 });
const valuesOf = (model: BaseModel<Tensor>, of: Tensor) => model.call(of).toArray();

/** Down to 2 x 2 x 2 = 8 numbers, and up. */
function rowOf(image: SymbolicTensor): SymbolicTensor {
  const latent = new MaxPooling2D({ poolSize: 4 }).apply(conv(2).apply(image));
  return conv(1).apply(new UpSampling2D({ size: 4 }).apply(conv(2).apply(latent)));
}

test('the halves of layers of any names meet at the smallest value, and together are the whole', () => {
  const image = x();
  const model = new Model({ inputs: image, outputs: rowOf(image) });
  const { encoder, decoder } = autoencoderOf('cae', model);
  expect(encoder.outputShape).toEqual([2, 2, 2]);
  expect(encoder.layers.map(({ type }) => type)).toEqual(['Conv2D', 'MaxPooling2D']);
  expect(valuesOf(decoder as BaseModel<Tensor>, encoder.call(images()))).toEqual(valuesOf(model, images()));
  expect(encoder.weights[0].weight).toBe(model.weights[0].weight);
});

test('what goes past within a half is no matter; what goes past the latent leaves no decoder', () => {
  const image = x();
  const skipped = new Add().apply([conv(1).apply(image), image]);
  const within = autoencoderOf('cae', new Model({ inputs: image, outputs: rowOf(skipped) }));
  expect(within.encoder.outputShape).toEqual([2, 2, 2]);
  expect(valuesOf(within.decoder as BaseModel<Tensor>, within.encoder.call(images()))).toEqual(
    valuesOf(within.model, images()),
  );
  const other = x();
  const past = autoencoderOf('cae', new Model({ inputs: other, outputs: new Add().apply([rowOf(other), other]) }));
  expect(past.encoder.outputShape).toEqual([2, 2, 2]);
  expect(past.decoder).toBeUndefined();
});

test('models in models are none of these', () => {
  expect(() => new Autoencoder(buildAutoencoder('vae').model, 'cae')).toThrow('is no Sequential');
});

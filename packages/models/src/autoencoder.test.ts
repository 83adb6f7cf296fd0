import { createHash } from 'node:crypto';
import { tensor } from '@weft/core';
import { decodeModel, decodeSafetensors, encodeModel } from '@weft/formats';
import { Dense, input, Model, Sequential } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Autoencoder, convAutoencoder, convDenoisingAutoencoder } from './index.js';

const images = (batch: number, shape: readonly number[]) => {
  const size = shape.reduce((product, length) => product * length, batch);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => ((i * 37) % 256) / 255),
    [batch, ...shape],
  );
};

test('has the layers, shapes and parameters of the report', () => {
  const { model, encoder, decoder } = convAutoencoder();
  expect(model.layers.map(({ name, type }, i) => `${name} ${type} ${model.outputShapes[i].join('x')}`)).toEqual([
    'enc_conv1 Conv2D 28x28x32',
    'enc_pool1 MaxPooling2D 14x14x32',
    'enc_conv2 Conv2D 14x14x64',
    'enc_pool2 MaxPooling2D 7x7x64',
    'dec_conv1 Conv2D 7x7x64',
    'dec_up1 UpSampling2D 14x14x64',
    'dec_conv2 Conv2D 14x14x32',
    'dec_up2 UpSampling2D 28x28x32',
    'output_image Conv2D 28x28x1',
  ]);
  expect(model.countWeights()).toBe(74_497);
  expect(encoder.outputShape).toEqual([7, 7, 64]);
  expect(encoder.countWeights() + decoder.countWeights()).toBe(74_497);
  expect(model.summary()).toContain('Total params: 74,497 (291.00 KB)');
});

describe.each([
  ['cae', convAutoencoder],
  ['cdae', convDenoisingAutoencoder],
])('%s', (key, autoencoder) => {
  test('gives images of the size that it takes, for any height and width divisible by 4 and any channels', () => {
    const quarter = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(quarter, quarter, fc.integer({ min: 1, max: 5 }), (rows, columns, channels) => {
        const [height, width] = [4 * rows, 4 * columns];
        const { model, encoder, decoder } = autoencoder({ height, width, channels });
        expect(model.inputShape).toEqual([height, width, channels]);
        expect(model.outputShape).toEqual([height, width, channels]);
        expect(encoder.outputShape).toEqual([rows, columns, 64]);
        expect(decoder.inputShape).toEqual([rows, columns, 64]);
        expect(model.countWeights()).toBe(74_497 + (9 * 32 + 9 * 32 + 1) * (channels - 1));
      }),
    );
  });

  test('decoder after encoder is the model, bit for bit, and its images lie between 0 and 1', () => {
    const { model, encoder, decoder } = autoencoder({ height: 8, width: 12, channels: 3 });
    const x = images(2, [8, 12, 3]);
    const y = model.call(x).toArray();
    expect(decoder.call(encoder.call(x)).toArray()).toEqual(y);
    for (const value of y) expect(value > 0 && value < 1).toBe(true);
  });

  test('encoder and decoder share the weights of the model', () => {
    const { model, encoder, decoder } = autoencoder({ height: 4, width: 4 });
    const parts = [...encoder.weights, ...decoder.weights];
    expect(parts.map(({ path }) => path)).toEqual(model.weights.map(({ path }) => path));
    model.weights.forEach(({ weight }, i) => {
      expect(parts[i].weight).toBe(weight);
    });
  });

  test('is the same for the same seed and another for another', () => {
    const weights = (seed: number) => autoencoder({ seed }).model.weights.map(({ data }) => data);
    expect(weights(5)).toEqual(weights(5));
    expect(weights(5)[0]).not.toEqual(weights(6)[0]);
  });

  test('refuses what is no size, no number of channels and no seed', () => {
    const start = `buildAutoencoder: ${key}: `;
    expect(() => autoencoder({ height: 0 })).toThrow(`${start}height is 0; expected a whole number from 1.`);
    expect(() => autoencoder({ channels: 1.5 })).toThrow('channels is 1.5; expected a whole number from 1.');
    expect(() => autoencoder({ seed: -1 })).toThrow('seed is -1');
  });
});

test('the two models bear their names and begin with other weights, also from one seed', () => {
  const [cae, cdae] = [convAutoencoder({ seed: 1 }).model, convDenoisingAutoencoder({ seed: 1 }).model];
  expect([cae.name, cdae.name, convAutoencoder({ name: 'mine' }).model.name]).toEqual(['cae', 'cdae', 'mine']);
  expect(cae.weights[0].data).not.toEqual(cdae.weights[0].data);
});

test('the first weights stay the same bits from release to release', () => {
  const digest = ({ model }: Autoencoder) => {
    const hash = createHash('sha256');
    for (const { data } of model.weights) hash.update(new Uint8Array(data.buffer));
    return hash.digest('hex');
  };
  expect(digest(convAutoencoder())).toBe('b3701c5bf180619edca441b2a99a2db7ab6508f9e413793c0a17dd5eb7fb470e');
  expect(digest(convDenoisingAutoencoder())).toBe('b5c3714b821beef8b7f89ba87a3487a3a194b3586922ae275d6a22c91b10543a');
  expect(digest(convAutoencoder({ seed: 5, channels: 3 }))).toBe(
    'abc22ffa84af7f876cb5092f6a7c17d92a2248263b38fa593106fd1636f20a5e',
  );
  const { encoder, decoder } = convDenoisingAutoencoder();
  const ahead = decoder.weights.map(({ data }) => data);
  expect(ahead).toEqual(
    convDenoisingAutoencoder()
      .model.weights.slice(encoder.weights.length)
      .map(({ data }) => data),
  );
});

test('a model without the two halves is refused', () => {
  const model = new Sequential([new Dense({ units: 1, name: 'enc_a' })], { inputShape: [3] });
  expect(() => new Autoencoder(model)).toThrow('Autoencoder: cannot tell encoder from decoder in sequential');
  const x = input({ shape: [3] });
  expect(() => new Autoencoder(new Model({ inputs: x, outputs: x }))).toThrow('Autoencoder: model is no Sequential');
});

describe('a saved model', () => {
  test('of an autoencoder is taken apart again', () => {
    const bytes = encodeModel(convAutoencoder({ height: 8, width: 4 }).model);
    const { encoder, decoder } = new Autoencoder(decodeModel(bytes).model);
    expect([encoder.outputShape, decoder?.outputShape]).toEqual([
      [2, 1, 64],
      [8, 4, 1],
    ]);
  });

  test('stands in the file by names and layouts of Keras, in the order of the names', () => {
    const { tensors } = decodeSafetensors(encodeModel(convAutoencoder().model));
    expect([...tensors].map(([name, { dtype, shape }]) => `${name} ${dtype} ${shape.join('x')}`)).toEqual([
      'dec_conv1/bias F32 64',
      'dec_conv1/kernel F32 3x3x64x64',
      'dec_conv2/bias F32 32',
      'dec_conv2/kernel F32 3x3x64x32',
      'enc_conv1/bias F32 32',
      'enc_conv1/kernel F32 3x3x1x32',
      'enc_conv2/bias F32 64',
      'enc_conv2/kernel F32 3x3x32x64',
      'output_image/bias F32 1',
      'output_image/kernel F32 3x3x32x1',
    ]);
  });
});

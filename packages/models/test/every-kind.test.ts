import { randomUniform, tensor } from '@weft/core';
import { decodeModel, encodeModel } from '@weft/formats';
import { meanSquaredError } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AUTOENCODERS,
  type Autoencoder,
  autoencoderOf,
  buildAutoencoder,
  layersOf,
  type ModelKey,
} from '../src/index.js';
import { train } from './training.js';

const KEYS = Object.keys(AUTOENCODERS) as ModelKey[];
const images = (shape: readonly number[], batch = 2) => randomUniform([batch, ...shape], { seed: 3 });
const saved = ({ key, model }: Autoencoder) => autoencoderOf(key, decodeModel(encodeModel(model)).model);
const valuesOf = ({ model }: Autoencoder) => model.weights.map(({ data }) => data);

test('first weights of all kinds are independent, also from one seed', () => {
  const streams = KEYS.map((key) => AUTOENCODERS[key].stream);
  expect(new Set(streams).size).toBe(KEYS.length);
  expect(KEYS.map((key) => buildAutoencoder(key).model.stream)).toEqual(streams);
});

describe.each(KEYS)('%s', (key) => {
  const { parameters, source, title, longName, options } = AUTOENCODERS[key];

  test('has the number of weights that is documented, and a source', () => {
    const { model } = buildAutoencoder(key);
    expect(model.countWeights()).toBe(parameters);
    expect(model.name).toBe(key);
    expect(source).toMatch(/\((19|20)\d\d\)/);
    expect(longName).toMatch(/^an? /);
    expect(title).not.toBe('');
    const layers = layersOf(model);
    expect(layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameters);
    expect(layers.map(({ outputShape }) => outputShape)).toContainEqual(model.outputShape);
    expect(new Set(layers.map(({ name }) => name)).size).toBe(layers.length);
  });

  test('takes images of any size, and gives images of this size from 0 to 1', () => {
    const length = fc.integer({ min: 1, max: 19 });
    fc.assert(
      fc.property(length, length, fc.constantFrom(1, 2, 3, 4), (height, width, channels) => {
        const { model, encoder, decoder, prior } = buildAutoencoder(key, { height, width, channels });
        const shape = [height, width, channels];
        expect(model.inputShape).toEqual(shape);
        expect(model.outputShape).toEqual(shape);
        const x = images(shape);
        const y = model.call(x);
        expect(y.shape).toEqual([2, ...shape]);
        for (const value of y.toArray()) expect(value >= 0 && value <= 1).toBe(true);
        const latents = encoder.call(x);
        expect(latents.shape).toEqual([2, ...encoder.outputShape]);
        if (decoder) expect(decoder.call(latents).toArray()).toEqual(y.toArray());
        if (prior) expect(encoder.outputShape.length).toBe(1);
      }),
      { numRuns: 8 },
    );
  });

  test('every pixel of an odd image counts', () => {
    const shape = [5, 3, 1];
    const { model } = buildAutoencoder(key, { height: 5, width: 3 });
    const pixels = images(shape, 1).toArray();
    const y = model.call(tensor(pixels, [1, ...shape])).toArray();
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      const other = Float32Array.from(pixels, (value, at) => (at === pixel ? 1 - value : value));
      expect(model.call(tensor(other, [1, ...shape])).toArray()).not.toEqual(y);
    }
  });

  test('its parts share the weights of the model', () => {
    const { model, encoder, decoder } = buildAutoencoder(key, { height: 4, width: 4 });
    const all = new Set(model.weights.map(({ weight }) => weight));
    for (const { weight } of [...encoder.weights, ...(decoder?.weights ?? [])]) expect(all.has(weight)).toBe(true);
  });

  test('is the same for the same seed and another for another', () => {
    const weights = (seed: number) => valuesOf(buildAutoencoder(key, { height: 4, width: 4, seed }));
    expect(weights(5)).toEqual(weights(5));
    expect(weights(5)).not.toEqual(weights(6));
  });

  test('gives the same bits after it was saved and loaded, and learns on as the one that was saved', () => {
    const first = buildAutoencoder(key, { height: 6, width: 5, channels: 3 });
    const x = images([6, 5, 3], 4);
    const before = train(first, meanSquaredError, x, 3);
    const again = saved(first);
    expect(again.model.call(x).toArray()).toEqual(first.model.call(x).toArray());
    expect(again.encoder.call(x).toArray()).toEqual(first.encoder.call(x).toArray());
    expect(again.prior).toBe(first.prior);
    const after = train(first, meanSquaredError, x, 20);
    expect(train(again, meanSquaredError, x, 20)).toEqual(after);
    expect(valuesOf(again)).toEqual(valuesOf(first));
    expect(after.at(-1)).toBeLessThan(before[0]);
  });

  test('refuses options of other kinds', () => {
    const others = ['filters', 'latentSize', 'units', 'depth', 'beta', 'l1', 'rate', 'critic'] as const;
    for (const option of others.filter((each) => !options.includes(each))) {
      expect(() => buildAutoencoder(key, { [option]: 1 })).toThrow(`buildAutoencoder: ${key}: `);
    }
    for (const option of options) expect(() => buildAutoencoder(key, { [option]: 'x' })).toThrow(option);
  });
});

test('a key that is none is refused', () => {
  expect(() => buildAutoencoder('gan' as ModelKey)).toThrow(/the model is .*gan.*cae/);
});

test('a model of another kind is refused', () => {
  const { model } = buildAutoencoder('cae', { height: 4, width: 4 });
  expect(() => autoencoderOf('vae', model)).toThrow("has no part 'encoder'");
  expect(() => autoencoderOf('cae', buildAutoencoder('vae').model)).toThrow('is no Sequential');
  expect(() => autoencoderOf('vae', buildAutoencoder('unet').model)).toThrow('expected mean and logVariance');
});

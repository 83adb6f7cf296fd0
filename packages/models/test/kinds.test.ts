import { compute, mean, randomUniform, type Tensor, zeros } from '@weft/core';
import { decodeModel, encodeModel } from '@weft/formats';
import { CallContext, meanSquaredError, regularizationLoss } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Autoencoder, autoencoderOf, buildAutoencoder } from '../src/index.js';
import { train } from './training.js';

const size = { height: 6, width: 5 } as const;
const x = randomUniform([4, 6, 5, 1], { seed: 3 });
const saved = ({ key, model }: Autoencoder) => autoencoderOf(key, decodeModel(encodeModel(model)).model);
const valuesOf = (autoencoder: Autoencoder) => autoencoder.model.weights.map(({ data }) => data);

test('sparse adds l1 times the sum of the absolute latents, the mean over examples, to the loss', () => {
  for (const l1 of [0, 1e-3, 0.5]) {
    const { model, encoder } = saved(buildAutoencoder('sparse', { ...size, l1 }));
    const context = new CallContext({ training: true });
    model.call(x, context);
    const penalty = regularizationLoss(model.weights, context)?.item() ?? 0;
    expect(penalty).toBeCloseTo((l1 * encoder.call(x).abs().sum().item()) / 4, 5);
    expect(penalty > 0).toBe(l1 > 0);
  }
});

test('the penalty makes latents smaller', () => {
  const latents = (l1: number) => {
    const autoencoder = buildAutoencoder('sparse', { ...size, l1 });
    train(autoencoder, meanSquaredError, x, 30);
    return mean(autoencoder.encoder.call(x)).item();
  };
  expect(latents(0.01)).toBeLessThan(0.5 * latents(0));
});

test('dropout drops in training alone', () => {
  const { model } = saved(buildAutoencoder('dropout', { ...size, rate: 0.5 }));
  const draw = (_: string, __: string, shape: readonly number[]) => zeros(shape);
  const everything = Object.assign(new CallContext({ training: true }), { draw });
  const inference = model.call(x).toArray();
  expect(model.call(x).toArray()).toEqual(inference);
  // All are dropped: what is left is the image of a latent of zeros.
  expect(new Set(model.call(x, everything).toArray()).size).toBeLessThan(new Set(inference).size);
  expect(() => buildAutoencoder('dropout', { rate: 1 })).toThrow('rate is 1');
});

describe('deep', () => {
  test('at any depth every convolution learns, also those that begin at 0', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), (depth) => {
        const autoencoder = buildAutoencoder('deep', { ...size, depth, filters: [4, 8] });
        const convolutions = autoencoder.model.weights.filter(({ path }) => path.endsWith('/kernel'));
        expect(convolutions.length).toBe(5 + 8 * depth);
        const losses = train(autoencoder, meanSquaredError, x, 12);
        expect(losses.at(-1)).toBeLessThan(losses[0]);
        const fresh = buildAutoencoder('deep', { ...size, depth, filters: [4, 8] }).model.weights;
        convolutions.forEach(({ data }, at) => {
          expect(data).not.toEqual(fresh.filter(({ path }) => path.endsWith('/kernel'))[at].data);
        });
      }),
      { numRuns: 4 },
    );
  });

  test('with batch normalisation it is saved with its moving averages, and learns on', () => {
    const autoencoder = buildAutoencoder('deep', { ...size, filters: [4, 8], depth: 1, batchNormalization: true });
    train(autoencoder, meanSquaredError, x, 5);
    const again = saved(autoencoder);
    expect(again.model.call(x).toArray()).toEqual(autoencoder.model.call(x).toArray());
    expect(train(again, meanSquaredError, x, 5)).toEqual(train(autoencoder, meanSquaredError, x, 5));
    expect(valuesOf(again)).toEqual(valuesOf(autoencoder));
    expect(() => buildAutoencoder('deep', { depth: -1 })).toThrow('depth is -1; expected a whole number from 0.');
  });
});

test('unet hands at each size what the way down has found to the way up', () => {
  const { model, encoder, decoder } = buildAutoencoder('unet', size);
  expect(decoder).toBeUndefined();
  // Without the latent's way, images still differ: they have come through the connections alone.
  for (const { path, weight } of model.weights) {
    if (path.startsWith('decoder/dec_conv')) weight.assign(new Float32Array(weight.data.length));
  }
  const [first, second] = compute([model.call(x.slice([0], [1])), model.call(x.slice([1], [2]))]);
  expect(first).not.toEqual(second);
  expect(encoder.outputShape).toEqual([2, 2, 64]);
});

describe.each(['reconstructions', 'latents'] as const)('adversarial with a critic on %s', (critic) => {
  const build = () => buildAutoencoder('adversarial', { ...size, latentSize: 3, critic });
  const updatesOf = (autoencoder: Autoencoder) => {
    const objective = autoencoder.objective(meanSquaredError);
    return 'updates' in objective ? objective.updates : [];
  };

  test('has two updates, each of weights of its own, which are together all weights', () => {
    const autoencoder = build();
    const [judging, deceiving] = updatesOf(autoencoder).map(({ weights }) =>
      weights.flatMap((part) => part.weights.map(({ weight }) => weight)),
    );
    expect([...deceiving, ...judging].length).toBe(autoencoder.model.weights.length);
    expect(new Set([...deceiving, ...judging])).toEqual(new Set(autoencoder.model.weights.map(({ weight }) => weight)));
  });

  test('the critic is saved and learns on with the autoencoder', () => {
    const autoencoder = build();
    train(autoencoder, meanSquaredError, x, 3);
    const again = saved(autoencoder);
    expect(train(again, meanSquaredError, x, 3)).toEqual(train(autoencoder, meanSquaredError, x, 3));
    expect(valuesOf(again)).toEqual(valuesOf(autoencoder));
  });

  test('only latents that follow the prior can be drawn', () => {
    expect(saved(build()).prior).toBe(critic === 'latents' ? 'normal' : undefined);
  });

  test('the critic learns to tell, and its answer counts in the loss by criticWeight', () => {
    const lossesWith = (criticWeight: number) => {
      const autoencoder = buildAutoencoder('adversarial', { ...size, latentSize: 3, critic, criticWeight });
      const [, deceiving] = updatesOf(autoencoder);
      const inputs = { input: x };
      const outputs = { image: autoencoder.model.call(x) };
      const context = new CallContext({ training: false });
      const all = { inputs, outputs, targets: { image: x }, weights: {}, sampleWeight: undefined, context };
      return (deceiving.loss(all) as Tensor).toArray();
    };
    const [none, one, two] = [0, 1, 2].map(lossesWith);
    const plain = meanSquaredError(build().model.call(x), x).toArray();
    for (let example = 0; example < 4; example++) {
      expect(none[example]).toBeCloseTo(plain[example], 6);
      expect(two[example] - none[example]).toBeCloseTo(2 * (one[example] - none[example]), 5);
      expect(one[example]).toBeGreaterThan(none[example]);
    }
  });
});

test('a critic of anything else is refused', () => {
  expect(() => buildAutoencoder('adversarial', { critic: 'images' as 'latents' })).toThrow('critic');
});

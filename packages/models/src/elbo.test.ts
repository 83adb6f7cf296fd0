import { compute, randomNormal, randomUniform, table, tensor } from '@weft/core';
import { binaryCrossentropy, CallContext, meanSquaredError } from '@weft/nn';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lossOf } from '../test/training.js';
import { posteriorModel } from './elbo.js';
import { buildAutoencoder, elboTerms, normalDivergence } from './index.js';

const draws = (count: number, seed = 1) => ({
  seed: table(Uint32Array.of(seed, 0)),
  exampleKeys: table(
    Uint32Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? at / 2 : 0)),
    [count, 2],
  ),
});
const x = randomUniform([3, 6, 5, 1], { seed: 2 });
const build = (beta?: number) => buildAutoencoder('vae', { height: 6, width: 5, latentSize: 4, beta });

test('the divergence is what integrating ln(q / p) under q gives', () => {
  const integral = (mean: number, logVariance: number) => {
    const deviation = Math.exp(logVariance / 2);
    let sum = 0;
    for (let z = -8; z <= 8; z += 1e-3) {
      const [q, value] = [Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI), mean + z * deviation];
      sum += q * 1e-3 * ((value * value - z * z) / 2 - Math.log(deviation));
    }
    return sum;
  };
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(number, number, number, number, (a, b, c, d) => {
      const posterior = { mean: tensor([a, b], [1, 2]), logVariance: tensor([c, d], [1, 2]) };
      const got = normalDivergence(posterior).toArray()[0];
      const expected = integral(a, c) + integral(b, d);
      expect(Math.abs(got - expected)).toBeLessThan(1e-4 * (1 + expected));
    }),
    { numRuns: 30 },
  );
});

test('with codes at the mean, the reconstruction is the loss of the model times the numbers of an image', () => {
  const vae = build();
  for (const loss of [binaryCrossentropy, meanSquaredError]) {
    const terms = elboTerms(vae, { loss, code: 'mean' })(x, draws(3)).toArray();
    const expected = loss(vae.model.call(x), x).toArray();
    const divergence = normalDivergence(posteriorModel(vae.model, '').call(x) as never).toArray();
    for (let image = 0; image < 3; image++) {
      expect(terms[2 * image] / (30 * expected[image])).toBeCloseTo(1, 5);
      expect(terms[2 * image + 1]).toBe(divergence[image]);
    }
  }
});

test('drawn codes follow from the seed and the number of the image', () => {
  const terms = elboTerms(build());
  const [once, twice, other] = compute([terms(x, draws(3)), terms(x, draws(3)), terms(x, draws(3, 2))]);
  expect(once).toEqual(twice);
  expect(once).not.toEqual(other);
  expect(
    terms(x.slice([1], [2]), { ...draws(3), exampleKeys: draws(3).exampleKeys.slice([1], [2]) }).toArray(),
  ).toEqual(once.slice(2, 4));
});

test('the loss is the reconstruction and beta times the divergence; without draws, codes are the means', () => {
  const context = new CallContext({ training: false });
  const terms = elboTerms(build(), { code: 'mean' })(x, draws(3)).toArray();
  for (const beta of [0, 1, 4]) {
    const vae = build(beta);
    const objective = vae.objective(binaryCrossentropy);
    const loss = lossOf('loss' in objective ? objective.loss : binaryCrossentropy, vae, x, context).toArray();
    for (let image = 0; image < 3; image++) {
      expect(loss[image] / (terms[2 * image] + beta * terms[2 * image + 1])).toBeCloseTo(1, 5);
    }
  }
});

test('in training, latents are drawn with the deviation that the encoder gives', () => {
  const vae = build();
  const { decoder, model } = vae;
  // An encoder that gives N(0.5, 0.25) for any image: all weights are 0 but two biases.
  for (const { path, weight } of posteriorModel(model, '').weights) {
    const value = path === 'mean/bias' ? 0.5 : path === 'log_variance/bias' ? Math.log(0.25) : 0;
    weight.assign(new Float32Array(weight.data.length).fill(value));
  }
  const noise = randomNormal([3, 4], { seed: 1 });
  const context = Object.assign(new CallContext({ training: true }), { draw: () => noise });
  const objective = vae.objective(binaryCrossentropy);
  const loss = 'loss' in objective ? lossOf(objective.loss, vae, x, context).toArray() : [];
  const expected = binaryCrossentropy(decoder!.call(noise.mul(0.5).add(0.5)), x).toArray();
  const divergence = 4 * ((0.25 + 0.25 - Math.log(0.25) - 1) / 2);
  for (let image = 0; image < 3; image++) expect(loss[image]).toBeCloseTo(30 * expected[image] + divergence, 3);
});

test('other models have no ELBO', () => {
  expect(() => elboTerms(buildAutoencoder('cae'))).toThrow("elboTerms: the model cae has no part 'encoder'");
  expect(() => elboTerms(build(), { code: 'mode' as 'mean' })).toThrow('code');
});

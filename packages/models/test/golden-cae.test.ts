import { readFileSync } from 'node:fs';
import { compute, grad, mean, type Tensor, tensor } from '@weft/core';
import { decodeSafetensors } from '@weft/formats';
import { Adam, CallContext, meanSquaredError } from '@weft/nn';
import { beforeAll, describe, expect, test } from 'vitest';
import { convAutoencoder } from '../src/index.js';

// The fixture was made by a reference implementation; cae.json beside it says how.
const fixture = (name: string) => readFileSync(new URL(`../../core/test/fixtures/${name}`, import.meta.url));
const { tensors } = decodeSafetensors(fixture('cae.safetensors'));
const { losses, batch_size: batchSize, steps } = JSON.parse(fixture('cae.json').toString());
const golden = (name: string) => tensors.get(name)!.data as Float32Array;

const { model, encoder } = convAutoencoder();
const slots = new Adam().slots.length;
const names = model.weights.map(({ path }) => path);
/** As the fixture calls a weight: `enc_conv1.weight` for `enc_conv1/kernel`. */
const foreign = (name: string) => name.replace('/kernel', '.weight').replace('/', '.');

function distance(got: ArrayLike<number>, expected: Float32Array): number {
  let [difference, norm] = [0, 0];
  expected.forEach((value, i) => {
    difference += (got[i] - value) ** 2;
    norm += value ** 2;
  });
  expect(got.length).toBe(expected.length);
  return Math.sqrt(difference / norm);
}

interface Step {
  readonly loss: number;
  readonly output: Float32Array;
  readonly latent: Float32Array;
  readonly gradients: Float32Array[];
  readonly weights: Float32Array[];
}
const done: Step[] = [];

function stepOf(number: number, state: Float32Array[][]): Step {
  const size = batchSize * 28 * 28;
  const x = tensor(golden('images').subarray((number - 1) * size, number * size), [batchSize, 28, 28, 1]);
  const context = new CallContext({ training: true });
  const weights = model.weights.map(({ weight }) => weight.tensor);
  const output = model.call(x, context);
  const latent = encoder.call(x, context);
  const loss = mean(meanSquaredError(output, x));
  const gradients = grad(loss, weights);
  // The reference adds epsilon after the bias has been corrected: in Keras's form that is another epsilon in each step.
  const adam = new Adam({ epsilon: 1e-7 * Math.sqrt(1 - 0.999 ** number) });
  const updates = weights.map((parameter, i) =>
    adam.update({
      parameter,
      gradient: gradients[i],
      state: state[i].map((slot) => tensor(slot, parameter.shape)),
      scalars: tensor([...adam.scalars(number)]),
    }),
  );
  const wanted: Tensor[] = [loss, output, latent, ...gradients, ...updates.map(({ parameter }) => parameter)];
  const states = updates.flatMap((update) => update.state);
  const values = compute([...wanted, ...states]) as Float32Array[];
  const count = weights.length;
  const results = values.slice(3 + count, 3 + 2 * count);
  model.weights.forEach(({ weight }, i) => {
    weight.assign(results[i]);
    state[i] = values.slice(3 + 2 * count + slots * i, 3 + 2 * count + slots * (i + 1));
  });
  return {
    loss: values[0][0],
    output: values[1],
    latent: values[2],
    gradients: values.slice(3, 3 + count),
    weights: results,
  };
}

beforeAll(() => {
  for (const { path, weight } of model.weights) weight.assign(golden(`init/${foreign(path)}`));
  const state = model.weights.map(({ data }) => Array.from({ length: slots }, () => new Float32Array(data.length)));
  for (let number = 1; number <= steps; number++) done.push(stepOf(number, state));
});

describe('four steps of Adam on the autoencoder agree with the reference', () => {
  test('latent and output of the first step, within 1e-4', () => {
    expect(distance(done[0].latent, golden('step1/latent'))).toBeLessThan(1e-4);
    expect(distance(done[0].output, golden('step1/output'))).toBeLessThan(1e-4);
  });

  test('losses, within 1e-4 relative', () => {
    done.forEach(({ loss }, i) => {
      expect(Math.abs(loss - losses[i]) / losses[i]).toBeLessThan(1e-4);
    });
  });

  test.each(names)('gradient of %s in the first step, within 1e-4', (name) => {
    const gradient = done[0].gradients[names.indexOf(name)];
    expect(distance(gradient, golden(`step1/grad/${foreign(name)}`))).toBeLessThan(1e-4);
  });

  test.each(names)('%s after one and after four steps, within 1e-3', (name) => {
    const weights = (step: number) => done[step - 1].weights[names.indexOf(name)];
    expect(distance(weights(1), golden(`after1/${foreign(name)}`))).toBeLessThan(1e-3);
    expect(distance(weights(4), golden(`after4/${foreign(name)}`))).toBeLessThan(1e-3);
  });
});

import { Dense, Sequential } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { type Examples, evaluate, type FitOptions, fit, predict, StreamError } from '../src/index.js';
import { numbers } from './support/close.js';
import { OneThread } from './support/one-thread.js';

const make = () => new Sequential([new Dense({ units: 3 })], { inputShape: [4] });
const batch = (count: number) => ({ x: numbers(count * 4), y: numbers(count * 3) });
const train = (data: unknown, options: Partial<FitOptions> = {}) =>
  fit(make(), data as Examples, { epochs: 1, runtime: new OneThread(), ...options });

/** Batches, and then an error. */
async function* failing(...batches: readonly unknown[]) {
  yield* batches;
  throw new Error('the disk is gone');
}

describe('errors of a stream say where and what', () => {
  it('its own, with the cause', async () => {
    const error = await train(failing(batch(2), batch(2))).catch((each) => each);
    expect(error).toBeInstanceOf(StreamError);
    expect(error.message).toBe('fit: the stream failed at epoch 1, batch 3: the disk is gone');
    expect(error.cause.message).toBe('the disk is gone');
  });

  it.each<[unknown, Partial<FitOptions>, string]>([
    [failing(), {}, 'fit: the stream failed at epoch 1, batch 1: the disk is gone'],
    [
      () => {
        throw new Error('no such folder');
      },
      {},
      'fit: the function of the stream failed for epoch 1: no such folder',
    ],
    [() => 3, {}, 'fit: the function of the stream gives 3; expected an iterable of batches { x, y }'],
    [() => batch(2), {}, 'fit: the function of the stream gives an object of x, y; expected an iterable'],
    [new Set(), {}, 'fit: the stream has no batch for epoch 1.'],
    [
      [batch(2), batch(2)].values(),
      { epochs: 2 },
      'fit: the stream has no batch for epoch 2. A generator can be read once: give a function (epoch) => ..., or stepsPerEpoch if it is endless.',
    ],
    [
      [batch(2), batch(2)],
      { stepsPerEpoch: 3 },
      'fit: the stream ended after 2 batches of epoch 1, and 3 were expected. Give a smaller stepsPerEpoch, or more batches.',
    ],
    [
      [batch(2), batch(3)],
      {},
      'fit: epoch 1, batch 2: it holds 3 examples, but the first batch 2. Give the largest batch first: later ones may be smaller.',
    ],
    [
      [batch(2), { ...batch(2), sampleWeight: new Float32Array(2) }],
      {},
      'fit: epoch 1, batch 2: sampleWeight is float32 of shape [], but not there in the first batch. Give all batches the same arrays.',
    ],
    [
      [batch(2), { x: { data: new Uint8Array(8), scale: 0.5 }, y: numbers(6) }],
      {},
      'fit: epoch 1, batch 2: x is uint8 of shape [4], times 0.5, but float32 of shape [4] in the first batch.',
    ],
    [[batch(2), { x: numbers(7) }], {}, 'fit: epoch 1, batch 2: x: 7 values are not a whole number of examples'],
    [[batch(2), 7], {}, 'fit: epoch 1, batch 2: the examples are 7; expected an object { x } or { x, y }.'],
    [[[numbers(8), [1, 2]]], {}, 'fit: epoch 1, batch 1: y: got an array of 2; expected a Float32Array'],
    [[batch(2)], { batchSize: 2 }, 'fit: batchSize: the batches of a stream are as large as it makes them.'],
    [[batch(2)], { validationSplit: 0.5 }, 'fit: validationSplit: a stream cannot be split. Give validationData.'],
    [batch(2), { stepsPerEpoch: 2 }, 'fit: stepsPerEpoch: the data is arrays, of which an epoch takes all.'],
    [
      batch(2),
      { validationData: batch(2), validationSteps: 2 },
      'fit: validationSteps: validationData is no stream. Leave it out, or give a stream of batches.',
    ],
    [
      batch(2),
      { validationData: failing(batch(2)) as never },
      'fit: validationData: the stream failed at epoch 1, batch 2: the disk is gone',
    ],
    [
      [batch(2)].values(),
      { resumeFrom: 'folder' },
      'fit: resumeFrom: a generator cannot be read again from its beginning. Give a function (epoch) => ... that makes the batches of an epoch.',
    ],
  ])('%#', async (data, options, message) => {
    await expect(train(data, options)).rejects.toThrow(message);
  });

  it('of evaluate and predict', async () => {
    const runtime = new OneThread();
    await expect(evaluate(make(), failing(batch(2)) as never, { runtime })).rejects.toThrow(
      'evaluate: the stream failed at batch 2: the disk is gone',
    );
    await expect(predict(make(), [batch(2), batch(3)], { runtime })).rejects.toThrow(
      'predict: batch 2: it holds 3 examples, but the first batch 2.',
    );
    await expect(predict(make(), [batch(2)], { runtime, steps: 2 })).rejects.toThrow(
      'predict: the stream ended after 1 batches, and 2 were expected. Give a smaller steps, or more batches.',
    );
    await expect(predict(make(), numbers(8), { runtime, steps: 2 })).rejects.toThrow(
      'predict: steps: the data is arrays.',
    );
    await expect(evaluate(make(), [batch(2)], { runtime, batchSize: 2 })).rejects.toThrow('evaluate: batchSize:');
  });

  it('leave the model with the weights of the steps that were done, and a stream that was closed', async () => {
    let isClosed = false;
    function* stream() {
      try {
        yield batch(2);
        yield batch(3);
      } finally {
        isClosed = true;
      }
    }
    const model = make();
    const before = model.weights.map(({ data }) => data.slice());
    await expect(fit(model, stream(), { epochs: 1, runtime: new OneThread() })).rejects.toThrow('it holds 3 examples');
    expect(isClosed).toBe(true);
    expect(model.weights.map(({ data }) => data)).not.toEqual(before);
  });

  it('name the number that is not finite, and its batch', async () => {
    const wrong = batch(2);
    wrong.x[5] = Number.NaN;
    await expect(train([batch(2), wrong, batch(2)])).rejects.toThrow(
      'The loss is not a finite number after step 2 of epoch 1: fit: epoch 1, batch 2: x holds NaN in example 1 (from 0), at [1].',
    );
  });
});

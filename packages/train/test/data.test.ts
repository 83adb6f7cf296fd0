import { cast, mean, mul } from '@weft/core';
import { Conv2D, Dense, Flatten, type Loss, Sequential, sparseCategoricalCrossentropy } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { type Examples, evaluate, fit, NonFiniteError, predict } from '../src/index.js';
import { expectNear, numbers } from './support/close.js';
import { OneThread } from './support/one-thread.js';

const runtime = new OneThread();
const build = (units = 4) => new Sequential([new Dense({ units })], { inputShape: [4] });
const train = (data: unknown, model = build(), loss?: Loss, sizes: { batchSize?: number } = { batchSize: 2 }) =>
  fit(model, data as Examples, { epochs: 1, ...sizes, runtime, ...(loss && { loss }) });

const COUNT = 6;
const x = numbers(COUNT * 4);

describe('arrays that are no examples are refused, and told how to become some', () => {
  const expected = 'expected a Float32Array, an Int32Array, or { data, scale, shape }.';
  it.each<[unknown, string]>([
    [new Float64Array(24), `x: got a value of Float64Array; ${expected} Give Float32Array.from(x).`],
    [new Uint8ClampedArray(24), `${expected} Give { data: Uint8Array.from(x), scale: 1 / 255 }.`],
    [
      new Uint8Array(24),
      'x: got a Uint8Array without its scale. Give { data: x, scale: 1 / 255 } for the bytes of pictures, or Int32Array.from(x) for labels',
    ],
    [{ data: new Uint8Array(24) }, 'x: got a Uint8Array without its scale.'],
    [[1, 2, 3, 4], `x: got an array of 4; ${expected} Give Float32Array.from(x).`],
    [[[1, 2, 3, 4]], `x: got an array of arrays; ${expected} Give Float32Array.from(x.flat(Infinity)).`],
    [new BigInt64Array(4), `${expected} Give Int32Array.from(x) for labels, or Float32Array.from(x).`],
    [Buffer.alloc(24), 'without its scale'],
    ['file.npy', "x: got 'file.npy'; expected"],
    [null, 'x: got null; expected'],
    [new Float32Array(0), 'x: 0 values are not a whole number of examples of shape [4], which take 4 each.'],
    [new Float32Array(6), 'x: 6 values are not a whole number of examples of shape [4]'],
    [{ data: x, scale: Number.NaN }, 'x: the scale is NaN; expected a finite number, such as 1 / 255.'],
    [{ data: x, shape: [2, 2] }, "x: its examples have shape [2,2], but the model's input is [4]."],
    [{ data: x, shape: 4 }, 'x: the shape is 4; expected lengths of one example, such as [28, 28, 1].'],
    [{ data: x, dtype: 'float32' }, "x: there is no field 'dtype'. An array of examples is { data, scale, shape }."],
    [{ other: x }, "x: the model sequential has no input 'other'. Its inputs are input."],
  ])('%#', async (given, message) => {
    await expect(train({ x: given })).rejects.toThrow(message);
    await expect(predict(build(), given as never, { runtime })).rejects.toThrow(message);
  });

  it.each<[unknown, string]>([
    [undefined, 'fit: the examples are undefined; expected an object { x } or { x, y }.'],
    [{ y: x }, 'fit: the examples are an object of y; expected an object { x } or { x, y }.'],
    [{ x, Y: x }, "fit: the examples have no field 'Y'. Give { x, y, sampleWeight }."],
    [{ x, y: x.subarray(4) }, 'y: it holds 5 examples, but x holds 6.'],
    [{ x, y: new Float32Array(13) }, 'y: 13 values for 6 inputs are'],
    [
      { x, y: { data: x, shape: [2, 2] } },
      'meanSquaredError: the prediction is [2,4] but the target [2,2,2]. They must have the same shape.',
    ],
    [{ x, y: [1, 2] }, 'y: got an array of 2; expected'],
    [{ x, sampleWeight: new Float32Array(5) }, 'sampleWeight: it holds 5 examples, but x holds 6.'],
    [{ x, sampleWeight: new Int32Array(6) }, 'sampleWeight: got whole numbers; expected a Float32Array'],
    [{ x, sampleWeight: [1, 1] }, 'sampleWeight: got an array of 2; expected'],
  ])('%#', async (data, message) => {
    await expect(train(data)).rejects.toThrow(message);
  });

  it('so are inputs as targets of a model that gives another shape, with as many values', async () => {
    const flattening = new Sequential([new Flatten()], { inputShape: [2, 2] });
    await expect(train({ x }, flattening)).rejects.toThrow(
      "y: there is no target for the output 'flatten' of sequential, which makes [4] of inputs [2,2]. Give y.",
    );
    const convolving = new Sequential([new Conv2D({ filters: 4, kernelSize: 2 })], { inputShape: [2, 2, 1] });
    await expect(train({ x }, convolving)).rejects.toThrow('which makes [1,1,4] of inputs [2,2,1]. Give y.');
  });
});

describe('labels', () => {
  it('are whole numbers, as losses take them, one for each example', async () => {
    const labels = Int32Array.of(0, 1, 2, 3, 2, 1);
    const kinds: string[] = [];
    const loss: Loss = (prediction, target) => {
      kinds.push(`${target.dtype} [${target.shape}]`);
      return sparseCategoricalCrossentropy(prediction, target);
    };
    const model = new Sequential([new Dense({ units: 4, activation: 'sigmoid' })], { inputShape: [4] });
    const { history } = await train({ x, y: labels }, model, loss);
    expect(history.loss.every(Number.isFinite)).toBe(true);
    expect(new Set(kinds)).toEqual(new Set(['int32 [2]']));
    const asFloats = await evaluate(
      model,
      { x, y: Float32Array.from(labels) },
      { loss: sparseCategoricalCrossentropy, runtime },
    );
    const asWhole = await evaluate(model, { x, y: labels }, { loss: sparseCategoricalCrossentropy, runtime });
    expect(asWhole).toEqual(asFloats);
  });

  it('may be bytes of a shape of their own', async () => {
    const y = { data: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), scale: 2, shape: [2, 1] };
    const loss: Loss = (_, target) => mul(mean(cast(target, 'float32'), [1, 2]), 1);
    const { loss: value } = await evaluate(build(), { x, y }, { loss, runtime });
    expectNear([value], [11], 1e-6);
  });
});

describe('a number in the data that is not finite', () => {
  const poisoned = (length: number, at: number, value: number) => {
    const array = numbers(length, 3);
    array[at] = value;
    return array;
  };

  it.each<[string, Partial<Record<'x' | 'y' | 'sampleWeight', Float32Array>>, object]>([
    ['x holds NaN in example 3 (from 0), at [2].', { x: poisoned(24, 14, Number.NaN) }, { array: 'x', place: [2] }],
    [
      'y holds -Infinity in example 5 (from 0), at [0].',
      { y: poisoned(24, 20, Number.NEGATIVE_INFINITY) },
      { array: 'y' },
    ],
    [
      'sampleWeight holds Infinity in example 1 (from 0). Replace it',
      { sampleWeight: poisoned(6, 1, Number.POSITIVE_INFINITY) },
      {},
    ],
  ])('is named by its array and its example: %s', async (message, data, found) => {
    const error = await train({ x, ...data }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NonFiniteError);
    expect((error as Error).message).toContain(message);
    expect(error).toMatchObject({ found });
  });

  it.each<[string, Int32Array | Float32Array, string]>([
    [
      'numbered from 1',
      Int32Array.of(1, 2, 3, 4, 1, 2),
      'y holds 4 in example 3 (from 0), but labels are 0 to 3, as the',
    ],
    ['below 0', Int32Array.of(1, 2, 3, 0, -1, 2), 'y holds -1 in example 4 (from 0), but labels are 0 to 3'],
    ['not whole', Float32Array.of(1, 0.5, 3, 0, 1, 2), 'y holds 0.5 in example 1 (from 0), but labels are 0 to 3'],
  ])('or a label that is no class, is named: %s', async (_, y, message) => {
    const arrays = train({ x, y }, build(), sparseCategoricalCrossentropy);
    await expect(arrays).rejects.toThrow(message);
    const stream = train([{ x, y }], build(), sparseCategoricalCrossentropy, {});
    await expect(stream).rejects.toThrow(message);
  });

  it('is named among the data of the validation', async () => {
    const validationData = { x: poisoned(8, 5, Number.NaN) };
    const options = { epochs: 1, validationData, runtime };
    await expect(fit(build(), { x }, options)).rejects.toThrow(
      'The validation loss is not a finite number after step 1 of epoch 1: validationData.x holds NaN in example 1 (from 0), at [1]',
    );
  });
});

describe('batches', () => {
  it('may be for more examples than there are: then all are one', async () => {
    const { steps, microBatchSize } = await fit(build(), { x }, { epochs: 2, batchSize: 1000, runtime });
    expect(steps).toBe(2);
    expect(microBatchSize).toBeLessThanOrEqual(COUNT);
  });
});

import {
  add,
  argMax,
  broadcastTo,
  matmul,
  mean,
  mul,
  sub,
  sum,
  type Tensor,
  table,
  takeRows,
  tensor,
  zeros,
} from '@weft/core';
import { Activation, BatchNormalization, Dense, input, Model, Sequential } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { mapExamples, predict } from '../src/index.js';
import { expectNear, numbers, weightsOf } from './support/close.js';
import { OneThread } from './support/one-thread.js';
import { MODELS, range } from './support/small-models.js';

const runtime = new OneThread();
const COUNT = 300;
const x = numbers(COUNT * 4);
const held = tensor([1, 2, 3, 4]);
const row = (index: number) => x.subarray(4 * index, 4 * index + 4);

describe('predict', () => {
  it('gives the outputs of a model by name, also where they are one and the same, or an input', async () => {
    const a = input({ shape: [4], name: 'a' });
    const hidden = new Dense({ units: 3, name: 'hidden' }).apply(a);
    const twin = new Activation({ activation: 'linear', name: 'twin' }).apply(hidden);
    const other = new Dense({ units: 2, name: 'other' }).apply(hidden);
    const same = new Activation({ activation: 'linear', name: 'same' }).apply(a);
    const model = new Model({ inputs: { a }, outputs: { hidden, twin, other, same, again: twin } });
    const got = await predict(model, x, { runtime });
    const want = model.callNamed({ a: tensor(x, [COUNT, 4]) });
    expect(Object.keys(got)).toEqual(['hidden', 'twin', 'other', 'same', 'again']);
    for (const [name, values] of Object.entries(got)) expectNear(values, want[name].toArray(), 1e-6, name);
    expect(got.same).toEqual(x);
  });

  it('gives the same bits for every size of batch, where examples do not meet', async () => {
    for (const name of ['dense', 'batch normalisation', 'convolution'] as const) {
      const model = MODELS[name]();
      const values = numbers(COUNT * model.inputShape.reduce((a, b) => a * b, 1));
      const whole = await predict(model, values, { runtime });
      for (const batchSize of [1, 7, 32, COUNT, 2000]) {
        expect(await predict(model, values, { batchSize, runtime })).toEqual(whole);
      }
    }
  });

  it('uses moving averages, and leaves them as they are', async () => {
    const model = new Sequential([new BatchNormalization()], { inputShape: [4] });
    model.weights.forEach(({ weight }, which) => {
      weight.assign([1, 2, 3, 4].map((value) => value + which));
    });
    const before = weightsOf(model);
    expectNear(await predict(model, x, { runtime }), model.call(tensor(x, [COUNT, 4])).toArray(), 1e-6);
    expect(weightsOf(model)).toEqual(before);
  });
});

describe('mapExamples', () => {
  it('gives floats of whole numbers and of bytes', async () => {
    const largest = await mapExamples((t) => argMax(t), x, [4], { runtime });
    expect([...largest]).toEqual(range(0, COUNT).map((index) => row(index).indexOf(Math.max(...row(index)))));
    const labels = Int32Array.from({ length: COUNT }, (_, index) => index * 1001);
    expect([...(await mapExamples((t) => t, labels, [], { runtime }))]).toEqual([...labels]);
    const data = Uint8Array.from({ length: 512 }, (_, index) => index);
    const bytes = await mapExamples((t) => t, { data, scale: 1 }, [2], { runtime });
    expect([...bytes]).toEqual([...data]);
  });

  it('gives fractions of bytes as divisions give them', async () => {
    const data = Uint8Array.from({ length: 256 }, (_, index) => index);
    const scaled = await mapExamples((t) => t, { data, scale: 1 / 255 }, [1], { runtime });
    expect([...scaled]).toEqual([...data].map((value) => Math.fround(value / 255)));
    const halves = await mapExamples((t) => t, { data: Int32Array.of(3, 5), scale: 0.5 }, [1], { runtime });
    expect([...halves]).toEqual([1.5, 2.5]);
  });

  it('gives what does not depend on the examples, too', async () => {
    const options = { batchSize: 3, runtime };
    const first = x.subarray(0, 32);
    expect(await mapExamples((t) => zeros([t.shape[0], 2]), first, [4], options)).toEqual(new Float32Array(16));
    const same = await mapExamples((t) => broadcastTo(held, [t.shape[0], 4]), first, [4], options);
    expect([...same]).toEqual(range(0, 8).flatMap(() => [1, 2, 3, 4]));
  });

  it('lets the examples of a batch meet', async () => {
    const first = x.subarray(0, 32);
    const batches = [tensor(first.subarray(0, 16), [4, 4]), tensor(first.subarray(16), [4, 4])];
    for (const f of [
      (t: Tensor) => sub(t, mean(t, 0)),
      (t: Tensor) => matmul(matmul(t, t, { transposeB: true }), t),
      (t: Tensor) => matmul(t, matmul(t, t, { transposeA: true })),
    ]) {
      const want = batches.flatMap((batch) => [...f(batch).toArray()]);
      expectNear(await mapExamples(f, first, [4], { batchSize: 4, runtime }), want, 1e-5);
    }
  });

  it('may capture arrays', async () => {
    const rows = table(Float32Array.of(10, 20, 30, 40), [4, 1]);
    const f = (t: Tensor) => add(sum(mul(t, held), 1, { keepDims: true }), takeRows(rows, argMax(t)));
    const got = await mapExamples(f, x, [4], { runtime });
    expectNear(got, f(tensor(x, [COUNT, 4])).toArray(), 1e-6);
  });
});

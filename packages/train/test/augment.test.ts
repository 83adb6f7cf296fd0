import { add, mul, random, sub } from '@weft/core';
import { Dense, input, Model, Sequential, SGD } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { type Corruption, type Examples, type FitOptions, fit } from '../src/index.js';
import { expectNear, numbers, weightsOf } from './support/close.js';
import { OneThread } from './support/one-thread.js';

const COUNT = 20;
const x = numbers(COUNT * 3);
const y = numbers(COUNT * 3, 2);
const build = () => new Sequential([new Dense({ units: 3 })], { inputShape: [3] });
const turned = (values: Float32Array) => values.map((value) => 1 - value);
const turn: Corruption = (values) => sub(1, values);
const shift: Corruption = (values) => add(values, 0.5);

async function train(data: Examples, options: Partial<FitOptions> = {}) {
  const model = build();
  const optimizer = new SGD({ learningRate: 0.1 });
  const given = { epochs: 2, batchSize: 8, optimizer, runtime: new OneThread(), ...options };
  const { history } = await fit(model, data, given);
  return { weights: weightsOf(model), history };
}

type Result = Awaited<ReturnType<typeof train>>;
const expectSame = (got: Result, wanted: Result) => expectNear(got.weights, wanted.weights, 1e-6);

describe('augment', () => {
  it('changes what an autoencoder is given and its target alike', async () => {
    expectSame(await train({ x }, { augment: turn }), await train({ x: turned(x) }));
    expectSame(await train({ x, y: x }, { augment: turn }), await train({ x: turned(x) }));
  });

  it('changes inputs alone where the target is another array', async () => {
    expectSame(await train({ x, y }, { augment: turn }), await train({ x: turned(x), y }));
  });

  it('comes before corrupt, which does not change the target', async () => {
    const both = await train({ x }, { augment: turn, corrupt: shift });
    expectSame(both, await train({ x: turned(x).map((value) => value + 0.5), y: turned(x) }));
  });

  it('leaves validation examples as they are', async () => {
    const still = { optimizer: new SGD({ learningRate: 0 }), validationSplit: 0.25 };
    const [plain, other] = [await train({ x }, still), await train({ x }, { ...still, augment: turn })];
    expect(other.history.val_loss).toEqual(plain.history.val_loss);
    expect(other.history.loss).not.toEqual(plain.history.loss);
  });

  it('draws by epoch and example, the same for input and target', async () => {
    const doubled: Corruption = (values, { seed, epochKeys }) =>
      mul(values, random('uniform', values.shape, { seed, keys: epochKeys }));
    // The loss of a model that hands on its input is 0 only if both have the same draws.
    const identity = () => {
      const model = build();
      model.weights[0].weight.assign([1, 0, 0, 0, 1, 0, 0, 0, 1]);
      return model;
    };
    const options = { epochs: 1, optimizer: new SGD({ learningRate: 0 }), runtime: new OneThread() };
    const { history } = await fit(identity(), { x }, { ...options, augment: doubled });
    expect(history.loss).toEqual([0]);
    const { history: noisy } = await fit(identity(), { x }, { ...options, epochs: 2, corrupt: doubled });
    expect(noisy.loss[0]).toBeGreaterThan(0.01);
    expect(noisy.loss[1]).not.toBe(noisy.loss[0]);
  });

  it('is refused for a model of several inputs', async () => {
    const [a, b] = ['a', 'b'].map((name) => input({ shape: [3], name }));
    const model = new Model({ inputs: { a, b }, outputs: new Dense({ units: 3 }).apply(a) });
    await expect(
      fit(model, { x: { a: x, b: y }, y }, { epochs: 1, augment: turn, runtime: new OneThread() }),
    ).rejects.toThrow('augment: the model has several inputs.');
  });
});

import { log, mean, mul, neg, sqrt, square, sub, sum } from '@weft/core';
import { Adam, BatchNormalization, Dense, type ModelLoss, Sequential, SGD } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { type FitOptions, fit, type Update } from '../src/index.js';
import { fitInMicroBatches } from '../src/runtime.js';
import { expectNear, numbers, weightsOf } from './support/close.js';
import { OneThread } from './support/one-thread.js';
import { range } from './support/small-models.js';
import { type Batch, WholeBatchTraining } from './support/whole-batch.js';

const runtime = new OneThread();
const COUNT = 10;
const BATCH = 4;
const x = numbers(COUNT * 3);
const y = numbers(COUNT * 2, 2);

/** A maker of examples, and a critic that tells them from real ones. */
function players() {
  const maker = new Sequential(
    [new Dense({ units: 5, activation: 'tanh' }), new BatchNormalization(), new Dense({ units: 2 })],
    {
      inputShape: [3],
      name: 'maker',
    },
  );
  const critic = new Sequential(
    [new Dense({ units: 4, activation: 'tanh' }), new Dense({ units: 1, activation: 'sigmoid' })],
    {
      inputShape: [2],
      name: 'critic',
      seed: 9,
    },
  );
  const criticLoss: ModelLoss = ({ outputs, targets, context }) => {
    const [name] = Object.keys(outputs);
    const real = critic.call(targets[name], context);
    const made = critic.call(outputs[name], context);
    return neg(mean(log(mul(real, sub(1, made))), 1));
  };
  const makerLoss: ModelLoss = ({ outputs, context }) => {
    const [made] = Object.values(outputs);
    return neg(sqrt(mean(square(critic.call(made, context)))));
  };
  return { maker, critic, criticLoss, makerLoss };
}

const optimizers = () => [new SGD({ learningRate: 0.5, momentum: 0.5 }), new Adam({ learningRate: 0.05 })];

function batches(model: Sequential, epochs: number): Batch[] {
  return range(0, epochs).flatMap((epoch) =>
    [0, 4, 8].map((first) => ({
      inputs: { input: { data: x, shape: [3] } },
      targets: { [model.outputs[0].name]: { data: y, shape: [2] } },
      numbers: range(first, Math.min(COUNT, first + BATCH)),
      epoch,
    })),
  );
}

const usual: FitOptions = { epochs: 2, batchSize: BATCH, shuffle: false, runtime };

describe('updates of a step', () => {
  it('are made in their order, each from the weights that the one before has left', async () => {
    for (const order of [
      ['critic', 'maker'],
      ['maker', 'critic'],
    ] as const) {
      const twins = players();
      const losses = { critic: twins.criticLoss, maker: twins.makerLoss };
      const eager = new WholeBatchTraining(
        twins.maker,
        order.map((name, which) => ({
          loss: losses[name],
          weights: twins[name].weights.filter(({ trainable }) => trainable),
          optimizer: optimizers()[which],
        })),
      );
      const steps = batches(twins.maker, 2).map((batch) => eager.step(batch));
      for (const microBatch of [1, 3, undefined]) {
        const { maker, critic, criticLoss, makerLoss } = players();
        const models = { critic, maker };
        const updates: Update[] = order.map((name, which) => ({
          name,
          loss: name === 'critic' ? criticLoss : makerLoss,
          weights: models[name],
          optimizer: optimizers()[which],
        }));
        const { history } = await fitInMicroBatches(maker, { x, y }, { ...usual, updates }, microBatch);
        expect(Object.keys(history)).toEqual(['loss', ...order.map((name) => `${name}_loss`)]);
        order.forEach((name, which) => {
          const sums = [0, 3].map((first) =>
            [4, 4, 2].reduce((total, count, step) => total + steps[first + step][which] * count, 0),
          );
          expectNear(
            history[`${name}_loss`] ?? [],
            sums.map((total) => total / COUNT),
            1e-4,
            name,
          );
        });
        expectNear(weightsOf(maker), weightsOf(twins.maker), 1e-4, 'maker');
        expectNear(weightsOf(critic), weightsOf(twins.critic), 1e-4, 'critic');
      }
    }
  });

  it('differ from one update of the sum of their losses', async () => {
    const train = async (updates: (model: Sequential) => Update[]) => {
      const { maker } = players();
      await fit(maker, { x, y }, { ...usual, updates: updates(maker) });
      return weightsOf(maker);
    };
    const part =
      (weight: number): ModelLoss =>
      ({ outputs }) =>
        mul(mean(square(Object.values(outputs)[0])), weight);
    const optimizer = new SGD({ learningRate: 0.05 });
    const two = await train((weights) => [1, 2].map((weight) => ({ loss: part(weight), weights, optimizer })));
    const one = await train((weights) => [{ loss: part(3), weights, optimizer }]);
    expect(Math.max(...two.map((value, index) => Math.abs(value - one[index])))).toBeGreaterThan(1e-3);
  });

  it('train the weights that they name: models, weights of models, or paths', async () => {
    const loss: ModelLoss = ({ outputs, weights }) => {
      const all = Object.values(weights).map((weight) => sum(square(weight)));
      return all.reduce((a, b) => a.add(b), mean(square(Object.values(outputs)[0])));
    };
    const changed = async (choose: (model: Sequential) => Update['weights']) => {
      const { maker } = players();
      maker.weights.forEach(({ weight }, which) => {
        weight.assign(numbers(weight.data.length, which + 1));
      });
      const before = maker.weights.map(({ data }) => [...data]);
      const updates = [{ loss, weights: choose(maker), optimizer: new SGD({ learningRate: 0.1 }) }];
      await fit(maker, { x, y }, { ...usual, updates });
      const isChanged = (at: number) => maker.weights[at].data.some((value, index) => value !== before[at][index]);
      return maker.weights.flatMap(({ path, trainable }, at) => (trainable && isChanged(at) ? [path] : []));
    };
    const dense = ['dense/kernel', 'dense/bias'];
    expect(await changed((model) => model)).toHaveLength(6);
    expect(await changed((model) => model.slice(0, 1))).toEqual(dense);
    expect(await changed((model) => [model.slice(0, 1), model])).toHaveLength(6);
    expect(await changed((model) => model.weights.filter(({ path }) => dense.includes(path)))).toEqual(dense);
    expect(await changed((model) => model.weights[0])).toEqual(dense.slice(0, 1));
    expect(await changed(() => (path) => path.endsWith('bias'))).toEqual(['dense/bias', 'dense_1/bias']);
  });
});

describe('updates that nothing could be done with are refused', () => {
  const { maker, critic, makerLoss } = players();
  const meanOutput: ModelLoss = ({ outputs }) => mean(Object.values(outputs)[0]);
  const good: Update = { loss: makerLoss, weights: maker };
  it.each<[string, Partial<FitOptions>]>([
    ['updates: got an array of 0; expected an array of at least one { loss, weights, optimizer }.', { updates: [] }],
    ['fit: updates: number 1: loss: got undefined; expected a function.', { updates: [{ weights: maker } as never] }],
    [
      'fit: updates: number 2: weights: got undefined; expected a model',
      { updates: [good, { loss: makerLoss } as never] },
    ],
    ["there is no option 'optimiser'", { updates: [{ ...good, optimiser: 1 } as never] }],
    ['Leave out loss, lossWeights and optimizer.', { updates: [good], optimizer: new SGD() }],
    [
      'updates: number 1: weights names none that can be trained. Its model has',
      { updates: [{ ...good, weights: () => false }] },
    ],
    [
      'the weight batch_normalization/movingMean is not trainable.',
      { updates: [{ ...good, weights: maker.weights[4] }] },
    ],
    [
      'updates: number 1: weights holds 3; expected models, or weights of models.',
      { updates: [{ ...good, weights: [3] as never }] },
    ],
    [
      'the loss does not depend on any of the weights that it is to train (dense/kernel',
      { updates: [{ loss: meanOutput, weights: critic }] },
    ],
    [
      "updates: 'a_loss' is the name of two losses or metrics.",
      {
        updates: [
          { ...good, name: 'a' },
          { ...good, name: 'a' },
        ],
      },
    ],
  ])('%s', async (message, options) => {
    await expect(fit(maker, { x, y }, { ...usual, ...options })).rejects.toThrow(message);
  });

  it('so are weights of two models of one name', async () => {
    const twin = new Sequential([new Dense({ units: 1 })], { inputShape: [2], name: 'critic' });
    const loss: ModelLoss = ({ outputs }) =>
      mean(critic.call(Object.values(outputs)[0]).add(twin.call(Object.values(outputs)[0])));
    await expect(fit(maker, { x, y }, { ...usual, updates: [{ loss, weights: [critic, twin] }] })).rejects.toThrow(
      'two weights are called critic/dense/kernel. Give their models or layers different names.',
    );
  });
});

import { add, max, maximum, mean, mul, square, sub, type Tensor } from '@weft/core';
import {
  BaseLayer,
  type BaseModel,
  BatchNormalization,
  type CallContext,
  Dense,
  Dropout,
  input,
  Model,
  type ModelLoss,
  Sequential,
  SGD,
} from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { evaluate, type FitOptions, predict } from '../src/index.js';
import { fitInMicroBatches } from '../src/runtime.js';
import { expectNear, numbers, weightsOf } from './support/close.js';
import { OneThread } from './support/one-thread.js';
import { range } from './support/small-models.js';
import { WholeBatchTraining } from './support/whole-batch.js';

const runtime = new OneThread();
const still = () => new SGD({ learningRate: 0 });
/** The last batch of an epoch is a short one. */
const COUNT = 7;
const BATCH = 3;
const UPDATES = 3;
const x = numbers(COUNT * 2);
const column = (values: Float32Array, which: number) => [...values].filter((_, index) => index % 2 === which);
const average = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
const variance = (values: readonly number[]) => average(values.map((value) => (value - average(values)) ** 2));

const normal = (options: object = {}) => new BatchNormalization({ momentum: 0.5, name: 'normal', ...options });

/** Moving averages and variances of the two features. */
function moving(model: BaseModel) {
  const of = (name: string) => model.weights.find(({ path }) => path.endsWith(name))?.data as Float32Array;
  return { mean: of('movingMean'), variance: of('movingVariance') };
}

async function train(
  model: BaseModel,
  microBatch: number | undefined,
  more: Partial<FitOptions> = {},
  data: object = {},
) {
  const optimizer = more.updates ? {} : { optimizer: still() };
  const options = { epochs: 1, batchSize: BATCH, shuffle: false, runtime, ...optimizer, ...more };
  return fitInMicroBatches(model, { x, y: x, ...data }, options, microBatch);
}

/** What moving averages are after an epoch, from what they are before it. */
function expected(start: number, statistic: (values: readonly number[]) => number, times = 1) {
  return [0, 1].map((feature) => {
    let value = start;
    for (let first = 0; first < COUNT; first += BATCH) {
      const batch = column(x.subarray(2 * first, 2 * Math.min(COUNT, first + BATCH)), feature);
      for (let call = 0; call < times; call++) value = 0.5 * value + 0.5 * statistic(batch);
    }
    return value;
  });
}

describe('moving averages', () => {
  it.each([1, 2, 3, undefined])(
    'are renewed once an update, by the whole batch, also by a short last one: %s',
    async (microBatch) => {
      const model = new Sequential([normal()], { inputShape: [2] });
      await train(model, microBatch);
      expectNear(moving(model).mean, expected(0, average), 1e-5);
      expectNear(moving(model).variance, expected(1, variance), 1e-5);
    },
  );

  it('do not heed the weights of examples', async () => {
    const model = new Sequential([normal()], { inputShape: [2] });
    await train(model, 2, {}, { sampleWeight: Float32Array.of(0, 1, 5, 0, 0, 2, 3) });
    expectNear(moving(model).mean, expected(0, average), 1e-5);
    expectNear(moving(model).variance, expected(1, variance), 1e-5);
  });

  it('are renewed by each update of a step, and not by validation, evaluation and prediction', async () => {
    const model = new Sequential([normal()], { inputShape: [2] });
    const loss: ModelLoss = ({ outputs, weights }) => mul(mean(square(outputs.normal)), mean(weights['normal/gamma']));
    const update = { loss, weights: model, optimizer: still() };
    await train(model, 2, { updates: [update, update], validationData: { x: numbers(10, 8) } });
    expectNear(moving(model).mean, expected(0, average, 2), 1e-5);
    const before = weightsOf(model);
    await predict(model, x, { runtime });
    await evaluate(model, { x }, { runtime });
    expect(weightsOf(model)).toEqual(before);
  });

  it.each(['the layer', 'the model around it', 'all'])(
    'stay as they are, and are used, where %s is not trainable',
    async (which) => {
      const layer = normal({ trainable: which !== 'the layer' });
      const inner = new Sequential([layer], {
        inputShape: [2],
        name: 'inner',
        trainable: which !== 'the model around it',
      });
      const model = new Sequential([inner, new Dense({ units: 2 })], { inputShape: [2], trainable: which !== 'all' });
      model.weights.forEach(({ weight }, index) => {
        weight.assign(numbers(weight.data.length, index + 3).map((value) => 1.5 + value));
      });
      const before = weightsOf(model);
      const { loss } = await evaluate(model, { x, y: x }, { batchSize: COUNT, runtime });
      const { history } = await train(model, 2, { batchSize: COUNT });
      expect(weightsOf(model)).toEqual(before);
      expectNear(history.loss, [loss], 1e-6);
    },
  );

  it('of a layer that is called twice see its calls in their order', async () => {
    const layer = normal();
    const a = input({ shape: [2], name: 'a' });
    const first = layer.apply(a);
    const model = new Model({ inputs: { a }, outputs: { out: layer.apply(first) } });
    await train(model, 2, { batchSize: COUNT });
    const means = [0, 1].map((feature) => average(column(x, feature)));
    // The second call gets what is normal already: its mean is 0, its variance almost 1.
    expectNear(
      moving(model).mean,
      means.map((value) => 0.5 * (0.5 * value) + 0),
      1e-5,
      '',
      1e-2,
    );
    const variances = [0, 1].map((feature) => variance(column(x, feature)));
    const second = variances.map((value) => value / (value + 1e-3));
    expectNear(
      moving(model).variance,
      variances.map((value, which) => 0.5 * (0.5 + 0.5 * value) + 0.5 * second[which]),
      1e-5,
    );
  });
});

/** Counts its updates, and keeps the largest number that it has seen. */
class Watching extends BaseLayer {
  constructor() {
    super('Watching', { name: 'watching' }, []);
  }
  outputShape(shape: readonly number[]) {
    return shape;
  }
  override weightSpecifications() {
    const state = (name: string) => ({ name, shape: [], initializer: 'zeros', trainable: false }) as const;
    return [state('count'), state('largest')];
  }
  call(given: Tensor, [count, largest]: readonly Tensor[], context: CallContext) {
    if (context.training) {
      context.renew(this.weights[0], add(count, 1));
      context.renew(this.weights[1], maximum(largest, max(given)));
    }
    return given;
  }
  protected options() {
    return {};
  }
}

describe("state of one's own", () => {
  it('is renewed from the whole batch, once an update', async () => {
    for (const microBatch of [1, 2, undefined]) {
      const model = new Sequential([new Watching(), new Dense({ units: 2 })], { inputShape: [2] });
      await train(model, microBatch, { epochs: 2 });
      expect(model.weights.slice(0, 2).map(({ data }) => data[0])).toEqual([2 * UPDATES, Math.max(...x)]);
    }
  });
});

describe('draws', () => {
  const twice = () => {
    const a = input({ shape: [2], name: 'a' });
    const wide = new Dense({ units: 64, name: 'wide' }).apply(a);
    const dropout = new Dropout({ rate: 0.5, name: 'dropout' });
    return new Model({ inputs: { a }, outputs: { one: dropout.apply(wide), other: dropout.apply(wide) } });
  };
  const apart: ModelLoss = ({ outputs: { one, other } }) => mean(square(sub(one, other)), 1);

  async function lossesOf(options: Partial<FitOptions>, microBatch?: number) {
    const fitting = { epochs: 3, batchSize: BATCH, loss: apart, optimizer: still(), runtime, ...options };
    return (await fitInMicroBatches(twice(), { x: { a: x } }, fitting, microBatch)).history.loss;
  }

  it('of a layer that is called twice differ, and are those of the examples, their epoch and the seed', async () => {
    const model = twice();
    const eager = new WholeBatchTraining(model, [{ loss: apart, weights: model.weights, optimizer: still() }], 5);
    const wanted = range(0, 3).map((epoch) => {
      const inputs = { a: { data: x, shape: [2] } };
      return eager.step({ inputs, targets: {}, numbers: range(0, COUNT), epoch })[0];
    });
    expect(Math.min(...wanted)).toBeGreaterThan(0);
    expect(new Set(wanted).size).toBe(3);
    for (const microBatch of [1, 2, 3, undefined]) {
      // Whatever the batches and the order.
      expectNear(await lossesOf({ seed: 5 }, microBatch), wanted, 1e-5);
      expectNear(await lossesOf({ seed: 5, batchSize: COUNT, shuffle: false }, microBatch), wanted, 1e-5);
    }
    expect((await lossesOf({ seed: 6 }))[0]).not.toBeCloseTo(wanted[0], 4);
  });

  it('of the updates of a step differ', async () => {
    const model = twice();
    const update = { loss: apart, weights: model, optimizer: still() };
    const options = { epochs: 1, updates: [update, update], runtime };
    const { history } = await fitInMicroBatches(model, { x: { a: x } }, options, 2);
    expect(history.update_1_loss?.[0]).not.toBeCloseTo(history.update_2_loss?.[0] ?? 0, 4);
    expectNear(history.loss, [(history.update_1_loss?.[0] ?? 0) + (history.update_2_loss?.[0] ?? 0)], 1e-6);
  });
});

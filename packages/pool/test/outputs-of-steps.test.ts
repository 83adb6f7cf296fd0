import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BaseLayer,
  type CallContext,
  Dense,
  evaluate,
  fit,
  input,
  Model,
  type ModelLoss,
  mul,
  predict,
  reshape,
  type ScoresMetric,
  Sequential,
  SGD,
  sum,
  type Tensor,
  trainStep,
  type Weight,
  WorkerPool,
} from '../src/index.js';
import { uniform } from './support/models.js';

const weightsOf = (model: Sequential) => Float32Array.from(model.weights.flatMap(({ data }) => [...data]));

const pools: WorkerPool[] = [];
beforeAll(async () => {
  for (const threads of [1, 3]) pools.push(await WorkerPool.create({ threads }));
});
afterAll(async () => {
  for (const pool of pools) await pool.close();
});

const count = 100;
const x = uniform(count * 5);
const a = input({ shape: [5], name: 'a' });

/** Keeps the numbers of all examples. */
function spy(name: string): ScoresMetric & { seen: Float32Array } {
  const metric = {
    name,
    seen: new Float32Array() as Float32Array,
    scores: (prediction: Tensor) => ({ s: reshape(prediction, [prediction.shape[0]]) }),
    result: ({ s }: Readonly<Record<string, Float32Array>>) => {
      metric.seen = s;
      return 0;
    },
  };
  return metric;
}

describe('what a step leaves behind', () => {
  it('are the scores of every example, for each metric that wants them', async () => {
    const model = new Model({ inputs: a, outputs: new Dense({ units: 1 }).apply(a), seed: 1 });
    for (const pool of pools) {
      const wanted = await predict(model, x, { pool });
      const spies = [spy('one'), spy('two')];
      await evaluate(model, { x, y: uniform(count, 2) }, { pool, batchSize: 48, metrics: spies });
      for (const { seen } of spies) expect(seen).toEqual(wanted);
    }
  });

  it('are the values of both outputs where they are one tensor', async () => {
    const p = new Dense({ units: 2 }).apply(a);
    const model = new Model({ inputs: a, outputs: { p, q: p }, seed: 1 });
    for (const pool of pools) {
      const both = (await predict(model, x, { pool })) as Readonly<Record<string, Float32Array>>;
      expect(both.p.some((value) => value !== 0)).toBe(true);
      expect(both.q).toEqual(both.p);
    }
  });
});

describe('a gradient that is another weight', () => {
  it('is the weight before the update', async () => {
    const make = () =>
      new Sequential([new Dense({ units: 40, useBias: false }), new Dense({ units: 40, useBias: false })], {
        inputShape: [40],
        seed: 3,
      });
    const loss: ModelLoss = ({ weights }) => {
      const [one, other] = Object.values(weights);
      return sum(mul(one, other));
    };
    const wanted = make();
    const step = trainStep(wanted, new SGD({ learningRate: 0.1 }));
    const tensors = () => Object.fromEntries(wanted.weights.map(({ path, weight }) => [path, weight.tensor]));
    for (let number = 0; number < 2; number++) {
      step((context) => loss({ inputs: {}, outputs: {}, targets: {}, weights: tensors(), context } as never));
    }
    for (const pool of pools) {
      const model = make();
      await fit(model, { x: uniform(8 * 40) }, { pool, loss, epochs: 2, optimizer: new SGD({ learningRate: 0.1 }) });
      expect(weightsOf(model)).toEqual(weightsOf(wanted));
    }
  });
});

/** Multiplies by a weight; its state holds the weight's last value, and two values that change places. */
class Remembering extends BaseLayer {
  state: readonly Weight[] = [];
  constructor() {
    super('Remembering', {}, []);
  }
  override outputShape(shape: readonly number[]) {
    return shape;
  }
  override weightSpecifications([length]: readonly number[]) {
    const weight = (name: string, initializer: 'zeros' | 'ones', trainable: boolean) => {
      return { name, shape: [length], initializer, trainable };
    };
    return [weight('w', 'ones', true), ...['last', 'a'].map((name) => weight(name, 'zeros', false))].concat(
      weight('b', 'ones', false),
    );
  }
  override call(given: Tensor, [w, , left, right]: readonly Tensor[], context: CallContext) {
    if (context.training) {
      [w, right, left].forEach((value, which) => {
        context.renew(this.state[which], value);
      });
    }
    return mul(given, w);
  }
  protected override options() {
    return {};
  }
}

describe('state that becomes another weight', () => {
  it('becomes what that was before the update', async () => {
    for (const pool of pools) {
      const layer = new Remembering();
      const model = new Sequential([layer], { inputShape: [5] });
      layer.state = model.weights.slice(1).map(({ weight }) => weight);
      const weights = () => model.weights.map(({ weight }) => [...weight.data]);
      await fit(model, { x, y: uniform(count * 5, 2) }, { pool, epochs: 1, batchSize: count });
      const [w, last, left, right] = weights();
      expect(w).not.toEqual([1, 1, 1, 1, 1]);
      expect([last, left, right].map(([value]) => value)).toEqual([1, 1, 0]);
    }
  });
});

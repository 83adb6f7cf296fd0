import {
  abs,
  add,
  div,
  logSumExp,
  matmul,
  max,
  mean,
  minimum,
  mul,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@weft/core';
import {
  Adam,
  auc,
  BatchNormalization,
  Dense,
  Dropout,
  type Loss,
  type ModelLoss,
  meanSquaredError,
  type Optimizer,
  Sequential,
} from '@weft/nn';
import { evaluateInMicroBatches, fitInMicroBatches } from '@weft/train/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predict, WorkerPool } from '../src/index.js';
import { smallAutoencoder, uniform, weightsOf } from './support/models.js';
import { poolsOfSeveralSizes } from './support/pools.js';

const pools = poolsOfSeveralSizes();
const references: WorkerPool[] = [];
beforeAll(async () => {
  for (const threads of [1, 2, 3]) references.push(await WorkerPool.create({ threads, kernels: 'reference' }));
});
afterAll(async () => {
  for (const pool of references) await pool.close();
});

const unit = (x: Tensor) => div(x, sqrt(add(sum(square(x), 1, { keepDims: true }), 1e-6)));

const LOSSES: Readonly<Record<string, Loss | ModelLoss>> = {
  'the mean': meanSquaredError,
  'the root of the mean': (prediction, target) => sqrt(mean(square(sub(prediction, target)))),
  'the sum': (prediction, target) => sum(square(sub(prediction, target))),
  'the maximum': (prediction, target) => max(abs(sub(prediction, target))),
  'a penalty on weights': (({ outputs: { out }, weights }) =>
    Object.values(weights).reduce((total, weight) => add(total, sum(square(weight))), mean(out))) as ModelLoss,
  'the variance of the batch': (({ outputs: { out } }) =>
    mean(square(sub(out, mean(out, 0, { keepDims: true }))))) as ModelLoss,
  'products of pairs': (prediction, target) => {
    const logits = matmul(unit(prediction), unit(target), { transposeB: true });
    return sub(logSumExp(logits, 1), sum(mul(unit(prediction), unit(target)), 1));
  },
};

/** Adam, after which each weight's norm is one at most: it looks at whole weights. */
function boundedAdam(): Optimizer {
  const adam = new Adam({ learningRate: 0.02, globalClipNorm: 1 });
  return {
    name: 'boundedAdam',
    learningRate: 0.02,
    slots: adam.slots,
    scalars: (step) => [...adam.scalars(step), 1],
    shared: (gradients) => adam.shared?.(gradients) as Tensor,
    update(input) {
      const { parameter, state } = adam.update({ ...input, scalars: slice(input.scalars, [0], [1]) });
      const limit = reshape(slice(input.scalars, [1], [2]), []);
      return { parameter: mul(parameter, minimum(div(limit, sqrt(sum(square(parameter)))), 1)), state };
    },
    config: () => ({}),
  };
}

const build = () =>
  new Sequential(
    [
      new Dense({ units: 33, activation: 'tanh' }),
      new BatchNormalization(),
      new Dropout({ rate: 0.2 }),
      new Dense({ units: 40 }),
      new Dense({ units: 3, name: 'out' }),
    ],
    { inputShape: [9] },
  );

const COUNT = 29;
const data = { x: uniform(COUNT * 9), y: uniform(COUNT * 3, 2) };

interface Case {
  readonly loss: Loss | ModelLoss;
  readonly optimizer?: Optimizer;
  readonly microBatch: number | undefined;
}

async function bitsOf({ loss, optimizer = new Adam({ learningRate: 0.02 }), microBatch }: Case, runtime: WorkerPool) {
  const model = build();
  // The last batch is a single example.
  const options = { epochs: 2, batchSize: 14, validationSplit: 0.25, loss, optimizer, runtime };
  const { history } = await fitInMicroBatches(model, data, options, microBatch);
  const evaluation = await evaluateInMicroBatches(model, data, { loss, batchSize: 10, runtime }, microBatch);
  return { weights: weightsOf(model), history, evaluation };
}

async function expectSameBits(each: Case, [first, ...others]: readonly WorkerPool[]) {
  const wanted = await bitsOf(each, first);
  expect(wanted.weights).not.toEqual(weightsOf(build()));
  for (const pool of others) expect(await bitsOf(each, pool)).toEqual(wanted);
}

describe.each(Object.keys(LOSSES))('a loss that is %s', (name) => {
  const loss = LOSSES[name];

  it('gives the same bits with 1, 2, 3 and 5 threads, whatever the micro-batch', async () => {
    for (const microBatch of [1, 4, undefined]) await expectSameBits({ loss, microBatch }, pools);
  });

  it('gives the same bits for any number of threads with the reference kernels', async () => {
    await expectSameBits({ loss, microBatch: 4 }, references);
  });
});

describe('the same bits with 1, 2, 3 and 5 threads', () => {
  it('come out of an optimiser that looks at whole weights, and at all gradients', async () => {
    await expectSameBits({ loss: meanSquaredError, optimizer: boundedAdam(), microBatch: 2 }, pools);
  });

  it('come out of a model that is so large that micro-batches share their sums', async () => {
    const [size, count] = [720, 40];
    const large = { x: uniform(size * count, 1), y: uniform(size * count, 2) };
    const results = [];
    for (const runtime of pools) {
      const model = new Sequential([new Dense({ units: size })], { inputShape: [size] });
      const { history } = await fitInMicroBatches(model, large, { epochs: 1, batchSize: count, runtime }, 1);
      results.push({ history, weights: weightsOf(model) });
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it('come out of metrics, and of prediction in batches in which examples meet', async () => {
    const x = uniform(70 * 36);
    const model = new Sequential([new Dense({ units: 1, activation: 'sigmoid' })], { inputShape: [36] });
    const y = uniform(70, 3).map((value) => Number(value > 0.5));
    const results = [];
    for (const runtime of pools) {
      const options = { batchSize: 32, metrics: [auc], runtime };
      const evaluation = await evaluateInMicroBatches(model, { x, y }, options, 3);
      results.push({ evaluation, outputs: await predict(smallAutoencoder(), x, { pool: runtime }) });
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeModel, encodeModel } from '../packages/formats/src/index.js';
import type { BaseModel } from '../packages/nn/src/index.js';
import { batchOf, layerCases, modelOf } from '../packages/nn/test/cases/layers.js';
import { penalised } from '../packages/nn/test/cases/penalties.js';
import {
  CallContext,
  evaluate,
  meanSquaredError,
  regularizationLoss,
  SGD,
  type WorkerPool,
} from '../packages/pool/src/index.js';
import { poolsOfSeveralSizes } from '../packages/pool/test/support/pools.js';
import { fitInMicroBatches } from '../packages/train/src/runtime.js';

const EXAMPLES = 7;
const weightsOf = ({ weights }: BaseModel): Record<string, readonly number[]> =>
  Object.fromEntries(weights.map(({ path, data }) => [path, [...data]]));
const { penalties: golden } = JSON.parse(
  readFileSync(new URL('../packages/nn/test/fixtures/keras-more-layers.json', import.meta.url), 'utf8'),
);

const pools = poolsOfSeveralSizes();

describe.each(Object.entries(layerCases))('%s', (_, each) => {
  /** What two epochs make of a model. The last batch is smaller. */
  async function trained(runtime: WorkerPool, microBatch: number | undefined) {
    const model = modelOf(each, true);
    const numbers = batchOf(each, EXAMPLES).map((x) => x.toArray());
    const inputs = each.tokens === undefined ? numbers : numbers.map((tokens) => Int32Array.from(tokens));
    const x = Object.fromEntries(inputs.map((data, which) => [`x${which}`, data]));
    const y = Float32Array.from({ length: EXAMPLES * 2 }, (_, i) => ((i * 5) % 7) / 7);
    const { history } = await fitInMicroBatches(model, { x, y }, { epochs: 2, batchSize: 4, runtime }, microBatch);
    return { model, result: { history, weights: weightsOf(model) } };
  }

  it('trains to the same bits with 1, 2, 3 and 5 threads, whatever the micro-batch', async () => {
    const untrained = weightsOf(modelOf(each, true));
    for (const microBatch of [1, 3]) {
      const [{ result: wanted }, ...others] = await Promise.all(pools.map((pool) => trained(pool, microBatch)));
      expect(wanted.weights).not.toEqual(untrained);
      expect(Object.values(wanted.weights).flat().every(Number.isFinite)).toBe(true);
      for (const { result } of others) expect(result).toEqual(wanted);
    }
  });

  it('comes back from a file', async () => {
    const { model } = await trained(pools[0], undefined);
    const { model: back } = decodeModel(encodeModel(model));
    expect(back.config()).toEqual(model.config());
    expect(weightsOf(back)).toEqual(weightsOf(model));
  });
});

describe('penalties are a part of the loss, as in Keras', () => {
  const wanted: readonly (readonly number[])[] = Object.values(golden.weights);

  it('in evaluate, where the last batch is smaller', async () => {
    const { model, x, y } = penalised();
    const { loss } = await evaluate(model, { x, y }, { batchSize: 4, pool: pools[1] });
    expect(Math.abs(loss - golden.evaluated)).toBeLessThan(1e-5 * golden.evaluated);
  });

  it.each([1, 4, undefined])('in fit, in micro-batches of %s', async (microBatch) => {
    const { model, x, y } = penalised();
    const options = { epochs: 1, batchSize: 6, optimizer: new SGD({ learningRate: 0.1 }), runtime: pools[1] };
    const { history } = await fitInMicroBatches(model, { x, y }, options, microBatch);
    expect(Math.abs(history.loss[0] - golden.trained)).toBeLessThan(1e-5 * golden.trained);
    for (const [which, { data }] of model.weights.entries()) {
      const largest = Math.max(...wanted[which].map(Math.abs));
      for (const [at, value] of data.entries())
        expect(Math.abs(value - wanted[which][at])).toBeLessThan(1e-5 * largest);
    }
  });

  it('in an update that trains some of the weights: only theirs', async () => {
    const { model, x, y } = penalised();
    const last = model.weights.filter(({ path }) => path.startsWith('dense_2/'));
    const updates = [{ loss: meanSquaredError, weights: last, optimizer: new SGD({ learningRate: 0 }) }];
    const { history } = await fitInMicroBatches(model, { x, y }, { epochs: 1, updates, runtime: pools[0] }, undefined);
    const { history: all } = await fitInMicroBatches(
      penalised().model,
      { x, y },
      { epochs: 1, optimizer: new SGD({ learningRate: 0 }), runtime: pools[0] },
      undefined,
    );
    const ofWeights = regularizationLoss(
      model.weights.filter(({ path }) => !path.startsWith('dense_2/')),
      new CallContext({ training: true }),
    )!.toArray()[0];
    expect(history.loss[0]).toBeCloseTo(all.loss[0] - ofWeights, 5);
  });
});

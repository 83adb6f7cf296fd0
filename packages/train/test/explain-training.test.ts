import { matmul, mean, mul, type Tensor, transpose } from '@weft/core';
import { print } from '@weft/core/program';
import { Adam, BatchNormalization, Dense, type ModelLoss, Sequential, SGD } from '@weft/nn';
import { describe, expect, test } from 'vitest';
import { type ExplainedStage, explainTraining } from '../src/index.js';

const BATCH = 64;
const x = new Float32Array(BATCH * 4);
const dense = () => new Sequential([new Dense({ units: 8 }), new Dense({ units: 4 })], { inputShape: [4], seed: 1 });
const normalised = () =>
  new Sequential([new Dense({ units: 8 }), new BatchNormalization(), new Dense({ units: 4 })], { inputShape: [4] });

const kindsOf = (stages: readonly ExplainedStage[]) => stages.map(({ kind }) => kind);
const keptBy = (stages: readonly ExplainedStage[]) => stages.flatMap(({ keeps }) => keeps);

/** Compares the outputs of all examples with each other. */
const contrast: ModelLoss = ({ outputs }) => {
  const [output] = Object.values(outputs) as Tensor[];
  const products = matmul(output, transpose(output));
  return mean(mul(products, products));
};

describe('explainTraining', () => {
  test('shows the program from the trace to where it is cut, and from there to its kernels', async () => {
    const [{ passes, stages, batch, microBatch, weights }] = await explainTraining(
      dense(),
      { x },
      { batchSize: BATCH },
    );
    expect({ batch, weights }).toEqual({ batch: BATCH, weights: 4 * 8 + 8 + 8 * 4 + 4 });
    const names = passes.map(({ name }) => name);
    expect(names[0]).toBe('trace');
    expect(names).toContain('differentiate');
    expect(names).not.toContain('fuse');
    expect(passes[0].program.values.some(({ shape }) => shape[0] === BATCH)).toBe(true);
    const [micro] = stages;
    expect(micro.passes.map(({ name }) => name)).toEqual(['cut', 'fuse', 'schedule', 'pack factors']);
    expect(micro.examples).toBe(microBatch);
    expect(print(micro.passes[1].program)).toContain('kernel');
    // A micro-batch computes its share of the products.
    const share = (micro.passes[0].counts.multiplyAccumulates * BATCH) / microBatch;
    expect(share).toBe(passes[passes.length - 1].counts.multiplyAccumulates);
  });

  test('names the sums that micro-batches add to, and says who adds them up', async () => {
    const [{ stages, microBatch }] = await explainTraining(dense(), { x }, { batchSize: BATCH });
    expect(kindsOf(stages)).toEqual(['micro', 'sums', 'update', 'finish']);
    const [micro, sums] = stages;
    expect(micro.shares).toBe(BATCH / microBatch);
    expect(micro.keeps.map(({ name, kind }) => [name, kind])).toEqual([
      ['gradient of dense/kernel', 'sum'],
      ['gradient of dense/bias', 'sum'],
      ['gradient of dense_1/kernel', 'sum'],
      ['gradient of dense_1/bias', 'sum'],
      ['loss', 'sum'],
    ]);
    expect(micro.keeps[0]).toMatchObject({ type: { dtype: 'float32', shape: [4, 8] }, bytes: 128 });
    expect(micro.wasmBytes).toBeGreaterThan(0);
    expect(sums).toMatchObject({ shares: 1, passes: [] });
  });

  test('has a phase for each time that examples meet, and what crosses the cuts', async () => {
    const [{ stages }] = await explainTraining(normalised(), { x }, { batchSize: BATCH });
    const phases = stages.filter(({ kind }) => kind === 'micro');
    expect(phases.length).toBeGreaterThan(2);
    const rows = keptBy(stages).filter(({ kind }) => kind === 'rows');
    expect(rows.length).toBeGreaterThan(0);
    for (const { type } of rows) expect(type.shape[0]).toBe(BATCH);
    expect(keptBy(stages).map(({ name }) => name)).toContain('new batch_normalization/movingMean');
  });

  test('has a stage of the whole batch where all examples are compared with each other', async () => {
    const [{ stages }] = await explainTraining(dense(), { x }, { batchSize: BATCH, loss: contrast });
    const whole = stages.find(({ kind }) => kind === 'whole') as ExplainedStage;
    expect(whole.shares).toBe(1);
    expect(whole.passes[0].program.values.some(({ shape }) => shape.join() === `${BATCH},${BATCH}`)).toBe(true);
  });

  test('shows each update of a step, with the stages of its optimiser', async () => {
    const model = dense();
    const [first, second] = await explainTraining(
      model,
      { x },
      {
        batchSize: BATCH,
        updates: [
          { name: 'one', loss: contrast, weights: (path) => path.startsWith('dense/'), optimizer: new Adam() },
          { loss: contrast, weights: model, optimizer: new SGD({ globalClipNorm: 1 }) },
        ],
      },
    );
    expect([first.name, first.optimizer, first.weights]).toEqual(['one_loss', 'Adam', 40]);
    expect([second.name, second.optimizer, second.weights]).toEqual(['update_2_loss', 'SGD', 76]);
    // The norm of all gradients comes before the update itself.
    expect(kindsOf(second.stages).slice(-3)).toEqual(['update', 'update', 'finish']);
    expect(kindsOf(first.stages).slice(-2)).toEqual(['update', 'finish']);
  });

  test('changes no weight, and refuses what fit refuses', async () => {
    const model = dense();
    const before = model.weights.map(({ data }) => data.slice());
    await explainTraining(model, { x });
    expect(model.weights.map(({ data }) => data)).toEqual(before);
    await expect(explainTraining(model, { x: new Float32Array(7) })).rejects.toThrow('x: 7 values');
    await expect(explainTraining(model, { x }, { epochs: 3 } as object)).rejects.toThrow(
      "explainTraining: there is no option 'epochs'",
    );
  });
});

import { mean, square, sub } from '@weft/core';
import { BatchNormalization, Dense, type ModelLoss, Sequential, SGD } from '@weft/nn';
import { beforeEach, describe, expect, it } from 'vitest';
import { CheckpointMismatchError, type FitOptions, fit } from '../src/index.js';
import { expectNear, numbers, weightsOf } from './support/close.js';
import { OneThread } from './support/one-thread.js';
import { range } from './support/small-models.js';
import { WholeBatchTraining } from './support/whole-batch.js';

const COUNT = 8;
const x = numbers(COUNT * 3);
const data = { x };
let runtime: OneThread;
beforeEach(() => {
  runtime = new OneThread();
});

const student = () => new Sequential([new Dense({ units: 2, name: 'out' })], { inputShape: [3], name: 'student' });
const teacher = (seed = 7) =>
  new Sequential([new Dense({ units: 2 }), new BatchNormalization()], { inputShape: [3], name: 'teacher', seed });

/** The student is to give what the teacher gives. */
const learning =
  (from: Sequential): ModelLoss =>
  ({ inputs, outputs, context }) =>
    mean(square(sub(outputs.out, from.call(inputs.input, context))), 1);

const usual = (): FitOptions => ({
  epochs: 2,
  batchSize: 4,
  shuffle: false,
  optimizer: new SGD({ learningRate: 0.3 }),
  runtime,
});

function wholeBatches(model: Sequential, loss: ModelLoss) {
  const eager = new WholeBatchTraining(model, [
    { loss, weights: model.weights, optimizer: new SGD({ learningRate: 0.3 }) },
  ]);
  for (const epoch of [0, 1]) {
    for (const first of [0, 4]) {
      const inputs = { input: { data: x, shape: [3] } };
      eager.step({ inputs, targets: {}, numbers: range(first, first + 4), epoch });
    }
  }
}

describe('a model that a loss calls', () => {
  it('is frozen if it is not trained, with its state, which is said once', async () => {
    const [model, from] = [student(), teacher()];
    const before = weightsOf(from);
    await fit(model, data, { ...usual(), loss: learning(from) });
    expect(weightsOf(from)).toEqual(before);
    expect(weightsOf(model)).not.toEqual(weightsOf(student()));
    await fit(student(), data, { ...usual(), loss: learning(from) });
    expect(runtime.warnings).toEqual([
      'A loss calls a model that fit does not train: its weights are frozen at their present values. To train them, name the model in updates.',
    ]);
  });

  it('has the values that it has when training begins', async () => {
    const [model, twin] = [student(), student()];
    const from = new Sequential([new Dense({ units: 2 })], { inputShape: [3], name: 'teacher' });
    from.weights[0].weight.assign(numbers(6, 4));
    await fit(model, data, { ...usual(), loss: learning(from) });
    wholeBatches(twin, learning(from));
    expectNear(weightsOf(model), weightsOf(twin), 1e-5);
  });

  it('has its present weights in each step if it is the model in training, or a part of it', async () => {
    const build = () =>
      new Sequential([new Dense({ units: 3, activation: 'tanh' }), new Dense({ units: 3, name: 'out' })], {
        inputShape: [3],
      });
    /** Applied twice, it is to give back its inputs; its first layer is to keep them. */
    const again =
      (model: Sequential): ModelLoss =>
      ({ inputs, outputs, context }) => {
        const twice = model.call(outputs.out, context);
        const inner = model.slice(0, 1).call(inputs.input, context);
        return mean(square(sub(twice, inputs.input)), 1).add(mean(square(sub(inner, inputs.input)), 1));
      };
    const [model, twin] = [build(), build()];
    await fit(model, data, { ...usual(), loss: again(model) });
    wholeBatches(twin, again(twin));
    expectNear(weightsOf(model), weightsOf(twin), 1e-5);
    expect(runtime.warnings).toEqual([]);
  });

  it('is not frozen where an update names it', async () => {
    const [model, from] = [student(), teacher()];
    const optimizer = new SGD({ learningRate: 0.1 });
    const updates = [{ loss: learning(from), weights: [model, from], optimizer }];
    const { optimizer: _, ...options } = usual();
    await fit(model, data, { ...options, updates });
    expect(runtime.warnings).toEqual([]);
    const changed = from.weights.map(({ data: values }, which) =>
      values.some((value, at) => value !== teacher().weights[which].data[at]),
    );
    // Beside gamma and beta, which have no part in it: kernel and moving averages.
    expect(changed.filter(Boolean).length).toBeGreaterThanOrEqual(5);
  });

  it('belongs to what a checkpoint was made with', async () => {
    const train = (seed: number, more: Partial<FitOptions>) =>
      fit(student(), data, { ...usual(), loss: learning(teacher(seed)), ...more });
    await train(7, { epochs: 1, checkpoints: { directory: 'kept' } });
    await expect(train(8, { resumeFrom: 'kept' })).rejects.toThrow(CheckpointMismatchError);
    await train(7, { resumeFrom: 'kept' });
  });
});

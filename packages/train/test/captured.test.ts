import { add, matmul, mean, mul, placeholder, random, square, sub, type Tensor, tensor } from '@weft/core';
import {
  BaseLayer,
  Dense,
  type Layer,
  type LayerOptions,
  type ModelLoss,
  meanSquaredError,
  Sequential,
} from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { CheckpointMismatchError, type Corruption, type FitOptions, fit } from '../src/index.js';
import { evaluateInMicroBatches, fitInMicroBatches } from '../src/runtime.js';
import { expectNear, numbers, weightsOf } from './support/close.js';
import { OneThread } from './support/one-thread.js';
import { type Batch, lossInput, lossValue, plainUpdate, WholeBatchTraining } from './support/whole-batch.js';

const COUNT = 9;
const x = numbers(COUNT * 3);
const y = numbers(COUNT * 2, 2);

/** Multiplies by a matrix that nothing trains. */
class Fixed extends BaseLayer {
  constructor(
    private readonly matrix: Tensor,
    options: LayerOptions = {},
  ) {
    super('Fixed', options, []);
  }
  outputShape() {
    return [2];
  }
  call(input: Tensor) {
    return matmul(input, this.matrix);
  }
  protected options() {
    return {};
  }
}

const build = (last: Layer = new Dense({ units: 2 })) =>
  new Sequential([new Dense({ units: 3 }), last], { inputShape: [3] });

const table = (seed: number) => tensor(numbers(6, seed), [3, 2]);

/** A loss that weighs outputs by an array, computed of another. */
function weighing(seed: number): ModelLoss {
  const factors = add(tensor(numbers(2, seed)), 2);
  return ({ outputs, targets }) => {
    const [name] = Object.keys(outputs);
    return mean(mul(square(sub(outputs[name], targets[name])), factors), 1);
  };
}

const shifting =
  (seed: number): Corruption =>
  (input) =>
    add(input, tensor(numbers(3, seed)));

interface Captured {
  readonly make: (seed: number) => Sequential;
  readonly options: (seed: number) => Partial<FitOptions>;
}

const CASES: Readonly<Record<string, Captured>> = {
  'a loss': { make: () => build(), options: (seed) => ({ loss: weighing(seed) }) },
  corrupt: { make: () => build(), options: (seed) => ({ corrupt: shifting(seed) }) },
  'a layer': { make: (seed) => build(new Fixed(table(seed))), options: () => ({}) },
};

describe.each(Object.keys(CASES))('an array that %s holds', (name) => {
  const { make, options } = CASES[name];

  it('is read as it is, in training and evaluation, whatever the micro-batch', async () => {
    const runtime = new OneThread();
    const { loss = meanSquaredError, corrupt } = options(5) as { loss?: ModelLoss; corrupt?: Corruption };
    const inputs = corrupt ? corrupt(tensor(x, [COUNT, 3]), undefined as never).toArray() : x;
    const batch = (model: Sequential): Batch => ({
      inputs: { input: { data: inputs as Float32Array, shape: [3] } },
      targets: { [model.outputs[0].name]: { data: y, shape: [2] } },
      numbers: Array.from({ length: COUNT }, (_, index) => index),
      epoch: 0,
    });
    const twin = make(5);
    const value = lossValue(loss, lossInput(twin, batch(twin), { training: false })).item();
    new WholeBatchTraining(twin, [plainUpdate(twin, loss, 0.5)]).step(batch(twin));
    for (const microBatch of [1, 4, undefined]) {
      const model = make(5);
      const given = { ...options(5), batchSize: COUNT, runtime };
      expectNear([(await evaluateInMicroBatches(model, { x, y }, given, microBatch)).loss], [value], 1e-5);
      const { optimizer } = plainUpdate(model, loss, 0.5);
      const { history } = await fitInMicroBatches(model, { x, y }, { ...given, epochs: 1, optimizer }, microBatch);
      expectNear(history.loss, [value], 1e-5);
      expectNear(weightsOf(model), weightsOf(twin), 1e-5);
    }
  });

  it('is a part of what a checkpoint belongs to', async () => {
    const runtime = new OneThread();
    const train = (seed: number, more: Partial<FitOptions>) =>
      fit(make(seed), { x, y }, { epochs: 2, batchSize: 4, runtime, ...options(seed), ...more });
    await train(5, { epochs: 1, checkpoints: { directory: 'kept' } });
    const error = await train(6, { resumeFrom: 'kept' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CheckpointMismatchError);
    expect((error as CheckpointMismatchError).differences.map((each) => each.name)).toEqual(['captured array 0']);
    const resumed = await train(5, { resumeFrom: 'kept' });
    expect(resumed.history).toEqual((await train(5, {})).history);
  });
});

describe('a placeholder in a loss', () => {
  it('is refused, since nobody would fill it', async () => {
    const hole = placeholder({ shape: [2], dtype: 'float32' }, 'hole');
    const loss: ModelLoss = ({ outputs: { dense_1: out } }) => mean(mul(out, hole), 1);
    await expect(fit(build(), { x, y }, { loss, epochs: 1, runtime: new OneThread() })).rejects.toThrow(
      'a placeholder of shape [2] has no values. In losses, layers and corrupt use tensors with values, or what they are given.',
    );
  });
});

describe('corrupt', () => {
  it('changes inputs and not targets, and draws the same for an example whatever the batch', async () => {
    const noisy: Corruption = (input, { seed, exampleKeys }) =>
      add(input, random('normal', input.shape, { seed, keys: exampleKeys }));
    const runtime = new OneThread();
    const model = () => new Sequential([new Dense({ units: 3, kernelInitializer: 'zeros' })], { inputShape: [3] });
    const clean = await evaluateInMicroBatches(model(), { x }, { corrupt: noisy, runtime }, undefined);
    expectNear([clean.loss], [x.reduce((total, value) => total + value ** 2, 0) / x.length], 1e-5);
    const losses = [];
    for (const batchSize of [1, 4, 9]) {
      const options = { corrupt: noisy, batchSize, runtime };
      losses.push((await evaluateInMicroBatches(build(new Dense({ units: 3 })), { x }, options, 2)).loss);
    }
    expectNear(losses, [losses[0], losses[0], losses[0]], 1e-6);
  });
});

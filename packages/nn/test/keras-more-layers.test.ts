import { readFileSync } from 'node:fs';
import { grad, mul, type Shape, sum, type Tensor, tensor } from '@weft/core';
import { describe, expect, test } from 'vitest';
import { CallContext, meanSquaredError, regularizationLoss, SGD, trainStep } from '../src/index.js';
import { batchOf, layerCases, modelOf, setWeights, values } from './cases/layers.js';
import { penalised } from './cases/penalties.js';

interface Judged {
  readonly output: readonly number[];
  readonly shape: Shape;
  /** In the inputs, then in the weights that are trained. */
  readonly gradients: readonly (readonly number[])[];
}

interface Case {
  readonly shapes: readonly Shape[];
  readonly weights: Readonly<Record<string, Shape>>;
  readonly inference: Judged;
  readonly training?: Judged;
  readonly renewed?: readonly (readonly number[])[];
}

const golden = JSON.parse(readFileSync(new URL('./fixtures/keras-more-layers.json', import.meta.url), 'utf8')) as {
  readonly layers: Readonly<Record<string, Case>>;
  readonly penalties: {
    readonly evaluated: number;
    readonly trained: number;
    readonly weights: Readonly<Record<string, readonly number[]>>;
  };
};

/** The largest difference, as a part of the largest number. */
function expectNear(got: ArrayLike<number>, wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  const differences = Array.from(got, (value, at) => Math.abs(value - wanted[at]));
  expect(Math.max(...differences) / Math.max(...wanted.map(Math.abs))).toBeLessThan(1e-5);
}

describe('layers agree with Keras in float64, and so do their gradients', () => {
  test.each(Object.entries(golden.layers))('%s', (name, each) => {
    const layerCase = layerCases[name];
    const model = modelOf(layerCase);
    const inputs = batchOf(layerCase, each.shapes[0][0]);
    expect(inputs.map(({ shape }) => shape)).toEqual(each.shapes);
    setWeights(model.weights);
    const named = model.weights.map(({ path, shape }) => [path.split('/').at(-1), shape]);
    expect(named).toEqual(Object.entries(each.weights));
    const trained = model.weights.filter(({ trainable }) => trainable).map(({ weight }) => weight.tensor);
    const judge = (wanted: Judged, context: CallContext) => {
      const output = model.call([...inputs], context) as Tensor;
      expect(output.shape).toEqual(wanted.shape);
      expectNear(output.toArray(), wanted.output);
      const factor = tensor([...values(output.shape, 5)], output.shape);
      const gradients = grad(sum(mul(output, factor)), [...inputs, ...trained]);
      for (const [which, gradient] of gradients.entries()) expectNear(gradient.toArray(), wanted.gradients[which]);
    };
    judge(each.inference, new CallContext({ training: false }));
    const context = new CallContext({ training: true });
    judge(each.training ?? each.inference, context);
    for (const [which, value] of [...context.renewed.values()].entries()) {
      expectNear(value.toArray(), each.renewed?.[which] ?? []);
    }
    expect(context.renewed.size).toBe(each.renewed?.length ?? 0);
  });
});

describe('penalties agree with Keras', () => {
  test('in a step of a loop of one’s own', () => {
    const { model, x, y } = penalised();
    const [inputs, targets] = [tensor(x, [6, 5]), tensor(y, [6, 2])];
    const { loss } = trainStep(
      model,
      new SGD({ learningRate: 0.1 }),
    )((context) => meanSquaredError(model.call(inputs, context), targets));
    expectNear([loss], [golden.penalties.trained]);
    const wanted = Object.values(golden.penalties.weights);
    for (const [which, { data }] of model.weights.entries()) expectNear(data, wanted[which]);
  });

  test('and count each weight once, while it is trainable', () => {
    const { model } = penalised();
    const context = new CallContext({ training: false });
    const once = regularizationLoss(model.weights, context)?.toArray()[0];
    expect(regularizationLoss([...model.weights, ...model.weights], context)?.toArray()[0]).toBe(once);
    model.trainable = false;
    expect(regularizationLoss(model.weights, context)).toBeUndefined();
  });
});

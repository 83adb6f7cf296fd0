import { readdirSync, readFileSync } from 'node:fs';
import { abs, greater, less, mean, mul, ones, type Shape, square, sub, type Tensor, tensor, where } from '@weft/core';
import { describe, expect, it } from 'vitest';
import {
  Adam,
  Add,
  accuracy,
  BaseLayer,
  binaryCrossentropy,
  binaryCrossentropyWith,
  CallContext,
  Concatenate,
  Dense,
  Flatten,
  input,
  type LayerOptions,
  type Loss,
  Model,
  meanAbsoluteError,
  meanSquaredError,
  metricOf,
  modelFromConfig,
  type Optimizer,
  Sequential,
  sparseCategoricalCrossentropyWith,
  trainStep,
  Weight,
} from '../src/index.js';

const console = { log: (..._values: unknown[]) => {} };

/** Every example of a docstring stands here, word for word, and runs. */
const examples: Record<string, () => unknown> = {
  'weights/weight.ts'() {
    const weight = new Weight({ name: 'bias', shape: [2], initializer: 'zeros' });
    const before = weight.tensor;
    weight.assign([1, 2]);
    console.log(weight.data, before.toArray()); // Float32Array [1, 2], Float32Array [0, 0]
    expect([...weight.data, ...before.toArray()]).toEqual([1, 2, 0, 0]);
  },
  'model/context.ts'() {
    const [model, x] = [new Sequential([new Dense({ units: 1 })], { inputShape: [2] }), ones([1, 2])];
    const context = new CallContext({ training: true });
    const y = model.call(x, context);
    for (const [weight, value] of context.renewed) weight.assign(value.toArray());
    expect(y.shape).toEqual([1, 1]);
  },
  'model/symbolic.ts'() {
    const x = input({ shape: [784] });
    const model = new Model({ inputs: x, outputs: new Dense({ units: 10 }).apply(x) });
    expect(model.countWeights()).toBe(7850);
  },
  'layers/layer.ts'() {
    class Scale extends BaseLayer {
      constructor(options: LayerOptions & { initial?: 'ones' | 'zeros' } = {}) {
        super('Scale', options, ['initial']);
        this.initial = options.initial ?? 'ones';
      }
      readonly initial: 'ones' | 'zeros';
      outputShape(inputShape: Shape) {
        return inputShape;
      }
      override weightSpecifications(inputShape: Shape) {
        return [{ name: 'factor', shape: inputShape.slice(-1), initializer: this.initial }];
      }
      call(x: Tensor, [factor]: readonly Tensor[]) {
        return mul(x, factor);
      }
      protected options() {
        return { initial: this.initial };
      }
    }
    const model = new Sequential([new Scale({ initial: 'zeros' })], { inputShape: [2] });
    const again = modelFromConfig(JSON.parse(JSON.stringify(model.config())), { Scale });
    expect(again.weights[0].path).toBe('scale/factor');
    again.weights[0].weight.assign([2, 3]);
    expect([...(again.call(ones([1, 2])) as Tensor).toArray()]).toEqual([2, 3]);
  },
  'model/sequential.ts'() {
    const model = new Sequential([new Flatten(), new Dense({ units: 10 })], { inputShape: [28, 28, 1], seed: 42 });
    console.log(model.summary());
    const layers = [new Dense({ units: 2, name: 'enc' }), new Dense({ units: 3, name: 'dec_conv1' })];
    const autoencoder = new Sequential(layers, { inputShape: [3] });
    const encoder = autoencoder.slice(0, 'dec_conv1'); // up to, and without, dec_conv1
    expect(encoder.layers).toEqual([layers[0]]);
  },
  'model/base-model.ts'() {
    const [model, x] = [new Sequential([new Dense({ units: 1 })], { inputShape: [2] }), ones([1, 2])];
    const y = model.call(x, new CallContext({ training: true }));
    expect(y.shape).toEqual([1, 1]);
  },
  'model/model.ts'() {
    const x = input({ shape: [8] });
    const hidden = new Dense({ units: 8, activation: 'relu' }).apply(x);
    const sum = new Add().apply([x, hidden]);
    const model = new Model({ inputs: x, outputs: new Dense({ units: 1 }).apply(sum), seed: 42 });
    expect(model.call(ones([2, 8])).shape).toEqual([2, 1]);
  },
  'model/from-config.ts'() {
    class Scale extends Flatten {}
    const model = new Sequential([new Scale()], { inputShape: [2] });
    const again = modelFromConfig(JSON.parse(JSON.stringify(model.config())), { Scale });
    expect(again.config()).toEqual(model.config());
  },
  'layers/merge.ts'() {
    const [x, picture, label] = [8, 784, 10].map((length) => input({ shape: [length] }));
    const sum = new Add().apply([x, new Dense({ units: 8 }).apply(x)]);
    const both = new Concatenate().apply([picture, label]); // [784] and [10] give [794]
    expect([sum.shape, both.shape]).toEqual([[8], [794]]);
  },
  'losses/losses.ts'() {
    const huber: Loss = (prediction, target) => {
      const difference = abs(sub(prediction, target));
      return mean(where(less(difference, 1), mul(square(difference), 0.5), sub(difference, 0.5)), 1);
    };
    expect(huber(tensor([[3]]), tensor([[0]])).item()).toBe(2.5);
  },
  'losses/crossentropy.ts'() {
    const losses: Loss[] = [];
    {
      const loss = binaryCrossentropyWith({ fromLogits: true });
      losses.push(loss);
    }
    {
      const loss = sparseCategoricalCrossentropyWith({ fromLogits: true });
      losses.push(loss);
    }
    expect(losses[1](tensor([[0, 0]]), tensor([1])).item()).toBeCloseTo(Math.LN2, 6);
  },
  'metrics/metric.ts'() {
    const metrics = [accuracy, metricOf(meanAbsoluteError), metricOf(binaryCrossentropy, 'nats')];
    expect(metrics.map(({ name }) => name)).toEqual(['accuracy', 'meanAbsoluteError', 'nats']);
  },
  'optimizers/optimizer.ts'() {
    const signDescent: Optimizer = {
      name: 'SignDescent',
      learningRate: 0.01,
      slots: [],
      scalars: () => [0.01],
      update: ({ parameter, gradient, scalars }) => ({
        parameter: sub(parameter, mul(sub(greater(gradient, 0), less(gradient, 0)), scalars)),
        state: [],
      }),
      config: () => ({}),
    };
    const model = new Sequential([new Dense({ units: 1, useBias: false })], { inputShape: [1] });
    const [before] = model.weights[0].data;
    trainStep(model, signDescent)((context) => mean(model.call(ones([1, 1]), context)));
    expect(model.weights[0].data[0]).toBeCloseTo(before - 0.01, 6);
  },
  'training/train-step.ts'() {
    const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
    const batches = [{ x: ones([1, 2]), y: ones([1, 1]) }];
    const step = trainStep(model, new Adam());
    for (const { x, y } of batches) {
      const { loss } = step((context) => meanSquaredError(model.call(x, context), y));
      console.log(loss);
    }
  },
};

const sources = new URL('../src/', import.meta.url);
const isSource = (file: string) => file.endsWith('.ts') && !file.endsWith('.test.ts');
const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
/** The examples of a file's docstrings, without the stars before their lines. */
function examplesOf(file: string): string[] {
  const text = readFileSync(new URL(file, sources), 'utf8');
  return [...text.matchAll(/^( *)\* @example\n([\s\S]*?)\n *\*\//gm)].map(([, indent, code]) =>
    code
      .split('\n')
      .map((line) => line.slice(indent.length + 2))
      .join('\n'),
  );
}
const withExamples = files.filter(isSource).filter((file) => examplesOf(file).length > 0);

describe('examples in docstrings', () => {
  const lines = (text: string) => text.split('\n').map((line) => line.trim());
  const here = lines(readFileSync(new URL(import.meta.url), 'utf8')).join('\n');

  it('all stand here', () => {
    expect(Object.keys(examples).sort()).toEqual(withExamples.sort());
    for (const file of withExamples) {
      for (const code of examplesOf(file)) expect(here, file).toContain(lines(code).join('\n'));
    }
  });

  it.each(Object.entries(examples))('%s runs', (_file, run) => {
    run();
  });
});

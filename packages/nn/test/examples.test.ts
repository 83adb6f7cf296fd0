import { readdirSync, readFileSync } from 'node:fs';
import { abs, greater, less, mean, mul, ones, type Shape, square, sub, type Tensor, tensor, where } from '@weft/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  Add,
  accuracy,
  BaseLayer,
  biasesAndScales,
  binaryCrossentropy,
  binaryCrossentropyWith,
  binaryFocalCrossentropyWith,
  binaryIoUWith,
  CallContext,
  Concatenate,
  Conv1D,
  Conv2D,
  Conv2DTranspose,
  CosineDecay,
  CosineDecayRestarts,
  confusionMatrix,
  Dense,
  DepthwiseConv2D,
  Embedding,
  ExponentialDecay,
  Flatten,
  GlobalAveragePooling1D,
  GroupNormalization,
  huberWith,
  InverseTimeDecay,
  input,
  type LayerOptions,
  LinearWarmup,
  Lion,
  type Loss,
  l1,
  l1l2,
  l2,
  Model,
  maxNorm,
  meanAbsoluteError,
  meanSquaredError,
  measure,
  metricOf,
  modelFromConfig,
  msSsimLossWith,
  Normalization,
  OneCycle,
  type Optimizer,
  Permute,
  PiecewiseConstantDecay,
  PolynomialDecay,
  PReLU,
  precisionWith,
  psnrWith,
  RandomContrast,
  RandomFlip,
  RandomRotation,
  RandomTranslation,
  RandomZoom,
  ReLU,
  Rescaling,
  Resizing,
  RMSprop,
  type Schedule,
  SeparableConv2D,
  Sequential,
  SGD,
  sparseCategoricalCrossentropyWith,
  sparseTopKCategoricalAccuracyWith,
  ssimLossWith,
  trainStep,
  tverskyWith,
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
  'layers/relu.ts'() {
    const relu6 = new ReLU({ maxValue: 6 });
    expect([...relu6.call(tensor([-1, 7])).toArray()]).toEqual([0, 6]);
  },
  'layers/prelu.ts'() {
    const layer = new PReLU({ sharedAxes: [1, 2] }); // a slope for each channel of an image
    expect(layer.weightSpecifications([4, 4, 3])[0].shape).toEqual([1, 1, 3]);
  },
  'layers/group-normalization.ts'() {
    const layer = new GroupNormalization({ groups: 8 }); // with groups: -1, instance normalisation
    expect(layer.weightSpecifications([16]).map(({ name }) => name)).toEqual(['gamma', 'beta']);
  },
  'layers/permute.ts'() {
    const layer = new Permute({ dims: [3, 1, 2] }); // [height, width, channels] to [channels, height, width]
    expect(layer.outputShape([4, 5, 3])).toEqual([3, 4, 5]);
  },
  'weights/regularizers.ts'() {
    {
      const layer = new Dense({ units: 8, kernelRegularizer: l1(0.001) });
      expect(layer.config().kernelRegularizer).toEqual({ l1: 0.001 });
    }
    {
      const layer = new Dense({ units: 8, kernelRegularizer: l2(0.001) });
      expect(layer.config().kernelRegularizer).toEqual({ l2: 0.001 });
    }
    const layer = new Dense({ units: 8, kernelRegularizer: l1l2({ l1: 0.001, l2: 0.01 }) });
    expect(layer.config().kernelRegularizer).toEqual({ l1: 0.001, l2: 0.01 });
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
  'constraints/constraints.ts'() {
    const layer = new Dense({ units: 2, kernelConstraint: maxNorm({ maxValue: 3 }) });
    expect(layer.config()).toMatchObject({ kernelConstraint: { name: 'maxNorm', maxValue: 3, axis: 0 } });
  },
  'layers/merge.ts'() {
    const x = input({ shape: [8] });
    const sum = new Add().apply([x, new Dense({ units: 8 }).apply(x)]);
    expect(sum.shape).toEqual([8]);
  },
  'layers/concatenate.ts'() {
    const [picture, label] = [784, 10].map((length) => input({ shape: [length] }));
    const both = new Concatenate().apply([picture, label]); // [784] and [10] give [794]
    expect(both.shape).toEqual([794]);
  },
  'layers/embedding.ts'() {
    const layers = [new Embedding({ inputDim: 1000, outputDim: 16 }), new Flatten(), new Dense({ units: 1 })];
    const model = new Sequential(layers, { inputShape: [20], inputDtype: 'int32' });
    expect(model.call(tensor(new Int32Array(40), [2, 20])).shape).toEqual([2, 1]);
  },
  'layers/normalization.ts'() {
    const layer = new Normalization();
    layer.adapt(tensor([0, 10, 2, 30], [2, 2])); // means 1 and 20, deviations 1 and 10
    const model = new Sequential([layer, new Dense({ units: 1 })], { inputShape: [2] });
    expect(layer.weights.map(({ data }) => [...data])).toEqual([
      [1, 20],
      [1, 100],
    ]);
    expect(model.call(tensor([[1, 20]])).toArray()).toEqual(model.weights[3].data);
  },
  'layers/conv1d.ts'() {
    const layers = [new Conv1D({ filters: 8, kernelSize: 3, padding: 'causal' }), new GlobalAveragePooling1D()];
    const model = new Sequential(layers, { inputShape: [20, 4] });
    expect(model.call(ones([2, 20, 4])).shape).toEqual([2, 8]);
  },
  'layers/conv2d-transpose.ts'() {
    const layers = [new Conv2DTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' })];
    const model = new Sequential(layers, { inputShape: [8, 8, 16] });
    console.log(model.outputShape); // [ 16, 16, 3 ]
    expect(model.outputShape).toEqual([16, 16, 3]);
  },
  'layers/depthwise-conv2d.ts'() {
    const layers = [new DepthwiseConv2D({ kernelSize: 3, padding: 'same' }), new Conv2D({ filters: 8, kernelSize: 1 })];
    const model = new Sequential(layers, { inputShape: [16, 16, 4] });
    expect(model.call(ones([2, 16, 16, 4])).shape).toEqual([2, 16, 16, 8]);
  },
  'layers/separable-conv2d.ts'() {
    const layers = [new SeparableConv2D({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' })];
    const model = new Sequential(layers, { inputShape: [16, 16, 4] });
    expect(model.call(ones([2, 16, 16, 4])).shape).toEqual([2, 16, 16, 8]);
  },
  'layers/resizing.ts'() {
    const model = new Sequential([new Resizing({ height: 14, width: 14 })], { inputShape: [28, 28, 1] });
    expect(model.call(ones([1, 28, 28, 1])).toArray()).toEqual(new Float32Array(196).fill(1));
  },
  'layers/rescaling.ts'() {
    const layer = new Rescaling({ scale: 1 / 127.5, offset: -1 }); // 0 to 255 become -1 to 1
    expect([...layer.call(tensor([0, 255])).toArray()]).toEqual([-1, 1]);
  },
  'layers/random-flip.ts'() {
    const layer = new RandomFlip({ mode: 'horizontal' });
    expect(layer.outputShape([4, 4, 1])).toEqual([4, 4, 1]);
  },
  'layers/random-translation.ts'() {
    const layer = new RandomTranslation({ heightFactor: 0.1, widthFactor: 0.1, fillMode: 'constant' });
    expect(layer.heightFactor).toEqual([-0.1, 0.1]);
  },
  'layers/random-rotation.ts'() {
    const layer = new RandomRotation({ factor: 0.05 }); // up to 18 degrees either way
    expect(layer.factor).toEqual([-0.05, 0.05]);
  },
  'layers/random-zoom.ts'() {
    const layer = new RandomZoom({ heightFactor: [-0.2, 0] }); // enlarges, up to 1 / 0.8
    expect(layer.config()).toEqual({
      heightFactor: [-0.2, 0],
      fillMode: 'reflect',
      interpolation: 'bilinear',
      fillValue: 0,
    });
  },
  'layers/random-contrast.ts'() {
    const layer = new RandomContrast({ factor: 0.2, valueRange: [0, 1] });
    expect(layer.factor).toEqual([0.2, 0.2]);
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
  'losses/focal.ts'() {
    const loss = binaryFocalCrossentropyWith({ gamma: 3, applyClassBalancing: true });
    expect(loss(tensor([[0.5]]), tensor([[1]])).item()).toBeCloseTo((0.25 * Math.LN2) / 8, 6);
  },
  'losses/robust.ts'() {
    const loss = huberWith({ delta: 0.1 });
    expect(loss(tensor([[1]]), tensor([[0]])).item()).toBeCloseTo(0.095, 6);
  },
  'losses/overlap.ts'() {
    const loss = tverskyWith({ alpha: 0.7, beta: 0.3 });
    expect(loss(tensor([[1, 0]]), tensor([[1, 1]])).item()).toBeCloseTo(0.7 / 1.7, 6);
  },
  'losses/ms-ssim.ts'() {
    const loss = msSsimLossWith({ dataRange: 255 });
    expect(loss(ones([1, 30, 30, 1]), ones([1, 30, 30, 1])).item()).toBe(0);
  },
  'losses/ssim.ts'() {
    const loss = ssimLossWith({ dataRange: 255 });
    expect(loss(ones([1, 11, 11, 1]), ones([1, 11, 11, 1])).item()).toBe(0);
  },
  'metrics/metric.ts'() {
    const metrics = [accuracy, metricOf(meanAbsoluteError), metricOf(binaryCrossentropy, 'nats')];
    expect(metrics.map(({ name }) => name)).toEqual(['accuracy', 'meanAbsoluteError', 'nats']);
  },
  'metrics/measure.ts'() {
    const measured = measure(accuracy, tensor([0.9, 0.2]), tensor([1, 1])); // 0.5
    expect(measured).toBe(0.5);
  },
  'metrics/accuracy.ts'() {
    const top3 = metricOf(sparseTopKCategoricalAccuracyWith({ k: 3 }), 'top3');
    expect(measure(top3, tensor([[4, 3, 2, 1]]), tensor([2]))).toBe(1);
  },
  'metrics/precision-recall.ts'() {
    const ofClasses = precisionWith({ threshold: null, average: 'macro' });
    expect(measure(ofClasses, tensor([[2, 1]]), tensor([0]))).toBe(0.5);
  },
  'metrics/intersection.ts'() {
    const ofObjects = binaryIoUWith({ targetClassIds: [1] });
    expect(measure(ofObjects, tensor([0.9, 0.8, 0.1]), tensor([1, 0, 0]))).toBe(0.5);
  },
  'metrics/errors.ts'() {
    const ofBytes = psnrWith({ dataRange: 255 });
    expect(measure(ofBytes, tensor([255]), tensor([0]))).toBeCloseTo(0, 6);
  },
  'metrics/confusion-matrix.ts'() {
    const matrix = confusionMatrix([0, 1, 1, 1], [0, 0, 1, 1]); // [[1, 1], [0, 2]]
    expect(matrix).toEqual([
      [1, 1],
      [0, 2],
    ]);
  },
  'optimizers/optimizer.ts'() {
    const signDescent: Optimizer = {
      name: 'SignDescent',
      learningRate: 0.01,
      slots: [],
      scalars: (_step, learningRate = 0.01) => [learningRate],
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
  'optimizers/adagrad.ts'() {
    const optimizer = new Adagrad({ learningRate: 0.1 });
    console.log(optimizer.slots); // [ 'accumulator' ]
    expect(optimizer.slots).toEqual(['accumulator']);
  },
  'optimizers/adam.ts'() {
    const optimizer = new AdamW({ weightDecay: 0.01, excludeFromWeightDecay: biasesAndScales });
    console.log(optimizer.slots); // [ 'momentum', 'velocity' ]
    expect(optimizer.slots).toEqual(['momentum', 'velocity']);
  },
  'optimizers/adamax.ts'() {
    const optimizer = new Adamax({ learningRate: 0.002 });
    console.log(optimizer.slots); // [ 'momentum', 'norm' ]
    expect(optimizer.slots).toEqual(['momentum', 'norm']);
  },
  'optimizers/lion.ts'() {
    const optimizer = new Lion({ learningRate: 1e-4, weightDecay: 0.1 });
    console.log(optimizer.slots); // [ 'momentum' ]
    expect(optimizer.slots).toEqual(['momentum']);
  },
  'optimizers/rmsprop.ts'() {
    const optimizer = new RMSprop({ learningRate: 0.01, momentum: 0.9, centered: true });
    console.log(optimizer.slots); // [ 'velocity', 'momentum', 'average_gradient' ]
    expect(optimizer.slots).toEqual(['velocity', 'momentum', 'average_gradient']);
  },
  'schedules/schedule.ts'() {
    const inverseRoot: Schedule = {
      name: 'InverseRoot',
      at: (step) => 0.01 / Math.sqrt(step + 1),
      config: () => ({}),
    };
    const optimizer = new SGD({ learningRate: inverseRoot });
    expect(optimizer.scalars(4)).toEqual([0.005]);
  },
  'schedules/decays.ts'() {
    const log = vi.spyOn(console, 'log');
    {
      const schedule = new ExponentialDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5 });
      console.log(schedule.at(0), schedule.at(200)); // 0.1 0.025
    }
    {
      const schedule = new InverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.5 });
      console.log(schedule.at(2)); // 0.05
    }
    {
      const schedule = new PolynomialDecay({ initialLearningRate: 0.1, decaySteps: 100, endLearningRate: 0 });
      console.log(schedule.at(50), schedule.at(1000)); // 0.05 0
    }
    {
      const schedule = new PiecewiseConstantDecay({ boundaries: [100, 200], values: [0.1, 0.01, 0.001] });
      console.log(schedule.at(100), schedule.at(101)); // 0.1 0.01
    }
    expect(log.mock.calls).toEqual([[0.1, 0.025], [0.05], [0.05, 0], [0.1, 0.01]]);
  },
  'schedules/cosine.ts'() {
    const log = vi.spyOn(console, 'log');
    {
      const schedule = new CosineDecay({ initialLearningRate: 0, warmupTarget: 0.1, warmupSteps: 10, decaySteps: 90 });
      console.log(schedule.at(5), schedule.at(10), schedule.at(100)); // 0.05 0.1 0
    }
    {
      const schedule = new CosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 10 });
      console.log(schedule.at(0), schedule.at(10), schedule.at(30)); // 0.1 0.1 0.1
    }
    expect(log.mock.calls).toEqual([
      [0.05, 0.1, 0],
      [0.1, 0.1, 0.1],
    ]);
  },
  'schedules/warmup.ts'() {
    const log = vi.spyOn(console, 'log');
    {
      const decay = new ExponentialDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5 });
      const schedule = new LinearWarmup({ learningRate: decay, warmupSteps: 10 });
      console.log(schedule.at(5), schedule.at(10), schedule.at(110)); // 0.05 0.1 0.05
    }
    {
      const schedule = new OneCycle({ maxLearningRate: 0.1, totalSteps: 101, annealStrategy: 'linear', pctStart: 0.5 });
      console.log(schedule.at(0), schedule.at(1000)); // 0.004 4e-7
    }
    expect(log.mock.calls).toEqual([
      [0.05, 0.1, 0.05],
      [0.004, expect.closeTo(4e-7, 18)],
    ]);
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

afterEach(() => void vi.restoreAllMocks());

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

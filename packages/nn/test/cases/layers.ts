import { type Shape, type Tensor, table, tensor } from '@weft/core';
import { sizeOf } from '@weft/core/program';
import * as nn from '../../src/index.js';

/** A layer as tests build it, and what it takes. */
export interface LayerCase {
  readonly build: () => nn.Layer;
  /** Of one example, without the batch; several for layers that take several tensors. */
  readonly shapes: readonly Shape[];
  /** Where examples are tokens: how many there are. */
  readonly tokens?: number;
}

const image = [[4, 3, 4]];
const row = [[5]];
const two = [
  [3, 4],
  [3, 4],
];
const broadcasting = [...two, [1, 4]];

const activations = [
  'elu',
  'exponential',
  'gelu',
  'hardSigmoid',
  'leakyRelu',
  'linear',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'silu',
  'softmax',
  'softplus',
  'softsign',
  'tanh',
] as const satisfies readonly nn.ActivationName[];

/**
 * At least one case for every layer. Tests of configs, summaries, files, shapes and of the bits of training go through
 * them; those of the names in `fixtures/keras-more-layers.json` are compared with Keras.
 */
export const layerCases: Readonly<Record<string, LayerCase>> = {
  ...Object.fromEntries(
    activations.map((activation) => [
      `Activation ${activation}`,
      { build: () => new nn.Activation({ activation }), shapes: row },
    ]),
  ),
  ReLU: { build: () => new nn.ReLU(), shapes: row },
  'ReLU with all options': {
    build: () => new nn.ReLU({ maxValue: 1.1, negativeSlope: 0.2, threshold: 0.3 }),
    shapes: row,
  },
  LeakyReLU: { build: () => new nn.LeakyReLU(), shapes: row },
  PReLU: { build: () => new nn.PReLU(), shapes: row },
  'PReLU with shared axes': { build: () => new nn.PReLU({ sharedAxes: [1, 2] }), shapes: image },
  ELU: { build: () => new nn.ELU({ alpha: 0.7 }), shapes: row },
  GELU: { build: () => new nn.GELU(), shapes: row },
  'GELU approximate': { build: () => new nn.GELU({ approximate: true }), shapes: row },
  SiLU: { build: () => new nn.SiLU(), shapes: row },
  Softplus: { build: () => new nn.Softplus(), shapes: row },
  Softmax: { build: () => new nn.Softmax(), shapes: row },
  'Softmax of another axis': { build: () => new nn.Softmax({ axis: 2 }), shapes: image },
  LayerNormalization: { build: () => new nn.LayerNormalization(), shapes: image },
  'LayerNormalization over axes': {
    build: () => new nn.LayerNormalization({ axis: [-1, 1], center: false }),
    shapes: image,
  },
  GroupNormalization: { build: () => new nn.GroupNormalization({ groups: 2 }), shapes: image },
  'GroupNormalization of channels': {
    build: () => new nn.GroupNormalization({ groups: -1, scale: false }),
    shapes: image,
  },
  'GroupNormalization of another axis': {
    build: () => new nn.GroupNormalization({ groups: 2, axis: 1, epsilon: 0.1 }),
    shapes: image,
  },
  BatchNormalization: { build: () => new nn.BatchNormalization({ momentum: 0.9 }), shapes: image },
  'BatchNormalization of another axis': {
    build: () => new nn.BatchNormalization({ axis: 1, scale: false }),
    shapes: image,
  },
  Add: { build: () => new nn.Add(), shapes: broadcasting },
  Subtract: { build: () => new nn.Subtract(), shapes: two },
  Multiply: { build: () => new nn.Multiply(), shapes: broadcasting },
  Average: { build: () => new nn.Average(), shapes: broadcasting },
  Maximum: { build: () => new nn.Maximum(), shapes: two },
  Minimum: { build: () => new nn.Minimum(), shapes: two },
  Concatenate: {
    build: () => new nn.Concatenate({ axis: 2 }),
    shapes: [
      [3, 4],
      [3, 1],
    ],
  },
  GlobalAveragePooling2D: { build: () => new nn.GlobalAveragePooling2D(), shapes: image },
  'GlobalAveragePooling2D that keeps axes': {
    build: () => new nn.GlobalAveragePooling2D({ keepdims: true }),
    shapes: image,
  },
  GlobalMaxPooling2D: { build: () => new nn.GlobalMaxPooling2D(), shapes: image },
  'GlobalMaxPooling2D that keeps axes': { build: () => new nn.GlobalMaxPooling2D({ keepdims: true }), shapes: image },
  MaxPooling2D: { build: () => new nn.MaxPooling2D({ poolSize: 2, strides: 1, padding: 'same' }), shapes: image },
  AveragePooling2D: { build: () => new nn.AveragePooling2D({ poolSize: 2, padding: 'same' }), shapes: image },
  UpSampling2D: { build: () => new nn.UpSampling2D({ size: [2, 3] }), shapes: image },
  ZeroPadding2D: {
    build: () =>
      new nn.ZeroPadding2D({
        padding: [
          [1, 0],
          [2, 3],
        ],
      }),
    shapes: image,
  },
  Cropping2D: {
    build: () =>
      new nn.Cropping2D({
        cropping: [
          [1, 0],
          [0, 1],
        ],
      }),
    shapes: image,
  },
  Permute: { build: () => new nn.Permute({ dims: [3, 1, 2] }), shapes: image },
  RepeatVector: { build: () => new nn.RepeatVector({ n: 3 }), shapes: row },
  Flatten: { build: () => new nn.Flatten(), shapes: image },
  Reshape: { build: () => new nn.Reshape({ targetShape: [6, -1] }), shapes: image },
  Operations: {
    build: () =>
      new nn.Operations({
        inputs: ['float32'],
        weights: [
          { name: 'kernel', shape: [4, 3] },
          { name: 'factor', shape: [3], trainable: false },
        ],
        steps: [
          { name: 'reshape', inputs: [0], attributes: { shape: [{ batch: 12 }, 4] } },
          { name: 'matmul', inputs: [3, 1], attributes: { transposeA: false, transposeB: false } },
          { name: 'broadcast', inputs: [2], attributes: { shape: [{ batch: 12 }, 3] } },
          { name: 'mul', inputs: [4, 5], attributes: {} },
          { name: 'reshape', inputs: [6], attributes: { shape: [{ batch: 1 }, 4, 3, 3] } },
        ],
        output: 7,
      }),
    shapes: image,
  },
  Dense: { build: () => new nn.Dense({ units: 3, activation: 'tanh' }), shapes: row },
  'Dense with penalties': {
    build: () =>
      new nn.Dense({
        units: 3,
        kernelRegularizer: nn.l1(0.02),
        biasRegularizer: nn.l2(0.03),
        activityRegularizer: nn.l1l2({ l1: 0.01, l2: 0.02 }),
        kernelInitializer: { name: 'varianceScaling', mode: 'fanOut' },
        kernelConstraint: nn.maxNorm(),
      }),
    shapes: row,
  },
  Conv2D: {
    build: () => new nn.Conv2D({ filters: 2, kernelSize: 3, strides: [2, 1], padding: 'same', activation: 'softplus' }),
    shapes: image,
  },
  'Conv2D in groups': { build: () => new nn.Conv2D({ filters: 6, kernelSize: 2, groups: 2 }), shapes: image },
  'Conv2D in as many groups as channels': {
    build: () => new nn.Conv2D({ filters: 8, kernelSize: 2, groups: 4, useBias: false }),
    shapes: image,
  },
  Conv2DTranspose: {
    build: () => new nn.Conv2DTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }),
    shapes: image,
  },
  'Conv2DTranspose with all options': {
    build: () =>
      new nn.Conv2DTranspose({
        filters: 2,
        kernelSize: [2, 3],
        strides: [3, 2],
        outputPadding: [1, 0],
        dilationRate: [2, 1],
        activation: 'relu',
        kernelRegularizer: nn.l2(0.01),
      }),
    shapes: image,
  },
  DepthwiseConv2D: {
    build: () => new nn.DepthwiseConv2D({ kernelSize: 3, padding: 'same', activation: 'relu' }),
    shapes: image,
  },
  'DepthwiseConv2D with all options': {
    build: () =>
      new nn.DepthwiseConv2D({
        kernelSize: [3, 2],
        strides: [2, 1],
        padding: 'same',
        dilationRate: [1, 2],
        depthMultiplier: 2,
        depthwiseInitializer: 'heNormal',
        depthwiseRegularizer: nn.l2(0.01),
        depthwiseConstraint: nn.maxNorm(),
      }),
    shapes: image,
  },
  SeparableConv2D: {
    build: () =>
      new nn.SeparableConv2D({ filters: 3, kernelSize: 2, depthMultiplier: 2, pointwiseRegularizer: nn.l1(0.01) }),
    shapes: image,
  },
  Conv1D: { build: () => new nn.Conv1D({ filters: 3, kernelSize: 2, padding: 'causal' }), shapes: [[6, 4]] },
  'Conv1D in groups': {
    build: () => new nn.Conv1D({ filters: 4, kernelSize: 2, strides: 2, groups: 2 }),
    shapes: [[6, 4]],
  },
  MaxPooling1D: { build: () => new nn.MaxPooling1D({ poolSize: 3, strides: 2, padding: 'same' }), shapes: [[6, 4]] },
  AveragePooling1D: { build: () => new nn.AveragePooling1D(), shapes: [[6, 4]] },
  GlobalAveragePooling1D: { build: () => new nn.GlobalAveragePooling1D(), shapes: [[6, 4]] },
  GlobalMaxPooling1D: { build: () => new nn.GlobalMaxPooling1D({ keepdims: true }), shapes: [[6, 4]] },
  Embedding: { build: () => new nn.Embedding({ inputDim: 7, outputDim: 3 }), shapes: row, tokens: 7 },
  Rescaling: { build: () => new nn.Rescaling({ scale: 0.5, offset: 1 }), shapes: row },
  Normalization: { build: () => new nn.Normalization({ mean: 0.5, variance: 2 }), shapes: row },
  Resizing: { build: () => new nn.Resizing({ height: 3, width: 5 }), shapes: image },
  Dropout: { build: () => new nn.Dropout({ rate: 0.3 }), shapes: row },
  SpatialDropout2D: { build: () => new nn.SpatialDropout2D({ rate: 0.3 }), shapes: image },
  AlphaDropout: { build: () => new nn.AlphaDropout({ rate: 0.3 }), shapes: row },
  GaussianDropout: { build: () => new nn.GaussianDropout({ rate: 0.3 }), shapes: row },
  GaussianNoise: { build: () => new nn.GaussianNoise({ stddev: 0.3 }), shapes: row },
  RandomFlip: { build: () => new nn.RandomFlip(), shapes: image },
  RandomRotation: { build: () => new nn.RandomRotation({ factor: 0.2 }), shapes: image },
  RandomTranslation: {
    build: () => new nn.RandomTranslation({ heightFactor: 0.3, widthFactor: 0.3 }),
    shapes: image,
  },
  RandomZoom: { build: () => new nn.RandomZoom({ heightFactor: 0.3 }), shapes: image },
  RandomContrast: { build: () => new nn.RandomContrast({ factor: 0.3, valueRange: [-2, 2] }), shapes: image },
};

/** Exported classes of layers of which no case is one. */
export function layersWithoutCase(): readonly string[] {
  const built = Object.values(layerCases).map(({ build }) => build());
  const classes = Object.entries(nn).filter(
    ([name, value]) => typeof value === 'function' && name !== 'BaseLayer' && value.prototype instanceof nn.BaseLayer,
  );
  return classes.filter(([, value]) => !built.some((layer) => layer.constructor === value)).map(([name]) => name);
}

/** Numbers from -1.5 to 1.5 without ties, as `keras-more-layers.py` makes them. */
export function values(shape: Shape, start: number): Float64Array {
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => ((37 * (i + start)) % 101) / 33.7 - 1.5);
}

/** Sets weights as `keras-more-layers.py` does. */
export function setWeights(weights: readonly nn.ModelWeight[]): void {
  for (const [which, { path, weight }] of weights.entries()) {
    const numbers = values(weight.shape, 7 + 3 * which);
    weight.assign(path.endsWith('Variance') ? numbers.map((value) => Math.abs(value) + 0.5) : numbers);
  }
}

/** A batch for a case: a tensor for each of its inputs. */
export function batchOf({ shapes, tokens }: LayerCase, examples: number): readonly Tensor[] {
  return shapes.map((shape, which) => {
    const numbers = values([examples, ...shape], 50 * which);
    const data = tokens === undefined ? numbers : numbers.map((value) => Math.floor((value + 1.5) * 33) % tokens);
    const full = [examples, ...shape];
    return tokens === undefined ? tensor(Float32Array.from(data), full) : table(Int32Array.from(data), full);
  });
}

/** A model of the layer of a case, between layers with weights where `isTrained`, so that it has some to train. */
export function modelOf({ build, shapes, tokens }: LayerCase, isTrained = false): nn.Model {
  const inputs = Object.fromEntries(
    shapes.map((shape, which) => [
      `x${which}`,
      nn.input({ shape, ...(tokens !== undefined && { dtype: 'int32' as const }) }),
    ]),
  );
  const symbols = Object.values(inputs);
  const weighted = symbols.map((symbol) =>
    isTrained && tokens === undefined ? new nn.PReLU({ alphaInitializer: 'ones' }).apply(symbol) : symbol,
  );
  const layer = build() as nn.BaseLayer<Tensor | readonly Tensor[]>;
  const y = layer.apply(shapes.length > 1 ? weighted : (weighted[0] as never));
  const outputs = isTrained ? new nn.Dense({ units: 2 }).apply(new nn.Flatten().apply(y)) : y;
  return new nn.Model({ inputs, outputs, seed: 3 });
}

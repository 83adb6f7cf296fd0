import { avgPool2d, conv2d, matmul, maxPool2d, mul, relu, sigmoid, tanh, tensor, upsample2d } from '@weft/core';
import { sizeOf } from '@weft/core/program';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Activation,
  AveragePooling2D,
  type BaseLayer,
  BatchNormalization,
  CallContext,
  Concatenate,
  Conv1D,
  Conv2D,
  Conv2DTranspose,
  Dense,
  Flatten,
  type Layer,
  LayerNormalization,
  MaxPooling2D,
  Normalization,
  RandomContrast,
  RandomFlip,
  RandomRotation,
  RandomTranslation,
  RandomZoom,
  Rescaling,
  Reshape,
  Resizing,
  Sequential,
  UpSampling2D,
} from '../index.js';

const inference = new CallContext({ training: false });
const pair = fc.oneof(
  fc.integer({ min: 1, max: 3 }),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
);
const padding = fc.constantFrom('valid' as const, 'same' as const);
const activation = fc.constantFrom('linear' as const, 'relu' as const, 'sigmoid' as const, 'tanh' as const);
const initializer = fc.constantFrom('glorotUniform' as const, 'heNormal' as const, 'zeros' as const);

const interpolation = fc.constantFrom('bilinear' as const, 'nearest' as const);
const fillMode = fc.constantFrom('constant' as const, 'nearest' as const, 'reflect' as const, 'wrap' as const);
const length = fc.integer({ min: 1, max: 9 });
const factor = fc.constantFrom(0, 0.25, -0.5, [-0.25, 0.5] as const);

const imageLayer: fc.Arbitrary<BaseLayer> = fc.oneof(
  fc
    .record({
      filters: fc.integer({ min: 1, max: 3 }),
      kernelSize: pair,
      strides: pair,
      padding,
      dilationRate: pair,
      activation,
      useBias: fc.boolean(),
      kernelInitializer: initializer,
      biasInitializer: initializer,
    })
    .map((options) => new Conv2D(options)),
  fc.record({ poolSize: pair, strides: pair, padding }).map((options) => new MaxPooling2D(options)),
  fc.record({ poolSize: pair, strides: pair, padding }).map((options) => new AveragePooling2D(options)),
  fc.record({ size: pair, interpolation }).map((options) => new UpSampling2D(options)),
  fc.record({ height: length, width: length, interpolation }).map((options) => new Resizing(options)),
  fc.record({ scale: fc.constant(2), offset: fc.constant(-1) }).map((options) => new Rescaling(options)),
  fc.record({ axis: fc.constantFrom(-1, null, [1, 3]), invert: fc.boolean() }).map((o) => new Normalization(o)),
  fc.record({ mode: fc.constantFrom('horizontal' as const, 'vertical' as const) }).map((o) => new RandomFlip(o)),
  fc
    .record({ heightFactor: factor, widthFactor: factor, fillMode, interpolation })
    .map((options) => new RandomTranslation(options)),
  fc.record({ factor, fillMode }).map((options) => new RandomRotation(options)),
  fc.record({ heightFactor: factor, fillMode }).map((options) => new RandomZoom(options)),
  factor.map((range) => new RandomContrast({ factor: Math.abs(typeof range === 'number' ? range : range[1]) })),
  fc.record({ units: fc.integer({ min: 1, max: 4 }), activation, useBias: fc.boolean() }).map((o) => new Dense(o)),
  activation.map((name) => new Activation({ activation: name })),
  fc.constant(new Flatten()),
  fc.constant(new Reshape({ targetShape: [-1, 2] })),
);
/** Large enough for any window above: 3 pixels, 3 apart. */
const imageShape = fc.tuple(fc.integer({ min: 7, max: 9 }), fc.integer({ min: 7, max: 9 }), fc.constantFrom(2, 4));

describe('every layer', () => {
  test('computes outputs of the shape that it announces, from weights of the shapes that it asks for', () => {
    fc.assert(
      fc.property(imageLayer, imageShape, fc.integer({ min: 1, max: 3 }), (layer, inputShape, batch) => {
        const x = tensor(new Float32Array(batch * sizeOf(inputShape)).fill(1), [batch, ...inputShape]);
        const weights = layer
          .weightSpecifications(inputShape)
          .map(({ shape }) => tensor(new Float32Array(sizeOf(shape)), shape));
        expect(layer.call(x, weights, inference).shape).toEqual([batch, ...layer.outputShape(inputShape)]);
      }),
    );
  });

  test('is built again from its config through JSON', () => {
    fc.assert(
      fc.property(imageLayer, (layer) => {
        const LayerClass = layer.constructor as new (config: unknown) => Layer;
        const again = new LayerClass(JSON.parse(JSON.stringify(layer.config())));
        expect(again).toEqual(layer);
      }),
    );
  });

  test('keeps whether it is trainable, and says nothing of it otherwise', () => {
    fc.assert(
      fc.property(imageLayer, (layer) => {
        expect(layer.config()).not.toHaveProperty('trainable');
        layer.trainable = false;
        const LayerClass = layer.constructor as new (config: unknown) => Layer;
        expect(new LayerClass(layer.config()).trainable).toBe(false);
        layer.trainable = true;
      }),
    );
  });
});

/** Values from −1 to 1 that differ from one another. */
const ramp = (shape: readonly number[]) =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7) % 23) / 11 - 1),
    shape,
  );

describe('layers compute what the operations do', () => {
  const x = ramp([2, 6, 5, 3]);
  const context = inference;

  test('Conv2D: convolution, bias, activation', () => {
    const layer = new Conv2D({
      filters: 4,
      kernelSize: [3, 2],
      strides: [2, 1],
      padding: 'same',
      dilationRate: [1, 2],
      activation: 'tanh',
    });
    const kernel = ramp([3, 2, 3, 4]);
    const bias = ramp([4]);
    const expected = conv2d(x, kernel, { strides: [2, 1], padding: 'same', dilation: [1, 2] })
      .toArray()
      .map((value, i) => value + bias.toArray()[i % 4]);
    expect(layer.call(x, [kernel, bias]).toArray()).toEqual(tanh(tensor(expected, [2, 3, 5, 4])).toArray());
  });

  test('Dense: matrix product over the last axis, bias, activation', () => {
    const layer = new Dense({ units: 2, activation: 'sigmoid' });
    const [kernel, bias] = [ramp([3, 2]), ramp([2])];
    const expected = matmul(x, kernel)
      .toArray()
      .map((value, i) => value + bias.toArray()[i % 2]);
    expect(layer.call(x, [kernel, bias]).toArray()).toEqual(sigmoid(tensor(expected)).toArray());
  });

  test('without a bias there is none', () => {
    const kernel = ramp([1, 1, 3, 2]);
    const layer = new Conv2D({ filters: 2, kernelSize: 1, useBias: false });
    expect(layer.weightSpecifications([6, 5, 3]).map(({ name }) => name)).toEqual(['kernel']);
    expect(layer.call(x, [kernel]).toArray()).toEqual(conv2d(x, kernel).toArray());
  });

  test('pooling, upsampling, activation, reshaping', () => {
    const pool = { poolSize: [2, 3], strides: [1, 2], padding: 'same' } as const;
    const options = { strides: [1, 2], padding: 'same' } as const;
    const pairs = [
      [new MaxPooling2D(pool), maxPool2d(x, [2, 3], options)],
      [new AveragePooling2D(pool), avgPool2d(x, [2, 3], options)],
      [new UpSampling2D({ size: [1, 3] }), upsample2d(x, [1, 3])],
      [new Activation({ activation: 'relu' }), relu(x)],
      [new Flatten(), x],
      [new Reshape({ targetShape: [15, -1] }), x],
    ] as const;
    for (const [layer, expected] of pairs) {
      expect((layer as BaseLayer).call(x, [], context).toArray()).toEqual(mul(expected, 1).toArray());
    }
  });

  test('windows of pooling stand side by side unless strides are given', () => {
    expect(new MaxPooling2D({ poolSize: [2, 3] }).outputShape([6, 6, 1])).toEqual([3, 2, 1]);
    expect(new MaxPooling2D({ poolSize: 3, strides: 1 }).outputShape([6, 6, 1])).toEqual([4, 4, 1]);
  });
});

describe('an option that is not what it must be is refused with what was got and what was expected', () => {
  const refused: [() => unknown, string][] = [
    [() => new Conv2D({ filters: 0, kernelSize: 3 }), 'Conv2D: filters is 0; expected a whole number from 1.'],
    [
      () => new Conv2D({ filters: 2.5, kernelSize: 3, name: 'enc' }),
      "Conv2D 'enc': filters is 2.5; expected a whole number from 1.",
    ],
    [
      () => new Conv2D({ filters: 4, kernelSize: 1, groups: 3 }).weightSpecifications([5, 5, 6]),
      'Conv2D: groups is 3; it must divide the 6 channels of the input and the 4 filters.',
    ],
    [
      () => new Conv1D({ filters: 4, kernelSize: 1 }).outputShape([5, 5, 6]),
      'Conv1D: expected an input of length, channels; got [5,5,6]. Put a Reshape before it.',
    ],
    [
      () => new Conv2DTranspose({ filters: 1, kernelSize: 3, strides: 2, outputPadding: 2 }).outputShape([5, 5, 6]),
      'Conv2DTranspose: outputPadding is [2,2]; expected whole numbers from 0 to below the strides, 2 and 2.',
    ],
    [
      () => new Conv2DTranspose({ filters: 1, kernelSize: 3, outputPadding: -1 }),
      'Conv2DTranspose: outputPadding is -1; expected a whole number from 0, or two of them for height and width.',
    ],
    [() => new Conv2D({ filters: 1 } as never), 'Conv2D: kernelSize is undefined; expected a whole number from 1'],
    [() => new Conv2D({ filters: 1, kernelSize: [3, 3, 3] as never }), 'Conv2D: kernelSize is [3,3,3]; expected'],
    [
      () => new Conv2D({ filters: 1, kernelSize: 3, padding: 'full' as never }),
      "padding is 'full'; expected 'valid' or 'same'",
    ],
    [() => new Conv2D({ filters: 1, kernelSize: 3, strides: 0 }), 'strides is 0'],
    [() => new Conv2D({ filters: 1, kernelSize: 3, dilationRate: [1, -1] }), 'dilationRate is [1,-1]'],
    [
      () => new Conv2D({ filters: 1, kernelSize: 3, activation: 'swish' as never }),
      "activation is 'swish'; expected 'linear' or",
    ],
    [() => new Conv2D({ filters: 1, kernelSize: 3, useBias: 1 as never }), 'useBias is 1; expected true or false'],
    [() => new Conv2D({ filters: 1, kernelSize: 3, kernelInitializer: 'x' as never }), "kernelInitializer is 'x'"],
    [() => new Conv2D({ filters: 1, kernelSize: 3, biasInitializer: 'x' as never }), "biasInitializer is 'x'"],
    [
      () => new Conv2D({ filters: 1, kernel_size: 3 } as never),
      "Conv2D: there is no option 'kernel_size'. The options are name, trainable, activityRegularizer, filters, kernelSize,",
    ],
    [() => new Conv2D(undefined as never), 'Conv2D: filters is undefined; expected a whole number from 1.'],
    [() => new Conv2D(3 as never), 'Conv2D: the argument is 3; expected an object of options'],
    [() => new Conv2D({ filters: 1, kernelSize: 1, name: 'a/b' }), "Conv2D: name is 'a/b'; expected a string"],
    [
      () => new Dense({ units: 1, inputShape: [3] } as never),
      'Dense: inputShape is an option of the model: new Sequential(layers, { inputShape }), or input({ shape }).',
    ],
    [() => new Dense({ units: 1, trainable: 0 as never }), 'Dense: trainable is 0; expected true or false'],
    [() => new Dense({ units: 1, trainable: null as never }), 'Dense: trainable is null; expected true or false'],
    [
      () => new Dense({ units: 1, activityRegularizer: null as never }),
      'Dense: activityRegularizer is null; expected a regulariser',
    ],
    [
      () => new LayerNormalization({ axis: [1, -3] }).weightSpecifications([4, 4, 3]),
      'LayerNormalization: axis is [1,-3], which names an axis twice. Give each axis once.',
    ],
    [() => new BatchNormalization({ momentum: 1 }), 'BatchNormalization: momentum is 1'],
    [() => new BatchNormalization({ axis: 0 }), 'BatchNormalization: axis is 0; expected a whole number other than 0'],
    [() => new Concatenate({ axis: 0.5 }), 'Concatenate: axis is 0.5'],
    [() => new Dense({ units: Number.NaN }), 'Dense: units is NaN'],
    [() => new MaxPooling2D({ poolSize: 0 }), 'MaxPooling2D: poolSize is 0'],
    [() => new AveragePooling2D({ padding: 'x' as never }), "AveragePooling2D: padding is 'x'"],
    [() => new UpSampling2D({ size: '2' as never }), "UpSampling2D: size is '2'"],
    [() => new UpSampling2D({ interpolation: 'cubic' as never }), "interpolation is 'cubic'; expected 'nearest'"],
    [() => new Reshape({ targetShape: [-1, -1] }), 'Reshape: targetShape is [-1,-1]'],
    [() => new Activation({ activation: 'x' as never }), "Activation: activation is 'x'"],
    [() => new Flatten({ rate: 1 } as never), "Flatten: there is no option 'rate'"],
  ];
  test.each(refused)('%#', (build, message) => {
    expect(build).toThrow(RangeError);
    expect(build).toThrow(message);
  });
});

test('a layer that does not fit its input is named', () => {
  const fit = (layer: Layer, inputShape: number[]) => () => new Sequential([layer], { inputShape });
  expect(fit(new Conv2D({ name: 'c', filters: 1, kernelSize: 5 }), [3, 3, 1])).toThrow(
    "Conv2D 'c': a window of 5x5 does not fit into an image of 3x3",
  );
  expect(fit(new Conv2D({ filters: 1, kernelSize: 5 }), [9])).toThrow(
    "Conv2D 'conv2d': expected an input of height, width, channels; got [9].",
  );
  expect(fit(new Reshape({ targetShape: [5, -1] }), [3, 4])).toThrow(
    "Reshape 'reshape': an input of [3,4] has 12 elements, which do not fill [5,-1].",
  );
  expect(fit(new Dense({ units: 2 }), [])).toThrow("Dense 'dense': each example is a single number");
  expect(fit(new Dense({ units: 2 ** 20 }), [2 ** 20])).toThrow("Dense 'dense': its kernel");
});

test('an operation that does not take what a layer gives it is told with the name of the layer', () => {
  const model = new Sequential([new Flatten(), new Dense({ units: 2 })], { inputShape: [3], inputDtype: 'int32' });
  expect(() => model.call(tensor(Int32Array.of(1, 2, 3), [1, 3]))).toThrow(
    "Dense 'dense': matmul: expected float32, got int32 [1,3].",
  );
});

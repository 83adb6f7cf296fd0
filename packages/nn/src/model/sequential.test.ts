import { mul, ones, placeholder, type Tensor, tensor, zeros } from '@weft/core';
import { describe, expect, test, vi } from 'vitest';
import {
  Activation,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  type Layer,
  MaxPooling2D,
  Sequential,
  sequentialFromConfig,
  UpSampling2D,
} from '../index.js';

const build = (seed = 42) =>
  new Sequential(
    [
      new Conv2D({ filters: 3, kernelSize: 3, activation: 'relu' }),
      new MaxPooling2D(),
      new Conv2D({ name: 'second', filters: 2, kernelSize: 1, useBias: false }),
      new Flatten(),
      new Dense({ units: 4, biasInitializer: 'heNormal' }),
    ],
    { inputShape: [8, 6, 2], seed },
  );
const images = tensor(
  Float32Array.from({ length: 2 * 8 * 6 * 2 }, (_, i) => Math.sin(i)),
  [2, 8, 6, 2],
);

describe('names', () => {
  const names = (layers: Layer[]) => new Sequential(layers, { inputShape: [8, 8, 1] }).layers.map(({ name }) => name);

  test('are made as Keras makes them, passing over those that are taken', () => {
    const conv = (name?: string) => new Conv2D({ filters: 1, kernelSize: 1, ...(name && { name }) });
    expect(
      names([
        conv(),
        conv('conv2d_1'),
        conv(),
        new MaxPooling2D(),
        new UpSampling2D(),
        new Dropout({ rate: 0 }),
        conv(),
      ]),
    ).toEqual(['conv2d', 'conv2d_1', 'conv2d_2', 'max_pooling2d', 'up_sampling2d', 'dropout', 'conv2d_3']);
  });

  test('one layer may stand twice in a model, with weights of its own each time', () => {
    const dense = new Dense({ units: 1 });
    expect(names([dense, dense])).toEqual(['dense', 'dense_1']);
    expect(dense.name).toBe('');
  });

  test('take a number of steps that grows as the number of layers, not as its square', () => {
    const layers = Array.from({ length: 2000 }, () => new Flatten());
    const asked = vi.spyOn(Set.prototype, 'has');
    const named = names(layers);
    const steps = asked.mock.calls.length;
    asked.mockRestore();
    expect(named.at(-1)).toBe('flatten_1999');
    expect(steps).toBeLessThan(10 * layers.length);
  });

  test('two layers of one name are refused', () => {
    const layer = new Activation({ activation: 'relu', name: 'same' });
    expect(() => names([layer, new Flatten(), layer])).toThrow("the layers at positions 0 and 2 are both named 'same'");
  });

  test('a layer of the user needs a name or a way to get one', () => {
    const double = (name: string): Layer => ({
      name,
      type: 'Double',
      outputShape: (shape) => shape,
      weights: () => [],
      call: (x) => mul(x, 2),
      config: () => ({ name }),
    });
    expect(() => names([double('')])).toThrow('the Double at position 0 has no name and no method withName');
    const model = new Sequential([double('twice')], { inputShape: [2] });
    expect([...model.call(ones([1, 2])).toArray()]).toEqual([2, 2]);
    const Double = class {
      constructor(config: { name: string }) {
        Object.assign(this, double(config.name));
      }
    } as unknown as new (
      config: never,
    ) => Layer;
    expect(sequentialFromConfig(model.config(), { Double }).layers[0].name).toBe('twice');
  });
});

describe('parameters', () => {
  test('stand in the order of the layers, kernel before bias, each with the shape that it has in Keras', () => {
    expect(build().parameters.map(({ name, shape, data }) => [name, shape, data.length])).toEqual([
      ['conv2d/kernel', [3, 3, 2, 3], 54],
      ['conv2d/bias', [3], 3],
      ['second/kernel', [1, 1, 3, 2], 6],
      ['dense/kernel', [12, 4], 48],
      ['dense/bias', [4], 4],
    ]);
  });

  test('are the same bits for the same seed and others for another', () => {
    expect(build(7).parameters).toEqual(build(7).parameters);
    expect(build(7).parameters[0].data).not.toEqual(build(8).parameters[0].data);
  });

  test('a change in place shows in the next call', () => {
    const model = build();
    const before = model.call(images).toArray();
    const bias = model.parameters[4].data;
    bias.forEach((value, unit) => {
      bias[unit] = value + 1;
    });
    const after = model.call(images).toArray();
    for (const [i, value] of after.entries()) expect(value).toBeCloseTo(before[i] + 1, 5);
  });

  test('a call that was begun before a change keeps the weights it was given', () => {
    const model = build();
    const expected = model.call(images).toArray();
    const begun = model.call(images);
    model.parameters[0].data.fill(0);
    expect(begun.toArray()).toEqual(expected);
  });
});

describe('call', () => {
  test('takes weights from outside in the order of the parameters', () => {
    const model = build();
    const other = build(1);
    const weights = other.parameters.map(({ data, shape }) => tensor(data, shape));
    expect(model.call(images, { training: false }, weights).toArray()).toEqual(other.call(images).toArray());
  });

  test('builds a program of placeholders for any batch', () => {
    const model = build();
    const weights = model.parameterSpecifications.map(({ name, shape }) =>
      placeholder({ shape, dtype: 'float32' }, name),
    );
    const x = placeholder({ shape: [5, 8, 6, 2], dtype: 'float32' }, 'x');
    expect(model.call(x, { training: true }, weights).shape).toEqual([5, 4]);
  });

  test('refuses examples and weights of other shapes', () => {
    const model = build();
    expect(() => model.call(zeros([8, 6, 2]))).toThrow('sequential: expected examples [batch,8,6,2], got [8,6,2].');
    expect(() => model.call(zeros([]))).toThrow('expected examples [batch,8,6,2]');
    expect(() => model.call(images, { training: false }, [])).toThrow('sequential: expected 5 weights, got 0.');
    const weights: Tensor[] = model.parameterSpecifications.map(({ shape }) => zeros(shape));
    weights[2] = zeros([1, 1, 2, 3]);
    expect(() => model.call(images, { training: false }, weights)).toThrow(
      'sequential: the weight second/kernel must be [1,1,3,2], got [1,1,2,3].',
    );
  });
});

describe('slice', () => {
  test('parts in a row compute what the whole does, wherever it is cut', () => {
    const model = build();
    const whole = model.call(images).toArray();
    for (const cut of [0, 1, 2, 3]) {
      const [first, second] = [model.slice(0, cut), model.slice(cut + 1, -1)];
      expect(second.call(first.call(images)).toArray()).toEqual(whole);
      expect([...first.parameters, ...second.parameters]).toEqual(model.parameters);
    }
  });

  test('shares the parameters, also with a slice of a slice', () => {
    const model = build();
    const part = model.slice('max_pooling2d', 'dense').slice('second', 'flatten');
    expect(part.inputShape).toEqual([3, 2, 3]);
    expect(part.outputShape).toEqual([12]);
    expect(part.parameters).toHaveLength(1);
    expect(part.parameters[0]).toBe(model.parameters[2]);
  });

  test('refuses what is not there', () => {
    expect(() => build().slice('x', -1)).toThrow(
      "sequential: there is no layer 'x'. The layers are conv2d, max_pooling2d,",
    );
    expect(() => build().slice(0, 5)).toThrow('there is no layer 5');
    expect(() => build().slice(2, 1)).toThrow("'max_pooling2d' comes before 'second'");
  });
});

describe('config', () => {
  test('through JSON gives the same model with the same first weights', () => {
    const model = build(3);
    const again = sequentialFromConfig(JSON.parse(JSON.stringify(model.config())));
    expect(again.config()).toEqual(model.config());
    expect(again.parameters).toEqual(model.parameters);
    expect(again.call(images).toArray()).toEqual(model.call(images).toArray());
  });

  test('of a file is not trusted', () => {
    const config = build().config();
    const refused: [unknown, string][] = [
      [undefined, 'expected { name, inputShape, seed, purpose, layers }'],
      [[], 'expected { name, inputShape'],
      [{ ...config, layers: [1] }, 'the layer at position 0 is not { type, config }'],
      [{ ...config, layers: [{ type: 'LSTM', config: {} }] }, "there is no layer 'LSTM'. Known are Activation,"],
      [{ ...config, layers: [{ type: 'toString', config: {} }] }, "there is no layer 'toString'"],
      [{ ...config, layers: [] }, 'there are no layers'],
      [{ ...config, inputShape: 28 }, 'inputShape is 28'],
      [{ ...config, inputShape: [-1, 2, 2] }, 'inputShape: [-1,2,2] is not a shape'],
      [{ ...config, seed: -1 }, 'seed is -1'],
      [{ ...config, purpose: 2 ** 32 }, 'purpose is 4294967296'],
      [{ ...config, name: 3 }, 'name is 3'],
    ];
    for (const [given, message] of refused) {
      expect(() => sequentialFromConfig(given)).toThrow(RangeError);
      expect(() => sequentialFromConfig(given)).toThrow(message);
    }
  });
});

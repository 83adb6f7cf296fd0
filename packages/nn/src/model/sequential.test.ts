import { mul, ones, placeholder, type Shape, type Tensor, tensor, zeros } from '@weft/core';
import { describe, expect, test, vi } from 'vitest';
import {
  Activation,
  BaseLayer,
  type BaseModel,
  CallContext,
  Conv2D,
  Dense,
  Dropout,
  Embedding,
  Flatten,
  type Layer,
  type LayerOptions,
  MaxPooling2D,
  modelFromConfig,
  Sequential,
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
const valuesOf = ({ weights }: BaseModel) => weights.map(({ path, data }) => [path, data]);
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

  test('a layer that stands twice in a model is one layer, with one name and shared weights', () => {
    const dense = new Dense({ units: 3 });
    const model = new Sequential([dense, dense], { inputShape: [3] });
    expect(model.layers).toEqual([dense, dense]);
    expect(model.outputShapes).toEqual([[3], [3]]);
    expect(model.weights.map(({ path }) => path)).toEqual(['dense/kernel', 'dense/bias']);
    expect(model.call(ones([1, 3])).toArray()).toEqual(
      dense
        .invoke(dense.invoke(ones([1, 3]), new CallContext({ training: false })), new CallContext({ training: false }))
        .toArray(),
    );
  });

  test('names that were chosen in one model make way for others in the next', () => {
    const dense = () => new Dense({ units: 3 });
    const [a, b] = [new Sequential([dense()], { inputShape: [3] }), new Sequential([dense()], { inputShape: [3] })];
    const both = new Sequential([a.layers[0], b.layers[0], a, b], { inputShape: [3] });
    expect(both.weights.map(({ path }) => path)).toEqual([
      'dense/kernel',
      'dense/bias',
      'dense_1/kernel',
      'dense_1/bias',
    ]);
    expect(both.layers.map((layer) => both.nameOf(layer))).toEqual(['dense', 'dense_1', 'sequential', 'sequential_1']);
    expect(modelFromConfig(both.config()).config()).toEqual(both.config());
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
    const layer = () => new Activation({ activation: 'relu', name: 'same' });
    expect(() => names([layer(), new Flatten(), layer()])).toThrow(
      "the layers at positions 0 and 2 are both named 'same'",
    );
  });

  test('a layer of the user is saved and loaded by its class', () => {
    class Double extends BaseLayer {
      constructor(options: LayerOptions = {}) {
        super('Double', options, []);
      }
      outputShape(inputShape: Shape) {
        return inputShape;
      }
      call(x: Tensor) {
        return mul(x, 2);
      }
      protected options() {
        return {};
      }
    }
    const model = new Sequential([new Double({ name: 'twice' })], { inputShape: [2] });
    expect([...model.call(ones([1, 2])).toArray()]).toEqual([2, 2]);
    expect(modelFromConfig(model.config(), { Double }).layers[0].name).toBe('twice');
    expect(() => modelFromConfig(model.config())).toThrow("there is no layer 'Double'");
  });
});

describe('weights', () => {
  test('stand in the order of the layers, kernel before bias, each with the shape that it has in Keras', () => {
    expect(build().weights.map(({ path, shape, data }) => [path, shape, data.length])).toEqual([
      ['conv2d/kernel', [3, 3, 2, 3], 54],
      ['conv2d/bias', [3], 3],
      ['second/kernel', [1, 1, 3, 2], 6],
      ['dense/kernel', [12, 4], 48],
      ['dense/bias', [4], 4],
    ]);
  });

  test('are the same bits for the same seed and others for another', () => {
    expect(valuesOf(build(7))).toEqual(valuesOf(build(7)));
    expect(build(7).weights[0].data).not.toEqual(build(8).weights[0].data);
  });

  test('a new value shows in the next call', () => {
    const model = build();
    const before = model.call(images).toArray();
    const { weight, data } = model.weights[4];
    weight.assign(data.map((value) => value + 1));
    const after = model.call(images).toArray();
    for (const [i, value] of after.entries()) expect(value).toBeCloseTo(before[i] + 1, 5);
  });

  test('a call that was begun before a change keeps the weights it was given', () => {
    const model = build();
    const expected = model.call(images).toArray();
    const begun = model.call(images);
    model.weights[0].weight.assign(new Float32Array(54));
    expect(begun.toArray()).toEqual(expected);
  });
});

describe('call', () => {
  test('builds a program of placeholders for any batch', () => {
    const x = placeholder({ shape: [5, 8, 6, 2], dtype: 'float32' }, 'x');
    expect(build().call(x, new CallContext({ training: true })).shape).toEqual([5, 4]);
  });

  test('refuses examples of other shapes and dtypes, and what is no context', () => {
    const model = build();
    expect(() => model.call(zeros([8, 6, 2]))).toThrow('sequential: expected examples [batch,8,6,2], got [8,6,2].');
    expect(() => model.call(zeros([]))).toThrow('expected examples [batch,8,6,2]');
    expect(() => model.call(placeholder({ shape: [1, 8, 6, 2], dtype: 'uint8' }, 'x'))).toThrow(
      'sequential: expected examples of float32, got uint8.',
    );
    expect(() => model.call(images, { training: true } as never)).toThrow('Give new CallContext({ training: true })');
  });
});

describe('slice', () => {
  test('parts in a row compute what the whole does, wherever it is cut', () => {
    const model = build();
    const whole = model.call(images).toArray();
    for (const cut of [1, 2, 3, 4, -1, 'second']) {
      const [first, second] = [model.slice(0, cut), model.slice(cut)];
      expect(second.call(first.call(images)).toArray()).toEqual(whole);
      expect([...first.weights, ...second.weights].map(({ weight }) => weight)).toEqual(
        model.weights.map(({ weight }) => weight),
      );
    }
  });

  test('ends before its end, as that of an array', () => {
    const names = (part: Sequential) => part.layers.map(({ name }) => name);
    const all = names(build());
    expect(names(build().slice(0, 2))).toEqual(all.slice(0, 2));
    expect(names(build().slice(1, -1))).toEqual(all.slice(1, -1));
    expect(names(build().slice('second', 'dense'))).toEqual(['second', 'flatten']);
    expect(names(build().slice(-2))).toEqual(all.slice(-2));
  });

  test('shares the weights, also with a slice of a slice, and leaves the first ones to the whole', () => {
    const part = build().slice('max_pooling2d').slice('second', 'dense');
    expect(part.inputShape).toEqual([3, 2, 3]);
    expect(part.outputShape).toEqual([12]);
    expect(part.weights).toHaveLength(1);
    expect(part.weights[0].data).toEqual(build().weights[2].data);
  });

  test('refuses what is not there', () => {
    expect(() => build().slice('x', -1)).toThrow(
      "sequential: there is no layer 'x'. The layers are conv2d, max_pooling2d,",
    );
    expect(() => build().slice(0, 6)).toThrow('there is no layer 6');
    expect(() => build().slice(2, 2)).toThrow('slice(2, 2) has no layer');
  });
});

describe('config', () => {
  test('through JSON gives the same model with the same first weights', () => {
    const model = build(3);
    const again = modelFromConfig(JSON.parse(JSON.stringify(model.config())));
    expect(again.config()).toEqual(model.config());
    expect(valuesOf(again)).toEqual(valuesOf(model));
    expect((again as Sequential).call(images).toArray()).toEqual(model.call(images).toArray());
  });

  test('of before, when the stream was called a purpose, gives the same first weights', () => {
    const { stream, ...others } = new Sequential([new Dense({ units: 2 })], { inputShape: [2], stream: 3 }).config();
    const old = modelFromConfig({ ...others, purpose: stream });
    expect(old.config()).toEqual({ ...others, stream });
  });

  test('of a file is not trusted', () => {
    const config = build().config();
    const refused: [unknown, string][] = [
      [undefined, 'expected { name, inputShape, seed, stream, layers }'],
      [[], 'expected { name, inputShape'],
      [{ ...config, layers: [1] }, 'the layer at position 0 is not { type, config }'],
      [{ ...config, layers: [{ type: 'LSTM', config: {} }] }, "there is no layer 'LSTM'. Known are Activation,"],
      [{ ...config, layers: [{ type: 'toString', config: {} }] }, "there is no layer 'toString'"],
      [{ ...config, layers: [] }, 'there are no layers'],
      [{ ...config, inputShape: 28 }, 'inputShape is 28'],
      [{ ...config, inputShape: [2, -1, 2] }, 'inputShape: [2,-1,2] is not a shape'],
      [{ ...config, inputShape: undefined }, 'inputShape is missing. Give the shape of one example'],
      [{ ...config, inputShape: [null, 784] }, 'inputShape is [null,784]. Leave the batch out: inputShape: [784].'],
      [{ ...config, inputShape: [-1, 784] }, 'inputShape is [-1,784]. Leave the batch out: inputShape: [784].'],
      [{ ...config, trainable: 1 }, 'trainable is 1'],
      [{ ...config, seed: -1 }, 'seed is -1'],
      [{ ...config, stream: 2 ** 32 }, 'stream is 4294967296'],
      [{ ...config, name: 3 }, 'name is 3'],
    ];
    for (const [given, message] of refused) {
      expect(() => modelFromConfig(given)).toThrow(RangeError);
      expect(() => modelFromConfig(given)).toThrow(message);
    }
  });
});

describe('inputDtype', () => {
  const make = () =>
    new Sequential([new Embedding({ inputDim: 7, outputDim: 2 }), new Flatten(), new Dense({ units: 1 })], {
      inputShape: [3],
      inputDtype: 'int32',
    });

  test('is what examples must be, and is kept by configs and by parts from the beginning', () => {
    const model = make();
    expect(model.call(tensor(Int32Array.of(1, 2, 6), [1, 3])).shape).toEqual([1, 1]);
    expect(() => model.call(tensor([[1, 2, 6]]))).toThrow('expected examples of int32, got float32');
    expect(model.slice(0, 2).inputs[0].dtype).toBe('int32');
    expect(model.slice(1).inputs[0].dtype).toBe('float32');
    const again = modelFromConfig(JSON.parse(JSON.stringify(model.config())));
    expect(again.inputs).toEqual(model.inputs);
    expect(again.config()).toEqual(model.config());
  });

  test('is float32 where it is not given, and configs say nothing of it then', () => {
    const model = new Sequential([new Embedding({ inputDim: 7, outputDim: 2 })], { inputShape: [3] });
    expect(model.inputs[0].dtype).toBe('float32');
    expect(model.config()).not.toHaveProperty('inputDtype');
    // Tokens that come as floats are cut to whole numbers, as in Keras.
    const table = model.weights[0].data;
    expect(model.call(tensor([[1, 2.9, 6]])).toArray()).toEqual(
      Float32Array.from([1, 2, 6].flatMap((token) => [...table.subarray(2 * token, 2 * token + 2)])),
    );
  });

  test('of another name is refused', () => {
    const options = { inputShape: [3], inputDtype: 'int64' as 'int32' };
    expect(() => new Sequential([new Flatten()], options)).toThrow(/^input: dtype is 'int64'; expected 'float32' or/);
  });
});

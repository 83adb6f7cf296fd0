import { add, concatenate, matmul, mul, ones, type Shape, type Tensor, tensor } from '@weft/core';
import { describe, expect, test } from 'vitest';
import {
  Add,
  BaseLayer,
  type BaseModel,
  CallContext,
  Concatenate,
  Dense,
  Dropout,
  input,
  type LayerOptions,
  Model,
  modelFromConfig,
  Reshape,
  Sequential,
  SymbolicTensor,
} from '../index.js';

const ramp = (...shape: number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)),
    shape,
  );
const x = ramp(2, 3);
const pathsOf = ({ weights }: BaseModel) => weights.map(({ path }) => path);
const linear = (units: number, name?: string) => new Dense({ units, useBias: false, ...(name && { name }) });

/** Two inputs, a shared layer, a skip connection, a model within, two outputs. */
function build(seed = 42) {
  const [a, b] = [input({ shape: [3], name: 'a' }), input({ shape: [3] })];
  const shared = linear(4, 'shared');
  const inner = new Sequential([linear(4), new Dropout({ rate: 0.5 })], { inputShape: [4], name: 'inner' });
  const [left, right] = [shared.apply(a), shared.apply(b)];
  const sum = new Add().apply([inner.apply(left), right]);
  const joined = new Concatenate().apply([sum, a]);
  return new Model({ inputs: { a, b }, outputs: { joined, scores: linear(1).apply(joined) }, seed });
}

test('computes what its layers do, with shared layers, skips, inner models and several inputs and outputs', () => {
  const model = build();
  expect(model.inputs).toEqual([
    { name: 'a', shape: [3], dtype: 'float32' },
    { name: 'b', shape: [3], dtype: 'float32' },
  ]);
  expect(model.outputs).toEqual([
    { name: 'joined', shape: [7] },
    { name: 'scores', shape: [1] },
  ]);
  expect(() => model.inputShape).toThrow('model: there are 2 inputs, a, b. Look at model.inputs.');
  expect(() => model.outputShape).toThrow('there are 2 outputs, joined, scores');
  expect(pathsOf(model)).toEqual(['shared/kernel', 'inner/dense/kernel', 'dense/kernel']);
  const [shared, inner, last] = model.weights.map(({ weight }) => weight.tensor);
  const y = ramp(2, 3);
  const joined = concatenate([add(matmul(matmul(x, shared), inner), matmul(y, shared)), x], 1);
  const results = [model.call([x, y]), model.call({ b: y, a: x }), model.callNamed({ a: x, b: y })];
  for (const result of results as Record<string, Tensor>[]) {
    expect(result.joined.toArray()).toEqual(joined.toArray());
    expect(result.scores.toArray()).toEqual(matmul(joined, last).toArray());
  }
});

test('through its config as JSON it is the same model', () => {
  const model = build(7);
  const again = modelFromConfig(JSON.parse(JSON.stringify(model.config())));
  expect(again.config()).toEqual(model.config());
  expect(again).toBeInstanceOf(Model);
  expect(again.weights.map(({ path, data }) => [path, data])).toEqual(
    model.weights.map(({ path, data }) => [path, data]),
  );
  const outputs = again.call([x, x]) as Record<string, Tensor>;
  expect(outputs.scores.toArray()).toEqual((model.call([x, x]) as Record<string, Tensor>).scores.toArray());
});

test('one output given as itself comes as a tensor, and is named as its layer', () => {
  const a = input({ shape: [3] });
  const model = new Model({ inputs: a, outputs: linear(2, 'last').apply(a) });
  expect(model.call(x).shape).toEqual([2, 2]);
  expect([model.inputShape, model.outputShape]).toEqual([[3], [2]]);
  expect([model.inputs[0].name, model.outputs[0].name]).toEqual(['input', 'last']);
  expect(Object.keys(model.callNamed({ input: x }))).toEqual(['last']);
  const again = modelFromConfig(model.config());
  expect((again.call(x) as Tensor).shape).toEqual([2, 2]);
  expect(new Model({ inputs: a, outputs: [a, a] }).outputs.map(({ name }) => name)).toEqual(['output', 'output_1']);
});

describe('a model is a layer', () => {
  test('of a sequential model, with paths through it', () => {
    const a = input({ shape: [3] });
    const inner = new Model({ inputs: a, outputs: linear(3).apply(a), name: 'inner' });
    const outer = new Sequential([inner, new Sequential([inner], { inputShape: [3], name: 'deep' })], {
      inputShape: [3],
    });
    expect(pathsOf(outer)).toEqual(['inner/dense/kernel']);
    const kernel = outer.weights[0].weight.tensor;
    expect(outer.call(x).toArray()).toEqual(matmul(matmul(x, kernel), kernel).toArray());
    inner.trainable = false;
    expect(outer.weights[0].trainable).toBe(false);
    expect(modelFromConfig(outer.config()).weights[0].trainable).toBe(false);
  });

  test('also with several inputs and outputs, each by its name', () => {
    const model = build();
    const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
    const { scores } = model.apply({ a, b });
    expect(scores).toBeInstanceOf(SymbolicTensor);
    const outer = new Model({ inputs: [a, b], outputs: scores });
    const expected = (model.call([x, x]) as Record<string, Tensor>).scores.toArray();
    expect(outer.call([x, x]).toArray()).toEqual(expected);
    const again = modelFromConfig(JSON.parse(JSON.stringify(outer.config())));
    expect(again.config()).toEqual(outer.config());
    again.weights.forEach(({ weight }, i) => {
      weight.assign(outer.weights[i].data);
    });
    expect((again.call([x, x]) as Tensor).toArray()).toEqual(expected);
    expect(() => new Sequential([model], { inputShape: [3] })).toThrow('expected 2 inputs, a, b; got 1');
  });
});

test('a part is a model from any symbolic tensor on, and shares the layers', () => {
  const a = input({ shape: [3] });
  const latent = linear(2, 'encode').apply(a);
  const output = linear(3, 'decode').apply(latent);
  const whole = new Model({ inputs: a, outputs: output });
  const decoder = new Model({ inputs: latent, outputs: output });
  expect(pathsOf(decoder)).toEqual(['decode/kernel']);
  expect(decoder.weights[0].weight).toBe(whole.weights[1].weight);
  expect(decoder.call(ones([1, 2])).shape).toEqual([1, 3]);
});

test('a layer of the user may take inputs by name', () => {
  class Blend extends BaseLayer<Readonly<Record<'x' | 'y', Tensor>>> {
    constructor(options: LayerOptions = {}) {
      super('Blend', options, []);
    }
    outputShape({ x: shape }: Readonly<Record<string, Shape>>) {
      return shape;
    }
    call({ x: first, y: second }: Readonly<Record<'x' | 'y', Tensor>>) {
      return add(mul(first, 0.75), mul(second, 0.25));
    }
    protected options() {
      return {};
    }
  }
  const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
  const model = new Model({ inputs: [a, b], outputs: new Blend().apply({ x: a, y: b }) });
  const expected = model.call([x, ones([2, 3])]).toArray();
  const again = modelFromConfig(model.config(), { Blend }).call([x, ones([2, 3])]) as Tensor;
  expect(again.toArray()).toEqual(expected);
});

describe('says what is wrong', () => {
  const a = input({ shape: [3], name: 'a' });
  const b = input({ shape: [4], name: 'b' });
  const both = () => new Model({ inputs: [a, b], outputs: new Concatenate().apply([a, b]) });
  test.each<[string, () => unknown, string]>([
    [
      'missing input',
      () => new Model({ inputs: a, outputs: b }),
      "depends on the input 'b', which is not among the inputs",
    ],
    ['no inputs', () => new Model({ inputs: [], outputs: a }), 'Model: inputs is []; expected symbolic tensors'],
    ['real tensors', () => new Model({ inputs: x as never, outputs: a }), 'Model: inputs: expected a symbolic tensor'],
    ['same input', () => new Model({ inputs: [a, a], outputs: a }), 'one symbolic tensor is given as two inputs'],
    ['unknown option', () => new Model({ inputs: a, output: a } as never), "Model: there is no option 'output'"],
    ['number of inputs', () => both().call(x), 'model: expected 2 inputs, a, b; got 1.'],
    [
      'name of an input',
      () => both().call({ a: x, c: x }),
      "model: the input 'b' is missing. The inputs are a, b; got a, c.",
    ],
    ['shape of an input', () => both().call([x, x]), "expected examples [batch,4] for the input 'b', got [2,3]"],
    ['batches', () => both().call([x, ones([1, 4])]), 'different numbers of examples: 2 of a, 1 of b'],
    ['applied to a tensor', () => linear(1).apply(x as never), 'Dense.apply: expected a symbolic tensor'],
    ['applied to one', () => new Add().apply(a as never), 'Add: expected at least two inputs. Give an array'],
    ['shapes to add', () => new Add().apply([a, b]), 'Add: the inputs [3] and [4] differ'],
    [
      'shapes to join',
      () => new Concatenate({ axis: 1 }).apply([a, new Reshape({ targetShape: [2, 2] }).apply(b)]),
      'numbers of axes',
    ],
    ['axis to join', () => new Concatenate({ axis: 2 }).apply([a, b]), 'examples [3] have no axis 2'],
    ['an input shape with a batch', () => input({ shape: [null, 3] as never }), 'Leave the batch out: shape: [3]'],
    ['no shape', () => input({} as never), 'input: shape is missing'],
    [
      'another input for a layer',
      () => {
        const dense = linear(2, 'd');
        dense.apply(a);
        dense.apply(b);
      },
      "Dense 'd': its kernel is [3,2], but this input needs [4,2]. A layer keeps the weights of its first input",
    ],
  ])('%s', (_what, fault, message) => {
    expect(fault).toThrow(message);
  });

  test('in a config', () => {
    const config = build().config();
    for (const [given, message] of [
      [{ ...config, nodes: 1 }, 'inputs and nodes must be arrays'],
      [{ ...config, inputs: [1] }, 'an input is not { name, shape, dtype }'],
      [{ ...config, nodes: [{ layer: 99, inputs: [] }] }, 'a node names no layer of the model'],
      [{ ...config, nodes: [{ layer: 0, inputs: { input: 'z' } }] }, 'names neither an input nor an earlier node'],
      [{ ...config, outputs: { node: 'constructor' } }, 'names neither an input nor an earlier node'],
      [{ ...config, outputs: null }, 'names neither an input nor an earlier node'],
    ] as const) {
      expect(() => modelFromConfig(given)).toThrow(`modelFromConfig: `);
      expect(() => modelFromConfig(given)).toThrow(message);
    }
  });

  test('where a layer changes the number of examples', () => {
    class First extends Reshape {
      override call(input: Tensor) {
        return super.call(tensor(input.toArray().slice(0, 3), [1, 3]));
      }
    }
    const model = new Sequential([new First({ targetShape: [3] })], { inputShape: [3] });
    expect(() => model.call(x, new CallContext({ training: false }))).toThrow(
      '2 examples went in, but the output is [1,3]',
    );
  });
});

import { compute, type Tensor, tensor } from '@weft/core';
import type { BaseModel } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { type Attribute, file, node, outputOf } from '../../../test/support/onnx-file.js';
import { fromOnnx } from './from-onnx.js';

describe('weights', () => {
  it('that are taken as they are and turned stay two orders of one weight', () => {
    const turned = [
      node('Transpose', ['w'], 't', { perm: [1, 0] }),
      node('MatMul', ['x', 't'], 'h'),
      node('Gemm', ['h', 't'], 'y', { transB: 1 }),
    ];
    const { model } = fromOnnx(file([0, 2], turned, { w: { dims: [2, 2], floats: [1, 2, 3, 4] } }));
    // x t = [1, 3], and [1, 3] w = [10, 14].
    expect(outputOf(model, [1, 0], [1, 2])).toEqual([10, 14]);
    expect(model.countWeights()).toBe(4);
  });

  it('of normalisations that hold the same numbers belong to each, and moving ones are no parameters', () => {
    const numbers = {
      ones: { dims: [2], floats: [1, 1] },
      zeros: { dims: [2], floats: [0, 0] },
      w: { dims: [2, 2], floats: [1, 0, 0, 1] },
    };
    const normal = (x: string, y: string) => node('BatchNormalization', [x, 'ones', 'zeros', 'zeros', 'ones'], y);
    const { model } = fromOnnx(
      file([0, 2], [normal('x', 'a'), node('MatMul', ['a', 'w'], 'b'), normal('b', 'y')], numbers),
    );
    expect(model.layers.map(({ type }) => type)).toEqual(['BatchNormalization', 'Operations', 'BatchNormalization']);
    expect(model.weights.filter(({ trainable }) => !trainable)).toHaveLength(4);
    // In one layer for the whole graph, too: here another weight is shared by two operators.
    const nodes = [normal('x', 'a'), node('MatMul', ['a', 'w'], 'b'), node('Gemm', ['b', 'w'], 'y', { transB: 1 })];
    const { model: whole } = fromOnnx(file([0, 2], nodes, { ...numbers, v: { dims: [2], floats: [4, 4] } }));
    expect(whole.layers).toHaveLength(1);
    const trainable = Object.fromEntries(whole.weights.map((weight) => [weight.path, weight.trainable]));
    expect(trainable).toMatchObject({ 'graph/ones': false, 'graph/zeros': false, 'graph/w': true });
  });
});

it('numbers of the file broadcast as NumPy does', () => {
  const numbers = { column: { dims: [2, 1], integers: [1, 2] }, row: { dims: [1, 2], integers: [10, 20] } };
  const nodes = [
    node('Add', ['column', 'row'], 'sum'),
    node('Cast', ['sum'], 'floats', { to: 1 }),
    node('MatMul', ['x', 'floats'], 'y'),
  ];
  // [1, 1] [[11, 21], [12, 22]]
  expect(outputOf(fromOnnx(file([0, 2], nodes, numbers)).model, [1, 1], [1, 2])).toEqual([23, 43]);
});

describe('images, which have channels last inside', () => {
  // A window of one pixel says that the axes are those of images.
  const image = node('MaxPool', ['x'], 'image', { kernel_shape: [1, 1] });

  it('are summed over rows in the order of axes that the file has', () => {
    const sum = node('ReduceSum', ['image', 'axes'], 'y', { keepdims: 0 });
    const { model } = fromOnnx(file([0, 2, 2, 2], [image, sum], { axes: { dims: [1], integers: [2] } }));
    // Channels [[1, 2], [3, 4]] and [[10, 20], [30, 40]], pixel by pixel.
    expect(outputOf(model, [1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2])).toEqual([4, 6, 40, 60]);
    expect(model.outputShape).toEqual([2, 2]);
  });

  it('have no window that begins in the zeros at their end, whatever ceil_mode says', () => {
    const attributes = { kernel_shape: [1, 2], strides: [1, 3], pads: [0, 0, 0, 1], ceil_mode: 1 };
    const { model } = fromOnnx(file([0, 1, 1, 3], [node('MaxPool', ['x'], 'y', attributes)]));
    expect(outputOf(model, [1, 2, 3], [1, 1, 3, 1])).toEqual([2]);
  });

  it('become blocks of channels, row by row', () => {
    const { model } = fromOnnx(file([0, 1, 2, 2], [node('SpaceToDepth', ['x'], 'y', { blocksize: 2 })]));
    expect(outputOf(model, [1, 2, 3, 4], [1, 2, 2, 1])).toEqual([1, 2, 3, 4]);
  });
});

it('LayerNormalization adds its epsilon', () => {
  const normal = node('LayerNormalization', ['x', 'scale'], 'y', { axis: -1, epsilon: { float: 3 } });
  const { model } = fromOnnx(file([0, 2], [normal], { scale: { dims: [2], floats: [1, 1] } }));
  // The variance is 1.
  expect(outputOf(model, [1, 3], [1, 2])).toEqual([-0.5, 0.5]);
});

describe('Resize', () => {
  const resized = (attributes: Readonly<Record<string, Attribute>>, scales: readonly number[], width = 3) => {
    const nodes = [node('Resize', ['x', '', 'scales'], 'y', attributes)];
    return fromOnnx(file([0, 1, 1, width], nodes, { scales: { dims: [scales.length], floats: scales } })).model;
  };
  const line = (model: BaseModel, width = 3) =>
    outputOf(
      model,
      Array.from({ length: width }, (_, at) => at),
      [1, 1, width, 1],
    );

  it.each([
    ['floor', Math.floor],
    ['ceil', Math.ceil],
    ['round_prefer_floor', (x: number) => Math.ceil(x - 0.5)],
    ['round_prefer_ceil', (x: number) => Math.floor(x + 0.5)],
  ] as const)('rounds places by %s', (rounding, round) => {
    for (const scale of [2, 3, 1.5]) {
      const place = (at: number) => Math.min(2, Math.max(0, round((at + 0.5) / scale - 0.5)));
      const expected = Array.from({ length: Math.floor(3 * scale) }, (_, at) => place(at));
      expect(line(resized({ mode: 'nearest', nearest_mode: rounding }, [1, 1, 1, scale]))).toEqual(expected);
    }
  });

  it('counts axes from the end', () => {
    expect(line(resized({ mode: 'nearest', axes: [-2, -1] }, [1, 2]))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('computes sizes in float32, in which its factors are', () => {
    expect(line(resized({ mode: 'nearest' }, [1, 1, 1, 1.3], 10), 10)).toHaveLength(13);
  });

  it('takes factors as its second input before opset 11, and reads pixels from their corners', () => {
    const scaled = (floats: readonly number[]) =>
      fromOnnx(file([0, 1, 1, 3], [node('Resize', ['x', 's'], 'y')], { s: { dims: [4], floats } }, { opset: 10 }))
        .model;
    expect(line(scaled([1, 1, 1, 1.5]))).toEqual([0, 0, 1, 2]);
    expect(() => scaled([1, 1, 1, 0.5])).toThrow('which opset 10 does not define');
  });

  it('refuses what it does not do', () => {
    expect(() => resized({}, [1, 2, 1, 1])).toThrow('it resizes examples or channels');
    expect(() => resized({}, [2, 1, 1, 1])).toThrow('it resizes examples or channels');
    expect(() => resized({ keep_aspect_ratio_policy: 'not_larger' }, [1, 1, 1, 2])).toThrow(
      'its keep_aspect_ratio_policy is not_larger, of which only stretch is known',
    );
  });
});

it('says that a file is for a batch of one size, where something in it does not fit another', () => {
  const numbers = { shape: { dims: [2], integers: [1, -1] }, w: { dims: [4, 1], floats: [1, 1, 1, 1] } };
  const nodes = [node('Reshape', ['x', 'shape'], 'flat'), node('MatMul', ['flat', 'w'], 'y')];
  expect(() => fromOnnx(file([1, 2, 2], nodes, numbers))).toThrow(
    'The file is for a batch of 1, but Weft computes with any: if that is why, export it with a dynamic batch.',
  );
});

describe('Gather', () => {
  it('counts known and computed numbers below 0 from the end', () => {
    const known = node('Gather', ['x', 'at'], 'y', { axis: 1 });
    const { model } = fromOnnx(file([0, 3], [known], { at: { dims: [2], integers: [-1, 0] } }));
    expect(outputOf(model, [1, 2, 3], [1, 3])).toEqual([3, 1]);
    const table = { dims: [3, 1], floats: [1, 2, 3] };
    const { model: rows } = fromOnnx(file([0, 2], [node('Gather', ['table', 'x'], 'y')], { table }, { elemType: 6 }));
    const [values] = compute([rows.call(tensor(Int32Array.of(-1, 1), [1, 2])) as Tensor]);
    expect(Array.from(values)).toEqual([3, 2]);
  });
});

describe('known numbers', () => {
  it('are cut by steps also where axes are left out', () => {
    const numbers = {
      table: { dims: [2, 3], floats: [1, 2, 3, 4, 5, 6] },
      start: { dims: [1], integers: [-1] },
      end: { dims: [1], integers: [-9] },
      step: { dims: [1], integers: [-1] },
    };
    const nodes = [
      node('Shape', ['table'], 'shape'),
      node('Slice', ['shape', 'start', 'end', '', 'step'], 'reversed'),
      node('Cast', ['reversed'], 'floats', { to: 1 }),
      node('Mul', ['x', 'floats'], 'y'),
    ];
    expect(outputOf(fromOnnx(file([0, 2], nodes, numbers)).model, [1, 1], [1, 2])).toEqual([3, 2]);
  });

  it('have as many axes as the operand that has the most', () => {
    const numbers = { cube: { dims: [1, 1, 1], integers: [1] }, list: { dims: [2], integers: [1, 2] } };
    const nodes = [
      node('Add', ['cube', 'list'], 'sum'),
      node('Shape', ['sum'], 'shape'),
      node('Cast', ['shape'], 'floats', { to: 1 }),
      node('Mul', ['x', 'floats'], 'y'),
    ];
    expect(outputOf(fromOnnx(file([0, 3], nodes, numbers)).model, [1, 1, 1], [1, 3])).toEqual([1, 1, 2]);
  });

  it('are refused where a small file makes many of them', () => {
    const size = { size: { dims: [1], integers: [2 ** 20] } };
    const made = (count: number) =>
      Array.from({ length: count }, (_, at) => node('ConstantOfShape', ['size'], `${at}`));
    const y = node('Relu', ['x'], 'y');
    expect(() => fromOnnx(file([0, 2], [...made(20), y], size))).toThrow('the file makes far more numbers of few');
    const joined = node('Concat', new Array<string>(500).fill('0'), 'joined', { axis: 0 });
    expect(() => fromOnnx(file([0, 2], [...made(1), joined, y], size))).toThrow(
      "Concat 'joined': it makes 524288000 numbers.",
    );
    const sums = Array.from({ length: 20 }, (_, at) => node('Add', [at === 0 ? 'x' : `sum${at - 1}`, '0'], `sum${at}`));
    const last = node('Relu', ['sum19'], 'y');
    expect(() => fromOnnx(file([0, 2 ** 20], [...made(1), ...sums, last], size))).toThrow('of few than models do');
  });
});

describe('a graph', () => {
  it('names the node that takes what only a later one makes, and not those that depend on it', () => {
    const nodes = [node('Add', ['x', 'b'], 'a'), node('Relu', ['a'], 'b'), node('Identity', ['b'], 'y')];
    const read = () => fromOnnx(file([0, 2], nodes));
    expect(read).toThrow("Add 'a': it takes 'b', which a later node makes: nodes must stand in an order");
    expect(read).not.toThrow('Identity');
  });

  it('names an output of a node that Weft does not compute', () => {
    const dropout = { ...node('Dropout', ['x'], 'kept'), output: ['kept', 'mask'] };
    const nodes = [dropout, node('Cast', ['mask'], 'y', { to: 1 })];
    expect(() => fromOnnx(file([0, 2], nodes))).toThrow(
      "Cast 'y': it takes 'mask', which the node that makes it does not give here.",
    );
  });

  it('has one value of each name', () => {
    const twice = [node('Relu', ['x'], 'a'), node('Sigmoid', ['x'], 'a'), node('Relu', ['a'], 'y')];
    expect(() => fromOnnx(file([0, 2], twice))).toThrow("two values are called 'a'");
    expect(() => fromOnnx(file([0, 2], [node('Relu', ['x'], 'x'), node('Relu', ['x'], 'y')]))).toThrow('called');
  });
});

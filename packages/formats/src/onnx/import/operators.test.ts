import { describe, expect, it } from 'vitest';
import { type Attribute, file, type Numbers, node, outputOf } from '../../../test/support/onnx-file.js';
import { fromOnnx } from './from-onnx.js';

/** What an operator gives for numbers of a shape, of images with channels last; other inputs are initializers, in their order. */
function given(
  type: string,
  x: readonly number[],
  shape: readonly number[],
  attributes: Readonly<Record<string, Attribute>> = {},
  numbers: Readonly<Record<string, Numbers>> = {},
): number[] {
  const nodes = [node(type, ['x', ...Object.keys(numbers)], 'y', attributes)];
  const [, ...lengths] = shape;
  const stored = lengths.length === 3 ? [lengths[2], lengths[0], lengths[1]] : lengths;
  return outputOf(fromOnnx(file([0, ...stored], nodes, numbers)).model, x, shape);
}

describe('operators follow the standard', () => {
  it('element by element', () => {
    expect(given('HardSigmoid', [1], [1, 1])[0]).toBeCloseTo(0.7);
    expect(given('Celu', [-1], [1, 1], { alpha: { float: 2 } })[0]).toBeCloseTo(2 * (Math.exp(-0.5) - 1));
    const nodes = [node('LessOrEqual', ['x', 'c'], 't'), node('Cast', ['t'], 'y', { to: 1 })];
    const { model } = fromOnnx(file([0, 3], nodes, { c: { dims: [1], floats: [2] } }));
    expect(outputOf(model, [1, 2, 3], [1, 3])).toEqual([1, 1, 0]);
  });

  it('Gemm has alpha and beta', () => {
    const numbers = { w: { dims: [1, 1], floats: [3] }, c: { dims: [1], floats: [10] } };
    const factors = { alpha: { float: 2 }, beta: { float: 0.5 } };
    expect(given('Gemm', [4], [1, 1], factors, numbers)).toEqual([29]);
  });

  it('AveragePool counts zeros around the image where it is told to', () => {
    const window = { kernel_shape: [1, 2], pads: [0, 1, 0, 0] };
    const of = (more: object) => given('AveragePool', [2, 4], [1, 1, 2, 1], { ...window, ...more });
    expect(of({})).toEqual([2, 3]);
    expect(of({ count_include_pad: 1 })).toEqual([1, 3]);
  });

  it('GroupNormalization takes pixels and channels of a group together', () => {
    const ones = { dims: [2], floats: [1, 1] };
    const zeros = { dims: [2], floats: [0, 0] };
    // Two pixels of two channels, 1, 3 and 1, 3: mean 2, variance 1.
    const values = given('GroupNormalization', [1, 3, 1, 3], [1, 1, 2, 2], { num_groups: 1 }, { ones, zeros });
    expect(values.map(Math.round)).toEqual([-1, 1, -1, 1]);
  });

  it('Reshape has axes without elements where allowzero says so', () => {
    const shape = { dims: [2], integers: [0, 2] };
    expect(given('Reshape', [1, 2], [1, 2], {}, { shape })).toEqual([1, 2]);
    expect(() => given('Reshape', [1, 2], [1, 2], { allowzero: 1 }, { shape })).toThrow('cannot become [0,2]');
  });

  it('ReduceSumSquare and MaxPool compute also where nothing is reduced, and refuse what is read in two ways', () => {
    expect(given('ReduceSumSquare', [2, 3], [1, 2], { noop_with_empty_axes: 1 })).toEqual([4, 9]);
    const window = { kernel_shape: [1, 2], strides: [1, 2], auto_pad: 'VALID', ceil_mode: 1 };
    expect(given('MaxPool', [1, 2, 3, 4], [1, 1, 4, 1], window)).toEqual([2, 4]);
    expect(() => given('MaxPool', [1, 2, 3], [1, 1, 3, 1], window)).toThrow('VALID beside ceil_mode');
    expect(() => given('Split', [1, 2], [1, 2], { axis: 1, split: [1] })).toThrow('its parts are [1] of 2');
  });
});

describe('initializers', () => {
  const sum = (c: Numbers) => given('Add', [0], [1, 1], {}, { c });

  it('may be doubles and half floats in lists', () => {
    expect(sum({ dims: [1], more: { dataType: 11, doubleData: [1.5] } })).toEqual([1.5]);
    expect(sum({ dims: [1], more: { dataType: 10, int32Data: [0x3e00] } })).toEqual([1.5]);
  });

  it('in other files are refused', () => {
    const externalData = [{ key: 'location', value: 'weights.bin' }];
    expect(() => sum({ dims: [1], floats: [1], more: { externalData } })).toThrow('its values lie in another file');
    expect(() => sum({ dims: [1], floats: [1], more: { dataLocation: 1 } })).toThrow('Save the model as one file');
  });
});

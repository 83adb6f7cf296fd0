import { sizeOf } from '@weft/core/program';
import { kindOf } from './constant.js';
import type { Handler } from './context.js';
import { knownNumbers, required } from './context.js';
import { type OnnxNode, Unsupported } from './node.js';
import type { KnownValue, Value } from './value.js';

/** Elements that arithmetic on known numbers may make: shapes are short, and files must not ask for more. */
const MOST = 2 ** 20;

const known = (shape: readonly number[], kind: KnownValue['kind'], numbers: readonly number[]): KnownValue => ({
  is: 'known',
  kind,
  shape,
  data: kind === 'float' ? Float32Array.from(numbers) : Float64Array.from(numbers),
});

/** Numbers one beside the other, by NumPy's rule for lists and single numbers. */
const together =
  (f: (...numbers: number[]) => number, kind?: KnownValue['kind']): Fold =>
  (_node, values) => {
    if (values.length < f.length) return undefined;
    const shapes = values.map((value) => value.shape);
    const largest = shapes.reduce((a, b) => (sizeOf(b) > sizeOf(a) ? b : a));
    const rank = Math.max(...shapes.map(({ length }) => length));
    const shape = [...new Array<number>(rank - largest.length).fill(1), ...largest];
    const size = sizeOf(shape);
    const isAlike = (value: KnownValue) => value.data.length === 1 || trimmed(value.shape) === trimmed(shape);
    if (!values.every(isAlike)) return undefined;
    const at = (value: KnownValue, index: number) => value.data[value.data.length === 1 ? 0 : index];
    const numbers = Array.from({ length: size }, (_, index) => f(...values.map((value) => at(value, index))));
    const common = values.some((value) => value.kind === 'float') ? 'float' : 'integer';
    return known(shape, kind ?? common, numbers);
  };

/** A shape without axes of length 1 in front, which say nothing. */
const trimmed = (shape: readonly number[]) => shape.slice(shape.findIndex((length) => length !== 1)).join();

/** What known values give; undefined where it is to be computed as tensors are. */
type Fold = (node: OnnxNode, values: readonly KnownValue[]) => KnownValue | undefined;

const division: Fold = (node, values) => {
  const isFloat = values.some(({ kind }) => kind === 'float');
  return together((a, b) => (isFloat ? a / b : Math.trunc(a / b)))(node, values);
};

const castTo: Fold = (node, [value]) => {
  const kind = kindOf(node.int('to', 1));
  if (kind === undefined || value.source !== undefined) return undefined;
  const convert = { float: Number, integer: Math.trunc, truth: (x: number) => (x === 0 ? 0 : 1) }[kind];
  return known(value.shape, kind, Array.from(value.data, convert));
};

/** Parts along the first axis, of which lists of numbers have one. */
const ofLists: Readonly<Record<string, Fold>> = {
  Gather: (node, [list, index]) => {
    if (!index || list.shape.length !== 1 || node.int('axis', 0) !== 0) return undefined;
    const numbers = Array.from(index.data, (at) => list.data[at < 0 ? at + list.data.length : at]);
    return numbers.includes(undefined as never) ? undefined : known(index.shape, list.kind, numbers);
  },
  Concat: (_node, values) => {
    if (values.some(({ shape }) => shape.length !== 1)) return undefined;
    const count = values.reduce((total, { data }) => total + data.length, 0);
    if (count > MOST) throw new Unsupported(`it makes ${count} numbers`);
    const numbers = values.flatMap(({ data }) => Array.from(data));
    return known([numbers.length], values[0].kind, numbers);
  },
  Slice: (node, [list, starts, ends, axes, steps]) => {
    const from = starts ? starts.data[0] : node.ints('starts')?.[0];
    const to = ends ? ends.data[0] : node.ints('ends')?.[0];
    if (list.shape.length !== 1 || (axes && axes.data.length !== 1) || (steps && steps.data[0] !== 1)) return undefined;
    const numbers = Array.from(list.data).slice(from, to);
    return known([numbers.length], list.kind, numbers);
  },
};

const fold: Readonly<Record<string, Fold>> = {
  Add: together((a, b) => a + b),
  Sub: together((a, b) => a - b),
  Mul: together((a, b) => a * b),
  Div: division,
  Min: together(Math.min),
  Max: together(Math.max),
  Neg: together((a) => -a),
  Floor: together(Math.floor),
  Ceil: together(Math.ceil),
  Equal: together((a, b) => Number(a === b), 'truth'),
  Greater: together((a, b) => Number(a > b), 'truth'),
  Less: together((a, b) => Number(a < b), 'truth'),
  Where: together((condition, a, b) => (condition === 0 ? b : a)),
  Not: together((a) => 1 - a, 'truth'),
  Cast: castTo,
  ...ofLists,
  ReduceProd: (node, [list]) => {
    if (list.kind === 'float' || list.shape.length !== 1) return undefined;
    return known(node.int('keepdims', 1) === 1 ? [1] : [], list.kind, [sizeOf(Array.from(list.data))]);
  },
  Range: (_node, [start, limit, delta]) => {
    if (!limit || !delta) return undefined;
    const count = Math.max(0, Math.ceil((limit.data[0] - start.data[0]) / delta.data[0]));
    if (!(count <= MOST)) throw new Unsupported(`it makes ${count} numbers`);
    return known(
      [count],
      start.kind,
      Array.from({ length: count }, (_, index) => start.data[0] + index * delta.data[0]),
    );
  },
  ConstantOfShape: (node, [shape]) => {
    const lengths = Array.from(shape.data);
    const size = sizeOf(lengths);
    if (!(size <= MOST)) throw new Unsupported(`it makes ${size} numbers`);
    const value = node.tensor('value');
    return known(lengths, value?.kind ?? 'float', new Array<number>(size).fill(value?.data[0] ?? 0));
  },
};

/**
 * What a node gives whose inputs are all known numbers, as shapes are: undefined where it is computed as others are, such as
 * for weights.
 */
export function folded(node: OnnxNode, inputs: readonly (Value | undefined)[]): KnownValue | undefined {
  const isKnown = (value: Value | undefined): value is KnownValue =>
    value?.is === 'known' && value.source === undefined && value.data.length <= MOST;
  // Where one is left out, the others have other places.
  if (inputs.length === 0 || !inputs.every(isKnown) || !Object.hasOwn(fold, node.type)) return undefined;
  return fold[node.type](node, inputs);
}

/** Numbers that stand in a node. */
const constant: Handler = (node): KnownValue => {
  const tensor = node.tensor('value');
  if (tensor) return { ...tensor, is: 'known' };
  if (node.has('value_float')) return known([], 'float', [node.float('value_float', 0)]);
  if (node.has('value_int')) return known([], 'integer', [node.int('value_int', 0)]);
  const [floats, ints] = [node.floats('value_floats'), node.ints('value_ints')];
  if (node.has('value_floats')) return known([floats?.length ?? 0], 'float', floats ?? []);
  if (node.has('value_ints')) return known([ints?.length ?? 0], 'integer', ints ?? []);
  throw new Unsupported('it has no numbers');
};

const unknown: Handler = (_node, inputs) => {
  knownNumbers(required(inputs, 0), 'input');
  throw new Unsupported('its input is not known');
};

/** Operators that give known numbers. */
export const constantHandlers: Readonly<Record<string, Handler>> = {
  Constant: constant,
  ConstantOfShape: unknown,
  Range: unknown,
};

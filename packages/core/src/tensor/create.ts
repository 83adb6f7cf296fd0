import type { NdArray } from 'ndarray';
import { broadcastTo } from '../operations/broadcast.js';
import { add, less, mul } from '../operations/elementwise.js';
import { random as randomOperation } from '../operations/random.js';
import { reshape } from '../operations/reshape.js';
import { compute } from '../run/compute.js';
import { describe, isTensor } from './describe.js';
import { checkKnownOptions, numberIn, refuse } from './options.js';
import { checkShape, formatShape, type Shape, sizeOf, type TypedArray, type ValueType } from './shape.js';
import { createNode, type Engine, Tensor } from './tensor.js';

/** What a tensor can be made of: a number, nested arrays, a typed array with a shape, or an ndarray. */
export type NestedArray = number | readonly NestedArray[];

const engine: Engine = { compute };

/** A leaf that holds data. */
function leaf(data: TypedArray, type: ValueType): Tensor {
  const node = createNode({ operation: 'input', inputs: [], attributes: {}, outputs: [type], engine, data: [data] });
  return new Tensor(node, 0);
}

/**
 * A tensor of float32 values; the data are copied.
 *
 * @param values a number, nested arrays of equal lengths, a typed array in row-major order, or an ndarray
 * @param shape  default: the nesting of the arrays, or one axis for a typed array
 * @throws TypeError if there is anything but numbers
 * @throws RangeError if arrays are ragged or do not fill the shape
 */
export function tensor(values: NestedArray | TypedArray | Float64Array | NdArray, shape?: Shape): Tensor {
  if (isNdarray(values)) return fromNdarray(values);
  const isTyped = isTypedArray(values);
  const data = isTyped ? Float32Array.from(values as TypedArray) : flatten(values as NestedArray);
  const lengths = shape ?? (isTyped ? [data.length] : nestingOf(values as NestedArray));
  checkShape('tensor', lengths);
  if (data.length !== sizeOf(lengths)) {
    throw new RangeError(
      `tensor: ${data.length} values do not fill the shape ${formatShape(lengths)}, which has ${sizeOf(lengths)} elements.`,
    );
  }
  return leaf(data, { shape: [...lengths], dtype: 'float32' });
}

/**
 * A table of bytes or keys that stays what it is: for `takeRows` and `random`. The array is not copied.
 *
 * @throws TypeError if the data are of another kind than Float32Array, Uint8Array and Uint32Array
 * @throws RangeError if they do not fill the shape
 */
export function table(data: TypedArray, shape: Shape = [data?.length]): Tensor {
  if (!(data instanceof Float32Array || data instanceof Uint8Array || data instanceof Uint32Array)) {
    throw new TypeError(
      `table: expected a Float32Array, a Uint8Array or a Uint32Array, got ${describe(data)}. ` +
        'Convert it, or make a float32 copy with tensor().',
    );
  }
  checkShape('table', shape);
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`table: ${data.length} elements do not fill the shape ${formatShape(shape)}.`);
  }
  const dtype = data instanceof Uint8Array ? 'uint8' : data instanceof Uint32Array ? 'uint32' : 'float32';
  return leaf(data, { shape: [...shape], dtype });
}

/**
 * A tensor from an ndarray of any strides; the data are copied.
 *
 * @throws TypeError if it is no ndarray, or there is anything but a number at one of its places, such as nothing where
 *   its strides lead beyond its data
 * @throws RangeError if its shape is none, or its size is not that of its shape
 */
export function fromNdarray(array: NdArray): Tensor {
  if (!isNdarray(array)) throw new TypeError(`fromNdarray: expected an ndarray, got ${describe(array)}.`);
  const { shape, size } = array;
  checkShape('fromNdarray', shape);
  // Before anything is allocated: the size may be any claim.
  if (size !== sizeOf(shape)) {
    throw new RangeError(
      `fromNdarray: the array says that it has ${describe(size)} elements, but its shape ${formatShape(shape)} has ${sizeOf(shape)}.`,
    );
  }
  const data = new Float32Array(size);
  const position = new Array<number>(shape.length).fill(0);
  for (let index = 0; index < size; index++) {
    const value: unknown = array.get(...position);
    if (typeof value !== 'number') {
      throw new TypeError(
        `fromNdarray: expected a number at ${formatShape(position)}, got ${describe(value)}. ` +
          'Look whether the strides and the offset stay within the data, and convert bigints and texts to numbers.',
      );
    }
    data[index] = value;
    for (let axis = shape.length - 1; axis >= 0 && ++position[axis] === shape[axis]; axis--) position[axis] = 0;
  }
  return leaf(data, { shape: [...shape], dtype: 'float32' });
}

/** A tensor of one value throughout. */
export function full(shape: Shape, value: number): Tensor {
  return filled('full', shape, value);
}

function filled(name: string, shape: Shape, value: number): Tensor {
  checkShape(name, shape);
  return broadcastTo(tensor(value), shape);
}

/** A tensor of zeros. */
export const zeros = (shape: Shape): Tensor => filled('zeros', shape, 0);

/** A tensor of ones. */
export const ones = (shape: Shape): Tensor => filled('ones', shape, 1);

/** Options of random tensors. */
export interface RandomTensorOptions {
  /** A whole number from 0 to 2^53 - 1: the same seed gives the same bits everywhere. */
  readonly seed: number;
  /** Draws for different purposes are independent. Default 0. */
  readonly purpose?: number;
}

function draw(
  name: string,
  distribution: 'uniform' | 'normal',
  shape: Shape,
  { seed, purpose = 0 }: RandomTensorOptions,
): Tensor {
  checkShape(name, shape);
  const rows = shape[0] ?? 1;
  const keys = Uint32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? i / 2 : 0));
  const drawn = randomOperation(distribution, shape.length === 0 ? [1] : shape, {
    seed,
    purpose,
    keys: table(keys, [rows, 2]),
  });
  return shape.length === 0 ? reshape(drawn, []) : drawn;
}

function checkDraw(name: string, options: RandomTensorOptions, known: readonly string[]): void {
  if (options === undefined) throw new TypeError(`${name}: there are no options. Give { seed }.`);
  checkKnownOptions(name, options, ['seed', 'purpose', ...known]);
}

/**
 * Uniform random numbers from low to below high: multiples of 2^-24 in [0, 1), times high - low, plus low. Where low is
 * not 0 the sum, rounded to float32, may be high itself.
 *
 * @throws RangeError if low is above high, or an option is not known
 */
export function randomUniform(shape: Shape, options: RandomTensorOptions & { low?: number; high?: number }): Tensor {
  checkDraw('randomUniform', options, ['low', 'high']);
  const { low = 0, high = 1 } = options;
  if (!(low <= high)) {
    throw new RangeError(`randomUniform: low is ${low} and high is ${high}; low must be a number not above high.`);
  }
  return add(mul(draw('randomUniform', 'uniform', shape, options), high - low), low);
}

/**
 * Normal random numbers.
 *
 * @throws RangeError if the deviation is below 0, or an option is not known
 */
export function randomNormal(
  shape: Shape,
  options: RandomTensorOptions & { mean?: number; deviation?: number },
): Tensor {
  checkDraw('randomNormal', options, ['mean', 'deviation']);
  const { mean = 0, deviation = 1 } = options;
  numberIn('randomNormal', 'deviation', deviation, 0, Infinity);
  return add(mul(draw('randomNormal', 'normal', shape, options), deviation), mean);
}

/**
 * 1 with the given probability, else 0.
 *
 * @throws RangeError if the probability is not in [0, 1], or an option is not known
 */
export function randomBernoulli(shape: Shape, options: RandomTensorOptions & { probability?: number }): Tensor {
  checkDraw('randomBernoulli', options, ['probability']);
  const { probability = 0.5 } = options;
  if (!(probability >= 0 && probability <= 1)) {
    refuse('randomBernoulli', 'probability', probability, 'a number from 0 to 1');
  }
  return less(draw('randomBernoulli', 'uniform', shape, options), probability);
}

function isNdarray(values: unknown): values is NdArray {
  return typeof values === 'object' && values !== null && 'stride' in values && 'shape' in values && 'get' in values;
}

/** Whether a value is a typed array of numbers; those of bigints are not. */
function isTypedArray(values: unknown): boolean {
  return (
    ArrayBuffer.isView(values) &&
    typeof (values as { at?(i: number): unknown }).at === 'function' &&
    !isOfBigints(values)
  );
}

function isOfBigints(values: unknown): boolean {
  return values instanceof BigInt64Array || values instanceof BigUint64Array;
}

function nestingOf(values: NestedArray): number[] {
  if (!isList(values)) return [];
  return values.length === 0 ? [0] : [values.length, ...nestingOf(values[0])];
}

function isList(part: NestedArray): part is readonly NestedArray[] {
  return Array.isArray(part) || isTypedArray(part);
}

function flatten(values: NestedArray): Float32Array {
  const lengths = nestingOf(values);
  const flat: number[] = [];
  const visit = (part: NestedArray, axis: number) => {
    if (typeof part !== 'number' && !isList(part)) {
      const remedy = isTensor(part)
        ? 'A tensor is used as it is; concatenate several.'
        : 'Convert it to a number first.';
      throw new TypeError(`tensor: expected numbers or nested arrays of them, got ${describe(part)}. ${remedy}`);
    }
    if (typeof part === 'number' ? axis !== lengths.length : part.length !== lengths[axis]) {
      throw new RangeError(`tensor: the nested arrays are ragged at depth ${axis}; all parts must have equal lengths.`);
    }
    if (typeof part === 'number') flat.push(part);
    else for (const inner of part) visit(inner, axis + 1);
  };
  visit(values, 0);
  return Float32Array.from(flat);
}

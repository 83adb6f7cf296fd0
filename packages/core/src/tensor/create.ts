import type { NdArray } from 'ndarray';
import { broadcastTo } from '../operations/broadcast.js';
import { placeholder as emptyLeaf } from '../operations/definition.js';
import { compute } from '../run/compute.js';
import { dtypeOf } from '../run/typed-array.js';
import { describe, isTensor } from './describe.js';
import { installMethods } from './methods.js';
import { oneOf, refuse } from './options.js';
import { checkShape, formatShape, type Shape, sizeOf, type TypedArray, type ValueType } from './shape.js';
import { createNode, type Engine, Tensor } from './tensor.js';

/** What a tensor can be made of: a number, nested arrays, a typed array with a shape, or an ndarray. */
export type NestedArray = number | readonly NestedArray[];

const engine: Engine = { compute };

/** A leaf that holds data. */
function leaf(data: TypedArray, type: ValueType): Tensor {
  installMethods();
  const node = createNode({ operation: 'input', inputs: [], attributes: {}, outputs: [type], engine, data: [data] });
  return new Tensor(node, 0);
}

/**
 * A tensor of numbers; the data are copied. They are float32, or int32 if they come as an Int32Array.
 *
 * @param values a number, nested arrays of equal lengths, a typed array in row-major order, or an ndarray
 * @param shape  default: the nesting of the arrays, or one axis for a typed array
 * @param dtype  default: int32 for an Int32Array, else float32
 * @throws TypeError if there is anything but numbers
 * @throws RangeError if arrays are ragged or do not fill the shape, or one of the numbers is not an int32 where it must be
 * @example
 * tensor([[1, 2], [3, 4]]).shape; // [2, 2]
 * tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]); // [[1, 2, 3], [4, 5, 6]]
 * tensor(Int32Array.of(1, 2)).dtype; // 'int32'
 */
export function tensor(
  values: NestedArray | TypedArray | Float64Array | NdArray,
  shape?: Shape,
  dtype: 'float32' | 'int32' = values instanceof Int32Array ? 'int32' : 'float32',
): Tensor {
  oneOf('tensor', 'dtype', dtype, ['float32', 'int32']);
  if (isNdarray(values))
    return dtype === 'float32' ? fromNdarray(values) : tensor(fromNdarray(values).toArray(), values.shape, dtype);
  const isTyped = isTypedArray(values);
  const numbers = isTyped ? (values as TypedArray) : flatten(values as NestedArray);
  const lengths = shape ?? (isTyped ? [numbers.length] : nestingOf(values as NestedArray));
  checkShape('tensor', lengths);
  if (numbers.length !== sizeOf(lengths)) {
    throw new RangeError(
      `tensor: ${numbers.length} values do not fill the shape ${formatShape(lengths)}, which has ${sizeOf(lengths)} elements.`,
    );
  }
  const data = dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
  const wrong = dtype === 'int32' ? data.findIndex((number, at) => number !== numbers[at]) : -1;
  if (wrong >= 0)
    refuse('tensor', `the value at position ${wrong}`, numbers[wrong], 'an int32. Use float32, or round it');
  return leaf(data, { shape: [...lengths], dtype });
}

/** What to do with arrays that are nearly what is wanted. */
const TABLE_REMEDIES: Readonly<Record<string, string>> = {
  Float64Array: 'Give Float32Array.from(data).',
  Uint8ClampedArray: 'Give new Uint8Array(data.buffer, data.byteOffset, data.length).',
  BigInt64Array: 'Give Int32Array.from(data, Number).',
  BigUint64Array: 'Give Uint32Array.from(data, Number).',
};

/**
 * A table of numbers, bytes or keys that stays what it is: for `takeRows` and `random`. The array is not copied.
 *
 * @throws TypeError if the data are of another kind than Float32Array, Int32Array, Uint8Array and Uint32Array
 * @throws RangeError if they do not fill the shape
 * @example
 * table(Uint8Array.of(0, 255)).dtype; // 'uint8'
 */
export function table(data: TypedArray, shape: Shape = [data?.length]): Tensor {
  const dtype = dtypeOf(data);
  if (!dtype) {
    const kind = (data as object | undefined)?.constructor?.name ?? '';
    const remedy = TABLE_REMEDIES[kind] ?? 'Convert it, or make a float32 copy with tensor().';
    throw new TypeError(
      `table: expected a Float32Array, an Int32Array, a Uint8Array or a Uint32Array, got ${describe(data)}. ${remedy}`,
    );
  }
  checkShape('table', shape);
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`table: ${data.length} elements do not fill the shape ${formatShape(shape)}.`);
  }
  return leaf(data, { shape: [...shape], dtype });
}

/**
 * A tensor from an ndarray of any strides; the data are copied.
 *
 * @throws TypeError if it is no ndarray, or there is anything but a number at one of its places, such as nothing where
 *   its strides lead beyond its data
 * @throws RangeError if its shape is none, or its size is not that of its shape
 * @example
 * import ndarray from 'ndarray';
 * fromNdarray(ndarray([1, 2, 3, 4], [2, 2]).transpose(1, 0)); // [[1, 3], [2, 4]]
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

/**
 * A leaf without data: an argument of a program that is run later.
 *
 * @example
 * const x = placeholder({ shape: [8, 3], dtype: 'float32' }, 'x');
 * trace([sum(x)]).program.inputs.length; // 1
 */
export function placeholder(type: ValueType, name: string): Tensor {
  installMethods();
  return emptyLeaf(type, name);
}

/**
 * A tensor of one value throughout.
 *
 * @example
 * full([3], 7); // [7, 7, 7]
 */
export function full(shape: Shape, value: number): Tensor {
  return filled('full', shape, value);
}

function filled(name: string, shape: Shape, value: number): Tensor {
  checkShape(name, shape);
  return broadcastTo(tensor(value), shape);
}

/**
 * A tensor of zeros.
 *
 * @example
 * zeros([2, 2]); // [[0, 0], [0, 0]]
 */
export const zeros = (shape: Shape): Tensor => filled('zeros', shape, 0);

/**
 * A tensor of ones.
 *
 * @example
 * ones([3]); // [1, 1, 1]
 */
export const ones = (shape: Shape): Tensor => filled('ones', shape, 1);

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

function flatten(values: NestedArray): number[] {
  const lengths = nestingOf(values);
  const flat: number[] = [];
  const visit = (part: NestedArray, axis: number) => {
    if (typeof part !== 'number' && !isList(part)) {
      const remedy = isTensor(part)
        ? 'A tensor is used as it is; concatenate several.'
        : typeof part === 'bigint' || isOfBigints(part)
          ? 'Convert bigints with Number() first; whole numbers are exact up to 2^24 in float32, up to 2^31 in int32.'
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
  return flat;
}

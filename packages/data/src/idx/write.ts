import { checkObject, shown } from '../checks.js';
import { DIMENSION_BYTES, ELEMENTS, type IdxContent, type IdxType, MAGIC_BYTES, MAXIMUM_RANK } from './format.js';

const EXAMPLE = "writeIdx({ type: 'uint8', shape: [2, 3], data })";

/**
 * The bytes of an uncompressed IDX file. An element is never altered, but that float32 rounds to its nearest number.
 *
 * @param content element type, shape and as many elements as the shape holds
 * @throws RangeError if the type is unknown, the shape has no dimension, more than 255, or does not fit the number of
 *         elements, or the type cannot hold an element; TypeError if something is no array, or an element no number
 * @see LeCun, Cortes and Burges, The MNIST database of handwritten digits: the IDX file format
 * @example
 * writeIdx({ type: 'int16', shape: [2], data: [1, -1] }); // [0, 0, 11, 1, 0, 0, 0, 2, 0, 1, 255, 255]
 */
export function writeIdx(content: IdxContent): Uint8Array<ArrayBuffer> {
  checkContent(content);
  const { type, shape, data } = content;
  const element = ELEMENTS[type];
  const headerBytes = MAGIC_BYTES + DIMENSION_BYTES * shape.length;
  const bytes = new Uint8Array(headerBytes + data.length * element.bytes);
  const view = new DataView(bytes.buffer);
  bytes[2] = element.code;
  bytes[3] = shape.length;
  shape.forEach((size, axis) => {
    view.setUint32(MAGIC_BYTES + DIMENSION_BYTES * axis, size);
  });
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (typeof value !== 'number' || !element.holds(value)) throw unfit(type, shape, i, value);
    element.set(view, headerBytes + i * element.bytes, value);
  }
  return bytes;
}

function checkContent(content: IdxContent): void {
  checkObject('writeIdx', content, ['type', 'shape', 'data']);
  const { type, shape, data } = content;
  if (typeof type !== 'string' || !Object.hasOwn(ELEMENTS, type)) {
    throw new RangeError(`writeIdx: the type is ${shown(type)}, expected ${Object.keys(ELEMENTS).join(', ')}.`);
  }
  if (!Array.isArray(shape)) {
    throw new TypeError(`writeIdx: the shape is ${shown(shape)}, expected an array of sizes, as in ${EXAMPLE}.`);
  }
  // `every` passes over the holes of an array.
  const fits = Array.from(shape).every((size) => Number.isInteger(size) && size >= 0 && size < 2 ** 32);
  if (shape.length < 1 || shape.length > MAXIMUM_RANK || !fits) {
    throw new RangeError(`writeIdx: the shape is ${shown(shape)}, expected 1 to 255 sizes, each from 0 to 4294967295.`);
  }
  const isArray = Array.isArray(data) || (ArrayBuffer.isView(data) && !(data instanceof DataView));
  if (!isArray) {
    throw new TypeError(
      `writeIdx: the data is ${shown(data)}, expected a flat array of numbers, typed or not, as in ${EXAMPLE}.`,
    );
  }
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new RangeError(`writeIdx: the shape [${shape}] holds ${count} elements, but the data has ${data.length}.`);
  }
}

/** Names an element that the type cannot hold, and where it is. */
function unfit(type: IdxType, shape: readonly number[], index: number, value: unknown): Error {
  const position: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    position.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  const fault = `writeIdx: the element at [${position}] is ${shown(value)}, but ${type} holds ${ELEMENTS[type].range}.`;
  if (typeof value !== 'number') return new TypeError(`${fault} Give a flat array of numbers.`);
  return new RangeError(`${fault} Scale or round the data, or choose another type.`);
}

import { DIMENSION_BYTES, ELEMENTS, type IdxArray, MAGIC_BYTES, MAXIMUM_RANK } from './format.js';

/**
 * The bytes of an uncompressed IDX file.
 *
 * @param array element type, shape and as many elements as the shape holds
 * @throws RangeError if the shape has no dimension, more than 255, or does not fit the number of elements
 * @see LeCun, Cortes and Burges, The MNIST database of handwritten digits: the IDX file format
 */
export function writeIdx({ type, shape, data }: IdxArray): Uint8Array {
  const fits = shape.every((size) => Number.isInteger(size) && size >= 0 && size < 2 ** 32);
  if (shape.length < 1 || shape.length > MAXIMUM_RANK || !fits) {
    throw new RangeError(`writeIdx: the shape is [${shape}], expected 1 to 255 sizes, each from 0 to 4294967295.`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new RangeError(`writeIdx: the shape [${shape}] holds ${count} elements, but the data has ${data.length}.`);
  }
  const element = ELEMENTS[type];
  const headerBytes = MAGIC_BYTES + DIMENSION_BYTES * shape.length;
  const bytes = new Uint8Array(headerBytes + count * element.bytes);
  const view = new DataView(bytes.buffer);
  bytes[2] = element.code;
  bytes[3] = shape.length;
  shape.forEach((size, axis) => {
    view.setUint32(MAGIC_BYTES + DIMENSION_BYTES * axis, size);
  });
  for (let i = 0; i < count; i++) element.set(view, headerBytes + i * element.bytes, data[i]!);
  return bytes;
}

/** Arrays that can be written, and NumPy's names of their types. */
const DESCRIPTIONS = [
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [Int32Array, '<i4'],
  [Uint8Array, '|u1'],
  [Uint16Array, '<u2'],
] as const;

/** Values of an array for a `.npy` file. */
export type NpyData = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array;

/** Where elements begin is a multiple of this, so that the file can be mapped into memory. */
const ALIGNMENT = 64;

/**
 * The bytes of a `.npy` file of version 1.0, which `numpy.load` reads: C order, little-endian.
 *
 * @param data  row-major
 * @param shape of any number of axes
 * @throws TypeError if the data are no such array; RangeError if they do not fill the shape
 * @see numpy.lib.format, "Format Version 1.0"
 * @example
 * const bytes = encodeNpy(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
 * bytes.length; // 152; 128 before the six numbers
 */
export function encodeNpy(data: NpyData, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const descr = DESCRIPTIONS.find(([kind]) => data instanceof kind)?.[1];
  if (!descr) {
    const names = DESCRIPTIONS.map(([kind]) => kind.name).join(', ');
    throw new TypeError(
      `encodeNpy: the data are a ${(data as object)?.constructor?.name ?? typeof data}, expected one of ${names}.`,
    );
  }
  const length = shape.reduce((product, axis) => product * axis, 1);
  if (!shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0) || length !== data.length) {
    throw new RangeError(`encodeNpy: ${data.length} values do not fill [${shape.join(',')}].`);
  }
  // As Python writes a tuple: one of a single axis ends with a comma.
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const start = 10;
  const begin = Math.ceil((start + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(begin + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, begin - start, true);
  const header = `${text.padEnd(begin - start - 1)}\n`;
  for (let at = 0; at < header.length; at++) bytes[start + at] = header.charCodeAt(at);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), begin);
  return bytes;
}

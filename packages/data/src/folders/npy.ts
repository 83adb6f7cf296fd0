import { decodeNpy, type NpyDType, NpyError, type NpyHeader } from '@weft/formats/arrays';
import type { Picture } from '../pictures/picture.js';

/** An array of pictures in a `.npy` file. */
export interface NpyArray {
  readonly type: 'uint8' | 'uint16' | 'float32' | 'float64';
  readonly isLittleEndian: boolean;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  /** Where the values begin in the file. */
  readonly begin: number;
  /** Bytes of a picture in the file. */
  readonly pictureBytes: number;
}

type Pixels = NpyArray['type'];

const BYTES: Readonly<Record<Pixels, number>> = { uint8: 1, uint16: 2, float32: 4, float64: 8 };

const isPixels = (dtype: NpyDType): dtype is Pixels => Object.hasOwn(BYTES, dtype);

/** Largest number of a class. */
const MOST_LABEL = 65535;

/**
 * Pictures in a `.npy` file: uint8, uint16, float32 or float64, [count, height, width] or [count, height, width, channels].
 *
 * @throws NpyError if it holds something else
 */
export function npyArray({ dtype, byteOrder, order, shape, begin }: NpyHeader): NpyArray {
  if (!isPixels(dtype)) {
    throw new NpyError(`Its values are ${dtype}; pictures are ${Object.keys(BYTES).join(', ')}.`);
  }
  const [count, height, width, channels = 1] = shape;
  if (shape.length < 3 || shape.length > 4 || ![1, 3, 4].includes(channels)) {
    throw new NpyError(
      `Its shape is [${shape}]; pictures are [count, height, width] or [count, height, width, channels] with 1, 3 or 4 channels.`,
    );
  }
  if (shape.includes(0)) throw new NpyError(`Its shape is [${shape}]; it holds nothing.`);
  if (order === 'F') {
    throw new NpyError("Its values are in Fortran's order. Write numpy.ascontiguousarray(array) instead.");
  }
  const pictureBytes = height * width * channels * BYTES[dtype];
  const isLittleEndian = byteOrder === 'little';
  return { type: dtype, isLittleEndian, count, height, width, channels: channels as 1 | 3 | 4, begin, pictureBytes };
}

/**
 * One picture of an array. Floats from 0 to 1 become 16 bits.
 *
 * @param bytes of the picture
 * @throws NpyError if a float lies outside 0 to 1
 */
export function npyPicture(array: NpyArray, bytes: Uint8Array): Picture {
  const { type, isLittleEndian, height, width, channels } = array;
  if (type === 'uint8') return { height, width, channels, depth: 8, data: bytes.slice() };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Uint16Array(height * width * channels);
  for (let at = 0; at < data.length; at++) {
    if (type === 'uint16') data[at] = view.getUint16(2 * at, isLittleEndian);
    else {
      const value =
        type === 'float32' ? view.getFloat32(4 * at, isLittleEndian) : view.getFloat64(8 * at, isLittleEndian);
      if (!(value >= 0 && value <= 1))
        throw new NpyError(`It holds the value ${value}; floats of pictures lie from 0 to 1.`);
      data[at] = Math.floor(value * 65535 + 0.5);
    }
  }
  return { height, width, channels, depth: 16, data };
}

/**
 * The numbers of classes in a `.npy` file: [count] whole numbers from 0 to 65,535.
 *
 * @param bytes of the whole file
 * @throws NpyError if it holds something else
 */
export function npyLabels(bytes: Uint8Array): Int32Array {
  const { dtype, shape, data } = decodeNpy(bytes);
  const isColumn = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!/^u?int/.test(dtype) || !isColumn) {
    throw new NpyError(`It holds [${shape}] of ${dtype}; labels are whole numbers, one for each picture.`);
  }
  return Int32Array.from({ length: shape[0] }, (_, which) => {
    const label = Number(data[which]);
    if (label >= 0 && label <= MOST_LABEL) return label;
    throw new NpyError(`It holds the label ${label}; labels are numbers from 0 to ${MOST_LABEL}.`);
  });
}

/// <reference path="../../types/jsfive.d.ts" />
import { File } from 'jsfive';
import { shown } from '../safetensors/shown.js';
import { KerasError } from './error.js';

/** An array that is to be read, and the shape that it must have. */
export interface WantedArray {
  readonly path: string;
  readonly shape: readonly number[];
}

/** Bytes of arrays for each of the file: those of Keras are stored as they are. */
const MOST_RATIO = 4;

const TYPES: Readonly<Record<string, number>> = { '<f4': 4, '>f4': 4, '<f8': 8, '>f8': 8 };

/**
 * Reads arrays of an HDF5 file by jsfive, which trusts the file: call it where it can be stopped, such as in a worker.
 * Shapes and sizes are compared before values are read.
 *
 * @returns values in the order of what is wanted, as float32
 * @throws KerasError naming what is missing or of another shape; for a damaged file
 * @example
 * readHdf5(new Uint8Array(8), [{ path: 'layers/dense/vars/0', shape: [2, 1] }]); // throws KerasError
 */
export function readHdf5(bytes: Uint8Array, wanted: readonly WantedArray[]): Float32Array[] {
  const buffer = bytes.slice().buffer;
  const file = reading(() => new File(buffer, 'weights'));
  let total = 0;
  return wanted.map(({ path, shape }) => {
    const array = reading(() => itemAt(file, path));
    const found: unknown = array && 'shape' in array ? reading(() => array.shape) : undefined;
    if (!array || !Array.isArray(found)) throw new KerasError(`The file of weights has no array ${path}.`);
    if (found.join() !== shape.join()) {
      throw new KerasError(`${path} is [${found.slice(0, 20)}]; the layer's weight is [${shape}].`);
    }
    const dtype = reading(() => (array as { dtype?: unknown }).dtype);
    if (typeof dtype !== 'string' || !Object.hasOwn(TYPES, dtype)) {
      throw new KerasError(`${path} holds ${shown(dtype)}; read are float32 and float64.`);
    }
    const count = shape.reduce((product, length) => product * length, 1);
    total += count * TYPES[dtype];
    if (total > MOST_RATIO * bytes.length) throw new KerasError('The file of weights is cut short or damaged.');
    const values = reading(() => (array as { value: ArrayLike<number> }).value);
    const numbers = Float32Array.from(values);
    if (numbers.length !== count) throw new KerasError(`${path} is cut short or damaged.`);
    return numbers;
  });
}

/** Undefined if there is none, of which jsfive throws a text. */
function itemAt(file: File, path: string) {
  try {
    return file.get(path);
  } catch (error) {
    if (typeof error === 'string' && error.includes('not found')) return undefined;
    throw error;
  }
}

/** jsfive throws errors of any kind where a file is not as it should be. */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new KerasError(
      `The file of weights is no HDF5 file, or damaged (${String((cause as Error)?.message ?? cause).slice(0, 100)}).`,
      {
        cause,
      },
    );
  }
}

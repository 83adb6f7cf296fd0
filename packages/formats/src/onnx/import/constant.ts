import { formatShape, sizeOf } from '@weft/core/program';
import { halfToFloat } from '../../half/half.js';
import { OnnxError } from '../error.js';
import type { TensorProto } from '../schema.js';

/** Kinds of numbers as far as they matter here: floats of any width are float32, whole numbers are counted exactly. */
export type Kind = 'float' | 'integer' | 'truth';

/** Values that stand in the file, row-major. */
export interface Constant {
  readonly shape: readonly number[];
  readonly kind: Kind;
  /** Whole numbers as float64, in which they are exact up to 2^53. */
  readonly data: Float32Array | Float64Array;
}

/** Axes that a tensor may have. */
export const MOST_AXES = 32;

/** A reader of the bytes of one element. */
type Read = (view: DataView, at: number) => number;

interface Type {
  readonly kind: Kind;
  readonly bytes: number;
  readonly read: Read;
  /** The list that holds values where there are no raw bytes. */
  readonly list: 'floatData' | 'doubleData' | 'int32Data' | 'int64Data' | 'uint64Data';
}

/** By the standard's numbers of types. */
const TYPES: Readonly<Record<number, Type>> = {
  1: { kind: 'float', bytes: 4, list: 'floatData', read: (view, at) => view.getFloat32(at, true) },
  2: { kind: 'integer', bytes: 1, list: 'int32Data', read: (view, at) => view.getUint8(at) },
  3: { kind: 'integer', bytes: 1, list: 'int32Data', read: (view, at) => view.getInt8(at) },
  5: { kind: 'integer', bytes: 2, list: 'int32Data', read: (view, at) => view.getInt16(at, true) },
  6: { kind: 'integer', bytes: 4, list: 'int32Data', read: (view, at) => view.getInt32(at, true) },
  7: { kind: 'integer', bytes: 8, list: 'int64Data', read: (view, at) => Number(view.getBigInt64(at, true)) },
  9: { kind: 'truth', bytes: 1, list: 'int32Data', read: (view, at) => view.getUint8(at) },
  10: { kind: 'float', bytes: 2, list: 'int32Data', read: (view, at) => ofHalf(view.getUint16(at, true)) },
  11: { kind: 'float', bytes: 8, list: 'doubleData', read: (view, at) => view.getFloat64(at, true) },
  12: { kind: 'integer', bytes: 4, list: 'uint64Data', read: (view, at) => view.getUint32(at, true) },
  13: { kind: 'integer', bytes: 8, list: 'uint64Data', read: (view, at) => Number(view.getBigUint64(at, true)) },
};

/** The number of a half float. */
const ofHalf = (bits: number): number => halfToFloat(Uint16Array.of(bits))[0];

/** The kind of a type by the standard's number; undefined for texts and what else Weft does not compute with. */
export const kindOf = (type: number): Kind | undefined => TYPES[type]?.kind;

/**
 * The values of a tensor.
 *
 * @throws OnnxError if they lie in another file, are of a type that Weft does not know, or do not fill the shape
 */
export function constantOf(tensor: TensorProto, label = `tensor '${tensor.name ?? ''}'`): Constant {
  const { dims, dataType = 0, rawData, dataLocation = 0, externalData } = tensor;
  if (dataLocation === 1 || externalData.length > 0) {
    throw new OnnxError(
      `${label}: its values lie in another file. Save the model as one file: onnx.save(onnx.load(path), 'one.onnx').`,
    );
  }
  const type = TYPES[dataType];
  if (!type) throw new OnnxError(`${label}: it has the type ${dataType} of ONNX, which Weft does not read.`);
  if (dims.length > MOST_AXES)
    throw new OnnxError(`${label}: it has ${dims.length} axes, of which ${MOST_AXES} are read.`);
  if (!dims.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new OnnxError(`${label}: its shape is ${formatShape(dims)}.`);
  }
  const size = sizeOf(dims);
  const list = tensor[type.list];
  const count = rawData === undefined ? list.length : rawData.length / type.bytes;
  if (count !== size) {
    throw new OnnxError(`${label}: the shape ${formatShape(dims)} has ${size} elements, but the file holds ${count}.`);
  }
  const data = type.kind === 'float' ? new Float32Array(size) : new Float64Array(size);
  if (rawData === undefined) data.set(dataType === 10 ? list.map(ofHalf) : list);
  else {
    const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
    for (let index = 0; index < size; index++) data[index] = type.read(view, index * type.bytes);
  }
  return { shape: [...dims], kind: type.kind, data };
}

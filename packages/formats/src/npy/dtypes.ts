/** Typed arrays that hold the values of a NumPy array. */
export type NpyData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

interface Type {
  /** NumPy's letter and bytes of an element. */
  readonly code: string;
  /** What holds the values. */
  readonly array: new (
    buffer: ArrayBuffer,
  ) => NpyData;
  /** Numbers of the array in an element: a complex one has two, the real part first. */
  readonly parts: 1 | 2;
}

const type = (code: string, array: Type['array'], parts: Type['parts'] = 1): Type => ({ code, array, parts });

/**
 * NumPy's numeric types. Truth values are bytes of 0 or 1. Half floats are held as Float32Array, and complex numbers as
 * pairs.
 */
export const npyTypes = {
  bool: type('b1', Uint8Array),
  int8: type('i1', Int8Array),
  int16: type('i2', Int16Array),
  int32: type('i4', Int32Array),
  int64: type('i8', BigInt64Array),
  uint8: type('u1', Uint8Array),
  uint16: type('u2', Uint16Array),
  uint32: type('u4', Uint32Array),
  uint64: type('u8', BigUint64Array),
  float16: type('f2', Float32Array),
  float32: type('f4', Float32Array),
  float64: type('f8', Float64Array),
  complex64: type('c8', Float32Array, 2),
  complex128: type('c16', Float64Array, 2),
} as const satisfies Readonly<Record<string, Type>>;

/** Names of NumPy's numeric types. */
export type NpyDType = keyof typeof npyTypes;

/** Bytes of an element in a file. */
export const elementBytes = (dtype: NpyDType): number => Number(npyTypes[dtype].code.slice(1));

/** Bytes that are reversed together where the byte order is another: a complex number has two such groups. */
export const groupBytes = (dtype: NpyDType): number => elementBytes(dtype) / npyTypes[dtype].parts;

/** An array of a `.npy` or `.npz` file. */
export interface NpyArray {
  readonly dtype: NpyDType;
  /** Lengths of the axes, outermost first; empty for a single number. */
  readonly shape: readonly number[];
  /** Row-major elements. */
  readonly data: NpyData;
}

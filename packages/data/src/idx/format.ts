/** The element types of an IDX file and the arrays that hold them. */
export interface IdxData {
  uint8: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  float32: Float32Array;
  float64: Float64Array;
}

export type IdxType = keyof IdxData;

/** The content of an IDX file: element type, shape (row-major) and as many elements as the shape holds. */
export type IdxArray = { [T in IdxType]: { type: T; shape: number[]; data: IdxData[T] } }[IdxType];

/** What an IDX file is made of: the elements may come from any array of numbers that the type can hold. */
export interface IdxContent {
  type: IdxType;
  shape: readonly number[];
  data: ArrayLike<number>;
}

interface Element {
  /** Third byte of the file. */
  code: number;
  bytes: number;
  /** Which numbers it holds, as part of a sentence. */
  range: string;
  /** Whether it holds a number, as it is or, for a fraction, rounded to the nearest that it has. */
  holds(value: number): boolean;
  allocate(count: number): IdxArray['data'];
  get(view: DataView, offset: number): number;
  set(view: DataView, offset: number, value: number): void;
}

const wholeNumbers = (least: number, most: number) => ({
  range: `whole numbers from ${least} to ${most}`,
  holds: (value: number) => Number.isInteger(value) && value >= least && value <= most,
});

/** IDX stores every number with the most significant byte first, as DataView does unless told otherwise. */
export const ELEMENTS: Record<IdxType, Element> = {
  uint8: {
    code: 0x08,
    bytes: 1,
    ...wholeNumbers(0, 255),
    allocate: (count) => new Uint8Array(count),
    get: (view, offset) => view.getUint8(offset),
    set: (view, offset, value) => view.setUint8(offset, value),
  },
  int8: {
    code: 0x09,
    bytes: 1,
    ...wholeNumbers(-128, 127),
    allocate: (count) => new Int8Array(count),
    get: (view, offset) => view.getInt8(offset),
    set: (view, offset, value) => view.setInt8(offset, value),
  },
  int16: {
    code: 0x0b,
    bytes: 2,
    ...wholeNumbers(-32_768, 32_767),
    allocate: (count) => new Int16Array(count),
    get: (view, offset) => view.getInt16(offset),
    set: (view, offset, value) => view.setInt16(offset, value),
  },
  int32: {
    code: 0x0c,
    bytes: 4,
    ...wholeNumbers(-2_147_483_648, 2_147_483_647),
    allocate: (count) => new Int32Array(count),
    get: (view, offset) => view.getInt32(offset),
    set: (view, offset, value) => view.setInt32(offset, value),
  },
  float32: {
    code: 0x0d,
    bytes: 4,
    range: 'numbers up to 3.4028234663852886e+38 in size',
    // Fractions are rounded, but what is too large would become infinite.
    holds: (value) => !Number.isFinite(value) || Number.isFinite(Math.fround(value)),
    allocate: (count) => new Float32Array(count),
    get: (view, offset) => view.getFloat32(offset),
    set: (view, offset, value) => view.setFloat32(offset, value),
  },
  float64: {
    code: 0x0e,
    bytes: 8,
    range: 'numbers',
    holds: () => true,
    allocate: (count) => new Float64Array(count),
    get: (view, offset) => view.getFloat64(offset),
    set: (view, offset, value) => view.setFloat64(offset, value),
  },
};

/** Two zero bytes, the type, the number of dimensions. */
export const MAGIC_BYTES = 4;
/** Each dimension is an unsigned 32-bit integer. */
export const DIMENSION_BYTES = 4;
export const MAXIMUM_RANK = 255;

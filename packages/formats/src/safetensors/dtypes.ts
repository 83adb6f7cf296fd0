/** Typed arrays that hold tensors of a file. */
export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

type TensorDataConstructor = {
  new (buffer: ArrayBuffer): TensorData;
  readonly BYTES_PER_ELEMENT: number;
};

/**
 * The array that holds each dtype. Half floats (F16, BF16), bytes of floats (F8) and truth values stay the bits that
 * they are in the file; `safetensorsFloats` makes numbers of half floats.
 */
export const dtypes = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const satisfies Readonly<Record<string, TensorDataConstructor>>;

/** Names of the element types of the safetensors format. */
export type SafetensorsDType = keyof typeof dtypes;

/** A tensor of a file. */
export interface SafetensorsTensor {
  readonly dtype: SafetensorsDType;
  /** Lengths of the axes, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** Row-major elements. */
  readonly data: TensorData;
}

/** What a file holds. */
export interface SafetensorsContents {
  readonly tensors: Map<string, SafetensorsTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

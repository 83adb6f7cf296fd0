import { type DType, sizeOf, type TypedArray, type ValueType } from '../tensor/shape.js';

const KINDS = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array, uint32: Uint32Array } as const;

/** The storage that an array of numbers is already of, if it is one. */
export function dtypeOf(array: unknown): DType | undefined {
  return (Object.keys(KINDS) as DType[]).find((dtype) => array instanceof KINDS[dtype]);
}

/** A new array for a value, of zeros. */
export function typedArrayFor({ shape, dtype }: ValueType): TypedArray {
  return new KINDS[dtype](sizeOf(shape));
}

/** A view of a value's elements in memory. */
export function typedArrayAt({ shape, dtype }: ValueType, buffer: ArrayBufferLike, address: number): TypedArray {
  return new KINDS[dtype](buffer as ArrayBuffer, address, sizeOf(shape));
}

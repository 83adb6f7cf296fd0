import { sizeOf, type TypedArray, type ValueType } from '../tensor/shape.js';

const KINDS = { float32: Float32Array, uint8: Uint8Array, uint32: Uint32Array } as const;

/** A view of a value's elements in memory. */
export function typedArrayAt({ shape, dtype }: ValueType, buffer: ArrayBufferLike, address: number): TypedArray {
  return new KINDS[dtype](buffer as ArrayBuffer, address, sizeOf(shape));
}

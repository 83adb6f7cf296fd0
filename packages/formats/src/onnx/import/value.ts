import { reshape, type Tensor, type TensorLike, transpose } from '@weft/core';
import { inverted, isIdentity, keepsOrder } from '../permute.js';
import type { Constant, Kind } from './constant.js';

/** A value that is known at once, with the initializer that it comes from, if it does. */
export interface KnownValue extends Constant {
  readonly is: 'known';
  /** The initializer whose elements these are, perhaps in another order or shape. */
  readonly source?: string | undefined;
}

/**
 * A value that is computed. Images have their channels last where `isLast`: ONNX's [batch, channels, height, width] is
 * [batch, height, width, channels] here. All else is said in ONNX's order of axes.
 */
export interface ComputedValue {
  readonly is: 'computed';
  readonly x: Tensor;
  readonly isLast: boolean;
  readonly kind: Kind;
  /** Whether it depends on weights alone, and on no example. */
  readonly isFixed: boolean;
}

export type Value = KnownValue | ComputedValue;

/** Channels from the second axis to the last. */
export const toLast = (rank: number): number[] => [
  0,
  ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2),
  ...(rank > 1 ? [1] : []),
];

/** The tensor with channels last. */
export function asLast({ x, isLast }: ComputedValue): Tensor {
  return isLast ? x : turned(x, toLast(x.shape.length));
}

/** The tensor with its axes in ONNX's order. */
export function asGiven({ x, isLast }: ComputedValue): Tensor {
  return isLast ? turned(x, inverted(toLast(x.shape.length))) : x;
}

/** A transposition, which is a reshape where it moves axes of length 1 only. */
export function turned(x: Tensor, permutation: readonly number[]): Tensor {
  if (isIdentity(permutation)) return x;
  const shape = permutation.map((axis) => x.shape[axis]);
  return keepsOrder(x.shape, permutation) ? reshape(x, shape) : transpose(x, permutation);
}

/** Lengths of the axes, in ONNX's order. */
export function shapeOf(value: Value): readonly number[] {
  if (value.is === 'known') return value.shape;
  const { shape } = value.x;
  return value.isLast ? inverted(toLast(shape.length)).map((axis) => shape[axis]) : shape;
}

/** The value as a number, where it is one and is known. */
export function numberIn(value: Value): number | undefined {
  return value.is === 'known' && value.data.length === 1 ? value.data[0] : undefined;
}

export type Operand = TensorLike;

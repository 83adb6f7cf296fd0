import { broadcastStrides } from '../operations/broadcast.js';
import { type DType, type Shape, sizeOf } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';

/**
 * The loops that a kernel runs over its elements, outermost first. Values of the same number of elements share them,
 * of any shapes, as long as the shapes can be cut into common axes: [6272,32] and [8,28,28,32] can.
 */
export type Space = readonly number[];

/** The common refinement of two ways to cut the same elements into axes, or undefined where there is none. */
export function refine(a: Space, b: Shape): Space | undefined {
  if (sizeOf(a) !== sizeOf(b) || sizeOf(a) === 0) return undefined;
  const cuts = [...new Set([...suffixProducts(a), ...suffixProducts(b)])].sort((x, y) => x - y);
  const space: number[] = [];
  for (let i = 1; i < cuts.length; i++) {
    if (cuts[i] % cuts[i - 1] !== 0) return undefined;
    space.unshift(cuts[i] / cuts[i - 1]);
  }
  return space;
}

function suffixProducts(shape: Shape): number[] {
  const products = [1];
  for (let axis = shape.length - 1; axis >= 0; axis--) products.push(products[products.length - 1] * shape[axis]);
  return products;
}

/** A value read with strides: what `broadcast` and constants are inside of a kernel, without being computed. */
export interface View {
  /** The value that is read, or undefined for a constant. */
  readonly source: number | undefined;
  readonly constant?: number;
  readonly dtype: DType;
  /** The shape that is walked, and a stride for each of its axes, in elements of the source. */
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** Strides of a view along the axes of a space that refines its shape. */
export function stridesIn(space: Space, { shape, strides }: Pick<View, 'shape' | 'strides'>): number[] {
  const result: number[] = [];
  let axis = shape.length - 1;
  let inside = 1;
  for (let at = space.length - 1; at >= 0; at--) {
    while (axis >= 0 && inside === shape[axis]) {
      axis--;
      inside = 1;
    }
    result.unshift(axis < 0 ? 0 : strides[axis] * inside);
    inside *= space[at];
  }
  return result;
}

/** Knows which operation computes which value of a program. */
export function producers(program: Program): (Operation | undefined)[] {
  const found = new Array<Operation | undefined>(program.values.length).fill(undefined);
  for (const operation of program.operations) for (const value of operation.outputs) found[value] = operation;
  return found;
}

/** The value that a chain of reshapes begins with: the same elements in the same order. */
export function rootOf(producer: readonly (Operation | undefined)[], value: number): number {
  let root = value;
  for (let op = producer[root]; op?.name === 'reshape'; op = producer[root]) root = op.inputs[0];
  return root;
}

/** A value as a view, if it is a constant or a broadcast, perhaps reshaped; undefined for other values. */
export function viewOf(
  program: Program,
  producer: readonly (Operation | undefined)[],
  value: number,
): View | undefined {
  const root = rootOf(producer, value);
  const operation = producer[root];
  const { shape, dtype } = program.values[root];
  if (operation?.name === 'constant') {
    return { source: undefined, constant: Number(operation.attributes.value), dtype, shape, strides: [] };
  }
  if (operation?.name !== 'broadcast') return undefined;
  const [inner] = operation.inputs;
  const innerView = viewOf(program, producer, inner);
  if (innerView && innerView.source === undefined) return { ...innerView, shape, strides: shape.map(() => 0) };
  return {
    source: rootOf(producer, inner),
    dtype,
    shape,
    strides: broadcastStrides(program.values[inner].shape, shape),
  };
}

import { type Shape, sizeOf, type ValueType } from '../tensor/shape.js';

/** How a value is cut by examples: the axis, whose length is the number of examples times a factor, examples outermost. */
export interface Sharding {
  readonly axis: number;
  readonly factor: number;
}

/** Of an operation: what its operands are at the size of the whole batch, and which of them are cut by examples. */
export interface ShardQuestion<A> {
  readonly inputs: readonly ValueType[];
  readonly output: ValueType;
  readonly attributes: A;
  /** By operand; undefined for those that are known as a whole. */
  readonly shardings: readonly (Sharding | undefined)[];
  /** Examples of the whole batch. */
  readonly batch: number;
}

/** How an operation is computed on a part of the examples. */
export interface ShardAnswer<A> {
  /** What each operand must be: cut in this way, or whole. */
  readonly operands: readonly (Sharding | 'whole')[];
  /** How the result is cut, or how the results of parts are put together: by adding them or by taking the largest. */
  readonly result: Sharding | 'sum' | 'max';
  /** The attributes for another number of examples. Default: they stay. */
  readonly resize?: (examples: number) => A;
}

/**
 * What an operation does to the axis of examples. No answer means that examples meet in it: it is computed on the whole
 * batch. A rule is asked only if at least one operand is cut.
 */
export type ShardRule<A> = (question: ShardQuestion<A>) => ShardAnswer<A> | undefined;

/** A shape with another number of examples. */
export function resized(shape: Shape, { axis, factor }: Sharding, examples: number): Shape {
  return shape.with(axis, examples * factor);
}

/** Whether two values are cut alike. */
export function sameSharding(a: Sharding, b: Sharding): boolean {
  return a.axis === b.axis && a.factor === b.factor;
}

/** The only way in which operands are cut, if there is only one. */
export function onlySharding(shardings: readonly (Sharding | undefined)[]): Sharding | undefined {
  const cut = shardings.filter((sharding) => sharding !== undefined);
  return cut.length > 0 && cut.every((sharding) => sameSharding(sharding, cut[0])) ? cut[0] : undefined;
}

/** For operations that compute each element from the same place of every operand: all are cut alike. */
export function shardAlike<A>({ inputs, shardings }: ShardQuestion<A>): ShardAnswer<A> | undefined {
  const sharding = onlySharding(shardings);
  return sharding && { operands: inputs.map(() => sharding), result: sharding };
}

/**
 * Rows are computed one by one along axis 0 of some operands and of the result.
 *
 * @param resize the attributes for another number of rows
 */
export function shardRows<A>(
  operands: readonly ('rows' | 'whole')[],
  resize?: (attributes: A, rows: number) => A,
): ShardRule<A> {
  return ({ shardings, attributes }) => {
    const rows = onlySharding(shardings);
    const isFit = shardings.every((sharding, which) => sharding === undefined || operands[which] === 'rows');
    if (rows?.axis !== 0 || !isFit) return undefined;
    return {
      operands: operands.map((operand) => (operand === 'rows' ? rows : 'whole')),
      result: rows,
      ...(resize && { resize: (examples: number) => resize(attributes, examples * rows.factor) }),
    };
  };
}

/** Where the axis of examples goes when elements stay in their order and the shape changes. */
export function reshapedSharding(
  from: Shape,
  { axis, factor }: Sharding,
  to: Shape,
  batch: number,
): Sharding | undefined {
  const before = sizeOf(from.slice(0, axis));
  const inside = sizeOf(from.slice(axis)) / batch;
  // Of axes of length 1, which have the same elements before them, the one that keeps the factor is preferred.
  const candidates = to.flatMap((length, at): Sharding[] => {
    const isThere = sizeOf(to.slice(0, at)) === before && length > 0 && length % batch === 0;
    return isThere && sizeOf(to.slice(at)) / batch === inside ? [{ axis: at, factor: length / batch }] : [];
  });
  return candidates.find((candidate) => candidate.factor === factor) ?? candidates.at(-1);
}

/** For reductions along axes: parts of a sum over examples are combined, others stay cut. */
export function shardReduction<A extends { readonly axes: readonly number[] }>(combine: 'sum' | 'max'): ShardRule<A> {
  return ({ shardings: [x], attributes: { axes } }) => {
    if (!x) return undefined;
    const axis = x.axis - axes.filter((reduced) => reduced < x.axis).length;
    return { operands: [x], result: axes.includes(x.axis) ? combine : { axis, factor: x.factor } };
  };
}

/** For operations that cannot be computed on a part of the examples. */
export const neverSharded = (): undefined => undefined;

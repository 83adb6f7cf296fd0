import { broadcastTo } from '../operations/broadcast.js';
import { integer, scalar } from '../operations/constant.js';
import { checkAmounts, concatenate, padded, sliceAlong } from '../operations/slice.js';
import { checkTensor, describe } from '../tensor/describe.js';
import { checkKnownOptions, oneOf, refuse } from '../tensor/options.js';
import { formatShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** What stands around a tensor, by NumPy's names. */
export type PadMode = 'constant' | 'reflect' | 'symmetric' | 'edge';

/** Options of `pad`. */
export interface PadOptions {
  /**
   * Of [1, 2, 3] with two before it: `constant` [0, 0, 1, 2, 3], `reflect` [3, 2, 1, 2, 3], `symmetric` [2, 1, 1, 2, 3],
   * `edge` [1, 1, 1, 2, 3]. Default `constant`.
   */
  readonly mode?: PadMode;
  /** The number around the tensor, with the mode `constant`. Default 0. */
  readonly constantValues?: number;
}

/** Elements before or after a tensor along an axis. */
type Border = (x: Tensor, axis: number, count: number, end: 'before' | 'after') => Tensor;

const constantBorder =
  (value: number): Border =>
  (x, axis, count) =>
    broadcastTo(x.dtype === 'int32' ? integer(value) : scalar(value), x.shape.with(axis, count));

const edgeBorder: Border = (x, axis, count, end) =>
  broadcastTo(sliceAlong(x, axis, end === 'before' ? 0 : x.shape[axis] - 1, 1), x.shape.with(axis, count));

/** The elements beside an end in reverse order, `skipped` of them left out. */
const mirroredBorder =
  (skipped: 0 | 1): Border =>
  (x, axis, count, end) => {
    const begin = end === 'before' ? count - 1 + skipped : x.shape[axis] - 1 - skipped;
    return sliceAlong(x, axis, begin, count, -1);
  };

/** Most elements that a border may have. */
const MOST: Readonly<Record<PadMode, (length: number) => number>> = {
  constant: () => Infinity,
  edge: (length) => (length > 0 ? Infinity : 0),
  reflect: (length) => Math.max(0, length - 1),
  symmetric: (length) => length,
};

/**
 * More elements around a tensor: a number, or its own elements repeated.
 *
 * @param amounts for each axis how many go before and after it
 * @throws RangeError if the amounts do not fit the axes: `reflect` takes up to the length less one, `symmetric` up to
 *   the length
 * @example
 * pad(tensor([1, 2, 3]), [[2, 1]], { mode: 'reflect' }); // [3, 2, 1, 2, 3, 2]
 */
export function pad(x: Tensor, amounts: readonly (readonly [number, number])[], options: PadOptions = {}): Tensor {
  if (!Array.isArray(amounts) || !amounts.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw new TypeError(
      `pad: expected an array of [before, after] for each axis, such as [[1,1],[0,0]], got ${describe(amounts)}.`,
    );
  }
  checkTensor('pad', x);
  checkKnownOptions('pad', options, ['mode', 'constantValues']);
  const mode = oneOf('pad', 'mode', options.mode ?? 'constant', ['constant', 'reflect', 'symmetric', 'edge']);
  const { constantValues: value = 0 } = options;
  if (typeof value !== 'number' || (x.dtype === 'int32' && (value | 0) !== value)) {
    refuse('pad', 'constantValues', value, x.dtype === 'int32' ? 'an int32' : 'a number');
  }
  if (mode !== 'constant' && options.constantValues !== undefined) {
    refuse('pad', 'constantValues', value, `none with the mode '${mode}'`);
  }
  const before = amounts.map(([first]) => first);
  const after = amounts.map(([, last]) => last);
  if (mode === 'constant' && value === 0) return padded(x, { before, after, interior: amounts.map(() => 0) });
  checkAmounts(x.shape, before);
  checkAmounts(x.shape, after);
  const border =
    mode === 'constant'
      ? constantBorder(value)
      : mode === 'edge'
        ? edgeBorder
        : mirroredBorder(mode === 'reflect' ? 1 : 0);
  return x.shape.reduce((y, length, axis) => {
    const most = MOST[mode](length);
    if (Math.max(before[axis], after[axis]) > most) {
      throw new RangeError(
        `pad: axis ${axis} of ${formatShape(x.shape)} has ${length} elements: with the mode '${mode}' at most ${most} ` +
          `go before and after it, got ${before[axis]} and ${after[axis]}.`,
      );
    }
    const parts = [
      ...(before[axis] > 0 ? [border(y, axis, before[axis], 'before')] : []),
      y,
      ...(after[axis] > 0 ? [border(y, axis, after[axis], 'after')] : []),
    ];
    return concatenate(parts, axis);
  }, x);
}

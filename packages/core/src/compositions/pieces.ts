import { broadcastTo } from '../operations/broadcast.js';
import { reshape } from '../operations/reshape.js';
import { concatenate, sliceAlong } from '../operations/slice.js';
import { checkTensor, checkTensors } from '../tensor/describe.js';
import { refuse } from '../tensor/options.js';
import { formatShape, normaliseAxis, sameShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * Tensors of one shape side by side along a new axis.
 *
 * @param axis of the result; default the first, negative ones count from the end
 * @throws RangeError if there are none, or if their shapes differ
 * @example
 * stack([tensor([1, 2]), tensor([3, 4])]); // [[1, 2], [3, 4]]
 */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  checkTensors('stack', 'the argument', tensors);
  if (tensors.length === 0) throw new RangeError('stack: there is nothing to put together.');
  const [{ shape }] = tensors;
  const other = tensors.find((x) => !sameShape(x.shape, shape));
  if (other) {
    throw new RangeError(
      `stack: ${formatShape(shape)} and ${formatShape(other.shape)} differ. ` +
        'Give tensors of one shape; concatenate joins tensors along an axis that they have.',
    );
  }
  const at = normaliseAxis('stack', axis, shape.length + 1);
  const expanded = shape.toSpliced(at, 0, 1);
  return concatenate(
    tensors.map((x) => reshape(x, expanded)),
    at,
  );
}

/**
 * The parts of a tensor along an axis, as NumPy's and Keras's `split`.
 *
 * @param parts how many equal parts, or the positions at which a new part begins, in ascending order
 * @throws RangeError if the axis does not exist, is no multiple of the number of parts, or has no such positions
 * @example
 * const [left, right] = split(tensor([[1, 2], [3, 4]]), 2, -1);
 * left; // [[1], [3]]
 * const [first, rest] = split(tensor([1, 2, 3]), [1]);
 * rest; // [2, 3]
 */
export function split(x: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
  checkTensor('split', x);
  const at = normaliseAxis('split', axis, x.shape.length);
  const length = x.shape[at];
  const inner = typeof parts === 'number' ? equalParts(x, parts, at) : parts;
  const bounds = [
    0,
    ...(Array.isArray(inner) ? inner : refuse('split', 'parts', inner, 'a number or an array')),
    length,
  ];
  if (!bounds.every((bound, i) => Number.isInteger(bound) && (i === 0 || bound >= bounds[i - 1]))) {
    refuse('split', 'parts', parts, `whole numbers from 0 to ${length} in ascending order`);
  }
  return bounds.slice(1).map((end, i) => sliceAlong(x, at, bounds[i], end - bounds[i]));
}

/** The positions at which equal parts of an axis begin, but the first. */
function equalParts({ shape }: Tensor, count: number, axis: number): number[] {
  if (!Number.isInteger(count) || count < 1) refuse('split', 'parts', count, 'a whole number from 1');
  const size = shape[axis] / count;
  if (!Number.isInteger(size)) {
    throw new RangeError(
      `split: axis ${axis} of ${formatShape(shape)} is no multiple of ${count}. Give the positions at which parts begin.`,
    );
  }
  return Array.from({ length: count - 1 }, (_, i) => (i + 1) * size);
}

/**
 * A tensor repeated side by side along its axes, as NumPy's `tile`.
 *
 * @param repeats how often along each axis; a shorter list is about the last axes, a longer one adds axes in front
 * @throws RangeError if they are no whole numbers from 0
 * @example
 * tile(tensor([1, 2]), [3]); // [1, 2, 1, 2, 1, 2]
 */
export function tile(x: Tensor, repeats: number | readonly number[]): Tensor {
  checkTensor('tile', x);
  const counts = typeof repeats === 'number' ? [repeats] : repeats;
  if (!Array.isArray(counts) || !counts.every((count) => Number.isInteger(count) && count >= 0)) {
    refuse('tile', 'repeats', repeats, 'a whole number from 0 for each axis, such as [2,1]');
  }
  const rank = Math.max(counts.length, x.shape.length);
  const ones = (missing: number) => new Array<number>(missing).fill(1);
  const times = [...ones(rank - counts.length), ...counts];
  const lengths = [...ones(rank - x.shape.length), ...x.shape];
  // An axis in front of each is repeated: [3,4] becomes [1,3,1,4], [2,3,5,4] and then [6,20].
  const apart = lengths.flatMap((length) => [1, length]);
  const repeated = broadcastTo(
    reshape(x, apart),
    lengths.flatMap((length, axis) => [times[axis], length]),
  );
  return reshape(
    repeated,
    lengths.map((length, axis) => times[axis] * length),
  );
}

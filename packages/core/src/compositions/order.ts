import { reshape } from '../operations/reshape.js';
import { concatenate, reversed, sliceAlong } from '../operations/slice.js';
import { checkTensor } from '../tensor/describe.js';
import { refuse } from '../tensor/options.js';
import { listOfAxes, normaliseAxes, normaliseAxis } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * The elements in reverse order along axes; along all where none is named. One slice that goes backwards.
 *
 * @throws RangeError if an axis does not exist or is named twice
 * @example
 * flip(tensor([[1, 2], [3, 4]]), 1); // [[2, 1], [4, 3]]
 */
export function flip(x: Tensor, axes?: number | readonly number[]): Tensor {
  checkTensor('flip', x);
  return reversed(x, normaliseAxes('flip', axes, x.shape.length));
}

/**
 * The elements moved along axes; those that leave at one end come back at the other.
 *
 * @param shift by how many places, towards the end; negative towards the beginning. One for all axes, or one for each
 * @param axes  where none is named, the elements are moved in row-major order
 * @throws RangeError if an axis does not exist, or if there is not one shift for each axis
 * @example
 * roll(tensor([1, 2, 3, 4]), 1); // [4, 1, 2, 3]
 */
export function roll(x: Tensor, shift: number | readonly number[], axes?: number | readonly number[]): Tensor {
  checkTensor('roll', x);
  if (axes === undefined) return reshape(rollAlong(reshape(x, [x.size]), oneShift(shift), 0), x.shape);
  const list = listOfAxes('roll', axes).map((axis) => normaliseAxis('roll', axis, x.shape.length));
  const shifts = typeof shift === 'number' ? list.map(() => shift) : shift;
  if (!Array.isArray(shifts) || shifts.length !== list.length) {
    refuse('roll', 'shift', shift, `a number, or one for each of ${list.length} axes`);
  }
  return list.reduce((y, axis, which) => rollAlong(y, shifts[which], axis), x);
}

function oneShift(shift: number | readonly number[]): number {
  return typeof shift === 'number' ? shift : refuse('roll', 'shift', shift, 'a number where no axis is named');
}

function rollAlong(x: Tensor, shift: number, axis: number): Tensor {
  if (!Number.isSafeInteger(shift)) refuse('roll', 'shift', shift, 'whole numbers');
  const length = x.shape[axis];
  const by = length === 0 ? 0 : ((shift % length) + length) % length;
  if (by === 0) return x;
  return concatenate([sliceAlong(x, axis, length - by, by), sliceAlong(x, axis, 0, length - by)], axis);
}

import { checkTensor, checkTensors } from '../tensor/describe.js';
import { formatShape, normaliseAxis, rowMajorStrides, type Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { forEachOffset } from './broadcast.js';
import { apply, type OperationDefinition } from './definition.js';
import { onlySharding, resized, shardAlike } from './sharding.js';

export interface SliceAttributes extends Record<string, unknown> {
  readonly begin: readonly number[];
  readonly size: Shape;
  /** Not 0; negative where elements are taken backwards. */
  readonly step: readonly number[];
}

export interface PadAttributes extends Record<string, unknown> {
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Zeros put between neighbours. */
  readonly interior: readonly number[];
}

/** Offset of an element and strides of a walk that begins there and takes steps. */
function stridedWalk(shape: Shape, begin: readonly number[], step: readonly number[]) {
  const strides = rowMajorStrides(shape);
  return {
    offset: begin.reduce((total, at, axis) => total + at * strides[axis], 0),
    strides: strides.map((stride, axis) => stride * step[axis]),
  };
}

export const sliceDefinition: OperationDefinition<SliceAttributes> = {
  name: 'slice',
  kind: 'copy',
  exact: true,
  takes: 'words',
  linear: 'jointly',
  infer([x], { begin, size, step }) {
    size.forEach((length, axis) => {
      const last = begin[axis] + (length - 1) * step[axis];
      const isInside = [begin[axis], last].every((at) => at >= 0 && at < x.shape[axis]);
      if (step[axis] === 0 || begin[axis] < 0 || length < 0 || (length > 0 && !isInside)) {
        throw new RangeError(
          `slice: axis ${axis} of ${formatShape(x.shape)} has no elements ${begin[axis]} to ${last} in steps of ${step[axis]}.`,
        );
      }
    });
    return [{ ...x, shape: size }];
  },
  shard({ inputs: [{ shape }], attributes, shardings: [x] }) {
    const { begin, size, step } = attributes;
    if (!x || begin[x.axis] !== 0 || size[x.axis] !== shape[x.axis] || step[x.axis] !== 1) return undefined;
    return {
      operands: [x],
      result: x,
      resize: (examples) => ({ ...attributes, size: resized(size, x, examples) }),
    };
  },
  gradient({ inputs: [x], gradient, attributes: { begin, size, step } }) {
    const stride = step.map(Math.abs);
    const covered = size.map((length, axis) => (length === 0 ? 0 : (length - 1) * stride[axis] + 1));
    const before = begin.map((at, axis) => (step[axis] < 0 && size[axis] > 0 ? at - covered[axis] + 1 : at));
    const after = x.shape.map((length, axis) => length - before[axis] - covered[axis]);
    const backwards = step.flatMap((s, axis) => (s < 0 ? [axis] : []));
    return [padded(reversed(gradient, backwards), { before, after, interior: stride.map((s) => s - 1) })];
  },
  reference({ inputs: [x], outputs: [out], inputTypes: [type], attributes: { begin, size, step } }) {
    const walk = stridedWalk(type.shape, begin, step);
    forEachOffset(size, walk.strides, (index, offset) => {
      out[index] = x[walk.offset + offset];
    });
  },
};

export const padDefinition: OperationDefinition<PadAttributes> = {
  name: 'pad',
  kind: 'copy',
  exact: true,
  takes: 'words',
  linear: 'jointly',
  infer([x], { before, after, interior }) {
    for (const amounts of [before, after, interior]) checkAmounts(x.shape, amounts);
    const shape = x.shape.map(
      (length, axis) => before[axis] + after[axis] + length + Math.max(0, length - 1) * interior[axis],
    );
    return [{ ...x, shape }];
  },
  shard({ attributes: { before, after, interior }, shardings: [x] }) {
    const isUnpadded = x && [before, after, interior].every((amounts) => amounts[x.axis] === 0);
    return isUnpadded ? { operands: [x], result: x } : undefined;
  },
  gradient({ inputs: [x], gradient, attributes: { before, interior } }) {
    return [apply(sliceDefinition, [gradient], { begin: before, size: x.shape, step: interior.map((i) => i + 1) })];
  },
  reference({ inputs: [x], outputs: [out], inputTypes: [type], outputTypes: [result], attributes }) {
    const step = attributes.interior.map((i) => i + 1);
    const walk = stridedWalk(result.shape, attributes.before, step);
    out.fill(0);
    forEachOffset(type.shape, walk.strides, (index, offset) => {
      out[walk.offset + offset] = x[index];
    });
  },
};

/** @internal Checks the amounts of a padding. @throws RangeError if they do not fit the axes */
export function checkAmounts(shape: Shape, amounts: readonly number[]): void {
  if (amounts.length !== shape.length || amounts.some((amount) => !Number.isInteger(amount) || amount < 0)) {
    throw new RangeError(
      `pad: [${amounts.join(',')}] does not fit ${formatShape(shape)}. Give one whole number from 0 for each axis.`,
    );
  }
}

/** @internal Zeros around a tensor, and between its elements. */
export function padded(x: Tensor, attributes: PadAttributes): Tensor {
  return [attributes.before, attributes.after, attributes.interior].every((amounts) => amounts.every((a) => a === 0))
    ? x
    : apply(padDefinition, [x], attributes);
}

/**
 * A part of a tensor, as `x[begin:end:step]` in NumPy: negative positions count from the end, ends beyond the
 * axis are cut, axes not named are taken whole.
 *
 * @throws RangeError if a step is below 1 or an axis is not there
 * @example
 * slice(tensor([1, 2, 3, 4, 5]), [1], [-1]); // [2, 3, 4]
 * slice(tensor([1, 2, 3, 4, 5]), [0], [5], [2]); // [1, 3, 5]
 */
export function slice(
  x: Tensor,
  begin: readonly number[],
  end: readonly (number | undefined)[] = [],
  step: readonly number[] = [],
): Tensor {
  checkTensor('slice', x);
  if (Math.max(begin.length, end.length, step.length) > x.shape.length) {
    throw new RangeError(`slice: ${formatShape(x.shape)} has ${x.shape.length} axes; more were named.`);
  }
  const within = (at: number, length: number) => Math.min(length, Math.max(0, at < 0 ? at + length : at));
  const steps = x.shape.map((_, axis) => step[axis] ?? 1);
  const from = x.shape.map((length, axis) => within(begin[axis] ?? 0, length));
  const size = x.shape.map((length, axis) => {
    return Math.max(0, Math.ceil((within(end[axis] ?? length, length) - from[axis]) / steps[axis]));
  });
  if (![...steps, ...from, ...size].every(Number.isInteger) || steps.some((s) => s < 1)) {
    throw new RangeError(
      `slice: [${begin}] to [${end}] in steps of [${step}] is no part of ${formatShape(x.shape)}: ` +
        'positions must be whole numbers and steps at least 1. Use flip to go backwards.',
    );
  }
  return apply(sliceDefinition, [x], { begin: from, size, step: steps });
}

/** @internal `count` elements along one axis, in steps that may be negative; the other axes whole. */
export function sliceAlong(x: Tensor, axis: number, begin: number, count: number, step = 1): Tensor {
  if (begin === 0 && count === x.shape[axis] && step === 1) return x;
  return apply(sliceDefinition, [x], {
    begin: x.shape.map((_, at) => (at === axis ? begin : 0)),
    size: x.shape.with(axis, count),
    step: x.shape.map((_, at) => (at === axis ? step : 1)),
  });
}

/** @internal The elements in reverse order along axes. */
export function reversed(x: Tensor, axes: readonly number[]): Tensor {
  const isReversed = x.shape.map((length, axis) => length > 1 && axes.includes(axis));
  if (!isReversed.includes(true)) return x;
  return apply(sliceDefinition, [x], {
    begin: x.shape.map((length, axis) => (isReversed[axis] ? length - 1 : 0)),
    size: x.shape,
    step: isReversed.map((is) => (is ? -1 : 1)),
  });
}

export const concatenateDefinition: OperationDefinition<{ axis: number }> = {
  name: 'concatenate',
  kind: 'copy',
  exact: true,
  takes: 'words',
  linear: 'jointly',
  infer(inputs, { axis }) {
    const [{ shape, dtype }] = inputs;
    for (const other of inputs) {
      if (other.shape.length !== shape.length || !other.shape.every((length, a) => a === axis || length === shape[a])) {
        throw new RangeError(
          `concatenate: ${formatShape(shape)} and ${formatShape(other.shape)} differ in an axis other than ${axis}.`,
        );
      }
    }
    const length = inputs.reduce((total, input) => total + input.shape[axis], 0);
    return [{ shape: shape.with(axis, length), dtype }];
  },
  shard(question) {
    const answer = shardAlike(question);
    return onlySharding(question.shardings)?.axis === question.attributes.axis ? undefined : answer;
  },
  gradient({ inputs, gradient, attributes: { axis } }) {
    let at = 0;
    return inputs.map(({ shape }) => {
      at += shape[axis];
      return sliceAlong(gradient, axis, at - shape[axis], shape[axis]);
    });
  },
  reference({ inputs, outputs: [out], inputTypes, outputTypes: [result], attributes: { axis } }) {
    let at = 0;
    inputs.forEach((x, which) => {
      const { shape } = inputTypes[which];
      const walk = stridedWalk(
        result.shape,
        shape.map((_, a) => (a === axis ? at : 0)),
        shape.map(() => 1),
      );
      forEachOffset(shape, walk.strides, (index, offset) => {
        out[walk.offset + offset] = x[index];
      });
      at += shape[axis];
    });
  },
};

/**
 * Tensors one after another along an axis.
 *
 * @throws RangeError if there are none, or if they differ in another axis
 * @example
 * concatenate([tensor([1, 2]), tensor([3])]); // [1, 2, 3]
 */
export function concatenate(tensors: readonly Tensor[], axis = 0): Tensor {
  checkTensors('concatenate', 'the argument', tensors);
  if (tensors.length === 0) throw new RangeError('concatenate: there is nothing to put together.');
  const at = normaliseAxis('concatenate', axis, tensors[0].shape.length);
  return tensors.length === 1 ? tensors[0] : apply(concatenateDefinition, tensors, { axis: at });
}

import { fromNdarray, type RandomStream, tensor } from '@weft/core';
import ndarray, { type NdArray } from 'ndarray';
import { between, happens, noise, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { type Drawn, mustHold, type Target } from '../target.js';

/** An ndarray in words: what it says of itself, and how many elements there are. */
interface Description {
  readonly dtype: string;
  readonly values: readonly number[];
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly offset: number;
  /** What it claims to hold; the product of its lengths if it is honest. */
  readonly size?: unknown;
}

const whole = (value: unknown) => (Number.isSafeInteger(value) ? (value as number) : 0);

const ARRAYS: Readonly<Record<string, (values: readonly unknown[]) => ArrayLike<unknown>>> = {
  float32: (values) => Float32Array.from(values, whole),
  float64: (values) => Float64Array.from(values, whole),
  uint8: (values) => Uint8Array.from(values, whole),
  int32: (values) => Int32Array.from(values, whole),
  array: (values) => [...values],
  bigint64: (values) => BigInt64Array.from(values, (value) => BigInt(whole(value))),
};

/** Shapes of nothing that fits into a machine. */
const SHAPES: readonly (readonly number[])[] = [
  [2 ** 40],
  [2 ** 31, 2 ** 31],
  [2 ** 60],
  [-1],
  [1.5],
  [2 ** 53 - 1, 2 ** 53 - 1, 0],
  [...new Array<number>(40).fill(2 ** 52), 0],
];

/** A view of a larger array: turned round, transposed, with every second row, or repeated by a stride of 0. */
function honest(random: RandomStream): Description {
  const shape = Array.from({ length: random.integer(4) }, () => between(random, 0, 4));
  const steps = shape.map(() => pick(random, [-2, -1, 0, 1, 2, 3]));
  const extents = shape.map((length, axis) => Math.max(1, length) * Math.max(1, Math.abs(steps[axis])));
  let below = 1;
  const stride = new Array<number>(shape.length);
  let offset = 0;
  for (const axis of random.shuffle(Uint32Array.from(shape.keys()))) {
    stride[axis] = steps[axis] * below;
    if (steps[axis] < 0) offset -= stride[axis] * Math.max(0, shape[axis] - 1);
    below *= extents[axis];
  }
  const values = [...noise(random, below)];
  return { dtype: pick(random, ['float32', 'float64', 'uint8', 'int32', 'array']), values, shape, stride, offset };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** What a reader must make of an honest view, computed by its definition. */
function expectedOf({ values, shape, stride, offset }: Description) {
  const data = Array.from({ length: sizeOf(shape) }, (_, index) => {
    let rest = index;
    let at = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]) * stride[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return values[at];
  });
  return { shape: [...shape], data };
}

const encode = (of: { view: Description } | { claim: Description }) => Buffer.from(JSON.stringify(of));

/** Something with the members of an ndarray, all of which may be lies. */
function claiming({ dtype, values, shape, stride, offset, size }: Description): unknown {
  const data = (typeof dtype === 'string' && Object.hasOwn(ARRAYS, dtype) ? ARRAYS[dtype] : ARRAYS.array)(
    Array.isArray(values) ? values : [],
  );
  const strides: readonly number[] = Array.isArray(stride) ? stride : [];
  const get = (...position: readonly number[]) =>
    data[position.reduce((at, place, axis) => at + place * whole(strides[axis]), whole(offset))];
  return { data, shape, stride, offset, size, dtype, get };
}

export const ndarrays: Target = {
  name: 'ndarray',
  draw(random): Drawn {
    const view = honest(random);
    if (happens(random, 0.3)) return { bytes: encode({ view }), expected: expectedOf(view) };
    const size = happens(random, 0.5)
      ? sizeOf(view.shape)
      : pick(random, [-1, 0.5, 2 ** 20, 2 ** 40, 2 ** 60, null, '3']);
    const claim = { ...view, size };
    switch (random.integer(4)) {
      case 0:
        return { bytes: encode({ claim: { ...claim, dtype: 'bigint64' } }) };
      case 1:
        return { bytes: encode({ claim: { ...claim, stride: view.stride.map((step) => step * 1000), offset: -5 } }) };
      case 2: {
        const shape = pick(random, SHAPES);
        return { bytes: encode({ claim: { ...claim, shape, size: sizeOf(shape) } }) };
      }
      default:
        return { bytes: Buffer.from(`{"claim":${mutateJson(claim, random)}}`) };
    }
  },
  read(bytes) {
    const { view, claim } = JSON.parse(Buffer.from(bytes).toString());
    const array = view
      ? ndarray(ARRAYS[view.dtype](view.values) as Float32Array, view.shape, view.stride, view.offset)
      : claiming(claim ?? {});
    const made = bytes.length % 2 === 0 ? fromNdarray(array as NdArray) : tensor(array as NdArray);
    const data = [...made.toArray()];
    mustHold(sizeOf(made.shape) === data.length, `the shape [${made.shape}] does not hold ${data.length} elements`);
    mustHold(
      data.every((value) => typeof value === 'number' && !Number.isNaN(value)),
      'there is no number at a place',
    );
    return { shape: [...made.shape], data };
  },
  isLawful: (error) =>
    (error instanceof RangeError || error instanceof TypeError) && /^(fromNdarray|tensor): /.test(error.message),
};

import * as core from '@weft/core';
import { applyOperation, sizeOf } from '@weft/core/program';
import { composed, inverted, isIdentity, permuted } from '../permute.js';
import { MOST_AXES } from './constant.js';
import {
  axisOf,
  computed,
  computedOf,
  type Handler,
  type ImportContext,
  knownNumbers,
  required,
  storedAxis,
  storedOrder,
} from './context.js';
import { type OnnxNode, Unsupported } from './node.js';
import { asGiven, asLast, type ComputedValue, type KnownValue, shapeOf, toLast, turned, type Value } from './value.js';

/** The same elements in another shape, known or computed. */
function inShape(value: Value, shape: readonly number[]): Value {
  if (shape.length > MOST_AXES || sizeOf(shape) !== sizeOf(shapeOf(value))) {
    throw new Unsupported(`[${shapeOf(value).join()}] cannot become [${shape.join()}]`);
  }
  if (value.is === 'known') return { ...value, shape: [...shape] };
  const x = core.reshape(asGiven(value), shape);
  return computed(x, false, value.kind);
}

const reshape: Handler = (node, inputs) => {
  const value = required(inputs, 0);
  const wanted = knownNumbers(inputs[1], 'shape') ?? node.ints('shape') ?? [];
  const from = shapeOf(value);
  const isZeroALength = node.int('allowzero', 0) === 1;
  const copied = wanted.map((length, axis) => (length === 0 && !isZeroALength ? from[axis] : length));
  const rest = copied.reduce((product, length) => (length === -1 ? product : product * length), 1);
  return inShape(
    value,
    copied.map((length) => (length === -1 ? sizeOf(from) / rest : length)),
  );
};

const flatten: Handler = (node, inputs) => {
  const value = required(inputs, 0);
  const shape = shapeOf(value);
  const given = node.int('axis', 1);
  const axis = given < 0 ? given + shape.length : given;
  return inShape(value, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
};

const axesIn = (node: OnnxNode, inputs: readonly (Value | undefined)[]) =>
  knownNumbers(inputs[1], 'axes') ?? node.ints('axes');

const squeeze: Handler = (node, inputs) => {
  const value = required(inputs, 0);
  const shape = shapeOf(value);
  const axes = axesIn(node, inputs)?.map((axis) => axisOf(axis, shape.length));
  return inShape(
    value,
    shape.filter((length, axis) => (axes ? !axes.includes(axis) : length !== 1)),
  );
};

const unsqueeze: Handler = (node, inputs) => {
  const value = required(inputs, 0);
  const shape = shapeOf(value);
  const given = axesIn(node, inputs) ?? [];
  const rank = shape.length + given.length;
  const axes = given.map((axis) => axisOf(axis, rank));
  const left = [...shape];
  return inShape(
    value,
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (left.shift() as number))),
  );
};

/** Where only the names of axes change, nothing is moved: a file made of images with channels last has such pairs. */
const transpose: Handler = (node, inputs) => {
  const value = required(inputs, 0);
  const shape = shapeOf(value);
  const permutation = (node.ints('perm') ?? shape.map((_, axis) => shape.length - 1 - axis)).map((axis) =>
    axisOf(axis, shape.length),
  );
  if (new Set(permutation).size !== shape.length) throw new Unsupported(`its perm is [${permutation.join()}]`);
  if (value.is === 'known') {
    const moved = permutation.map((axis) => shape[axis]);
    return { ...value, shape: moved, data: permuted(value.data as Float32Array, shape, permutation) };
  }
  const last = toLast(shape.length);
  const stored = value.isLast ? composed(inverted(last), permutation) : permutation;
  if (isIdentity(stored)) return computed(value.x, false, value.kind);
  if (shape.length > 2 && isIdentity(composed(stored, last))) return computed(value.x, true, value.kind);
  return computed(turned(value.x, stored), false, value.kind);
};

/** Computed values in one layout: with channels last where one of them has them so. */
function alike(values: readonly Value[], context: ImportContext): { xs: core.Tensor[]; isLast: boolean } {
  const all = values.map((value) => computedOf(value, context));
  const isLast = all.some((value) => value.isLast);
  return { xs: all.map((value) => (isLast ? asLast(value) : asGiven(value))), isLast };
}

const concat: Handler = (node, inputs, context) => {
  const values = inputs.map((_, which) => required(inputs, which)).filter((value) => sizeOf(shapeOf(value)) > 0);
  if (values.length === 0) throw new Unsupported('it has no elements');
  const rank = shapeOf(values[0]).length;
  const { xs, isLast } = alike(values, context);
  const axis = storedAxis(axisOf(node.int('axis', 0), rank), rank, isLast);
  return computed(core.concatenate(xs, axis), isLast, values[0].kind);
};

interface Cut {
  readonly begin: number;
  readonly size: number;
  readonly step: number;
}

/** Some elements along axes, which are given in ONNX's order. */
function cutOut(value: ComputedValue, cuts: ReadonlyMap<number, Cut>): Value {
  const shape = shapeOf(value);
  const all = shape.map((length, axis): Cut => cuts.get(axis) ?? { begin: 0, size: length, step: 1 });
  if (all.some(({ size }) => size === 0)) throw new Unsupported('it gives a tensor without elements');
  const isWhole = all.every(({ begin, size, step }, axis) => begin === 0 && size === shape[axis] && step === 1);
  if (isWhole) return value;
  const by = (name: keyof Cut) =>
    storedOrder(
      all.map((cut) => cut[name]),
      value.isLast,
    );
  const [x] = applyOperation('slice', [value.x], { begin: by('begin'), size: by('size'), step: by('step') });
  return computed(x, value.isLast, value.kind);
}

/** A range of an axis by NumPy's rule. */
function rangeOf(length: number, start: number, end: number, step: number): Cut {
  const bounded = (at: number, least: number, most: number) =>
    Math.min(most, Math.max(least, at < 0 ? at + length : at));
  const [begin, stop] =
    step > 0
      ? [bounded(start, 0, length), bounded(end, 0, length)]
      : [bounded(start, 0, length - 1), bounded(end, -1, length - 1)];
  return { begin, size: Math.max(0, Math.ceil((stop - begin) / step)), step };
}

const slice: Handler = (node, inputs, context) => {
  const value = computedOf(required(inputs, 0), context);
  const shape = shapeOf(value);
  const starts = knownNumbers(inputs[1], 'starts') ?? node.ints('starts') ?? [];
  const ends = knownNumbers(inputs[2], 'ends') ?? node.ints('ends') ?? [];
  const axes = knownNumbers(inputs[3], 'axes') ?? node.ints('axes') ?? starts.map((_, axis) => axis);
  const steps = knownNumbers(inputs[4], 'steps') ?? starts.map(() => 1);
  const cuts = axes.map((given, which): [number, Cut] => {
    const axis = axisOf(given, shape.length);
    if (steps[which] === 0) throw new Unsupported('its step is 0');
    return [axis, rangeOf(shape[axis], starts[which], ends[which], steps[which])];
  });
  return cutOut(value, new Map(cuts));
};

const split: Handler = (node, inputs, context) => {
  const value = computedOf(required(inputs, 0), context);
  const shape = shapeOf(value);
  const axis = axisOf(node.int('axis', 0), shape.length);
  const count = node.outputs.length;
  const each = Math.ceil(shape[axis] / count);
  const sizes =
    knownNumbers(inputs[1], 'split') ??
    node.ints('split') ??
    Array.from({ length: count }, (_, which) => Math.min(each, shape[axis] - which * each));
  if (sizes.reduce((total, size) => total + size, 0) !== shape[axis]) {
    throw new Unsupported(`its parts are [${sizes.join()}] of ${shape[axis]}`);
  }
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return cutOut(value, new Map([[axis, { begin: at - size, size, step: 1 }]]));
  });
};

const PAD_MODES = { constant: 'constant', reflect: 'reflect', edge: 'edge' } as const;

const pad: Handler = (node, inputs, context) => {
  const value = computedOf(required(inputs, 0), context);
  const rank = value.x.shape.length;
  const mode = node.text('mode', 'constant');
  if (!Object.hasOwn(PAD_MODES, mode)) throw new Unsupported(`its mode is ${mode}`);
  const pads = knownNumbers(inputs[1], 'pads') ?? node.ints('pads') ?? [];
  const axes = knownNumbers(inputs[3], 'axes') ?? Array.from({ length: rank }, (_, axis) => axis);
  const amounts = new Array<readonly [number, number]>(rank).fill([0, 0]);
  axes.forEach((given, which) => {
    amounts[axisOf(given, rank)] = [pads[which], pads[which + axes.length]];
  });
  if (amounts.flat().some((amount) => !(amount >= 0))) throw new Unsupported(`its pads are [${pads.join()}]`);
  const [constantValues = node.float('value', 0)] = knownNumbers(inputs[2], 'value') ?? [];
  const x = core.pad(value.x, storedOrder(amounts, value.isLast), {
    mode: PAD_MODES[mode as keyof typeof PAD_MODES],
    ...(mode === 'constant' && { constantValues }),
  });
  return computed(x, value.isLast, value.kind);
};

const expand: Handler = (_node, inputs, context) => {
  const value = computedOf(required(inputs, 0), context);
  const wanted = knownNumbers(inputs[1], 'shape') ?? [];
  const shape = shapeOf(value);
  const rank = Math.max(shape.length, wanted.length);
  const at = (lengths: readonly number[], axis: number) => lengths[axis - rank + lengths.length] ?? 1;
  const full = Array.from({ length: rank }, (_, axis) => (at(wanted, axis) === 1 ? at(shape, axis) : at(wanted, axis)));
  return computed(core.broadcastTo(asGiven(value), full), false, value.kind);
};

const tile: Handler = (_node, inputs, context) => {
  const value = computedOf(required(inputs, 0), context);
  const repeats = knownNumbers(inputs[1], 'repeats') ?? [];
  return computed(core.tile(value.x, storedOrder(repeats, value.isLast)), value.isLast, value.kind);
};

const gather: Handler = (node, inputs, context) => {
  const [table, index] = [required(inputs, 0), required(inputs, 1)];
  const shape = shapeOf(table);
  const axis = axisOf(node.int('axis', 0), shape.length);
  if (index.is === 'known' && index.shape.length === 0) {
    const [number] = index.data;
    const begin = axisOf(number, shape[axis]);
    const one = cutOut(computedOf(table, context), new Map([[axis, { begin, size: 1, step: 1 }]]));
    return inShape(one, shape.toSpliced(axis, 1));
  }
  const length = shape[axis];
  const places =
    index.is === 'known'
      ? context.tensor({ ...index, data: Float64Array.from(index.data, (number) => axisOf(number, length)) })
      : fromTheEnd(core.cast(asGiven(index), 'int32'), length);
  return computed(core.gather(context.tensor(table), places, axis), false, table.kind);
};

/** Numbers below 0 count from the end of the axis. */
const fromTheEnd = (index: core.Tensor, length: number): core.Tensor =>
  core.where(core.greater(0, index), core.add(index, length), index);

/** Channels become pixels of blocks. */
const depthToSpace: Handler = (node, inputs, context) => {
  const x = asGiven(computedOf(required(inputs, 0), context));
  const [n, c, h, w] = x.shape;
  const b = node.int('blocksize', 1);
  const isDcr = node.text('mode', 'DCR') === 'DCR';
  const cut = core.reshape(x, isDcr ? [n, b, b, c / (b * b), h, w] : [n, c / (b * b), b, b, h, w]);
  const moved = core.transpose(cut, isDcr ? [0, 4, 1, 5, 2, 3] : [0, 4, 2, 5, 3, 1]);
  return computed(core.reshape(moved, [n, h * b, w * b, c / (b * b)]), true);
};

/** Pixels of blocks become channels. */
const spaceToDepth: Handler = (node, inputs, context) => {
  const x = asGiven(computedOf(required(inputs, 0), context));
  const [n, c, h, w] = x.shape;
  const b = node.int('blocksize', 1);
  const cut = core.reshape(x, [n, c, h / b, b, w / b, b]);
  return computed(core.reshape(core.transpose(cut, [0, 2, 4, 3, 5, 1]), [n, h / b, w / b, b * b * c]), true);
};

const shapeValue: Handler = (node, inputs): KnownValue => {
  const shape = shapeOf(required(inputs, 0));
  const part = shape.slice(node.int('start', 0), node.has('end') ? node.int('end', 0) : undefined);
  return { is: 'known', kind: 'integer', shape: [part.length], data: Float64Array.from(part) };
};

/** Operators that move elements and compute nothing. */
export const shapeHandlers: Readonly<Record<string, Handler>> = {
  Identity: (_node, inputs) => required(inputs, 0),
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Split: split,
  Pad: pad,
  Expand: expand,
  Tile: tile,
  Gather: gather,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Shape: shapeValue,
  Size: (_node, inputs) => ({
    is: 'known',
    kind: 'integer',
    shape: [],
    data: Float64Array.of(sizeOf(shapeOf(required(inputs, 0)))),
  }),
};

import * as core from '@weft/core';
import { axisOf, computed, computedOf, type Handler, knownNumbers, required } from './context.js';
import { type OnnxNode, Unsupported } from './node.js';
import { asLast, toLast, type Value } from './value.js';

/** The line that leads from pixels of the result to places in the image, along one axis. */
type Line = readonly [slope: number, offset: number];

/** @param scale how much longer the result is */
function lineOf(mode: string, from: number, to: number, scale: number): Line {
  switch (mode) {
    case 'half_pixel':
      return [1 / scale, 0.5 / scale - 0.5];
    case 'pytorch_half_pixel':
      return to > 1 ? [1 / scale, 0.5 / scale - 0.5] : [0, 0];
    case 'asymmetric':
      return [1 / scale, 0];
    case 'align_corners':
      return to > 1 ? [(from - 1) / (to - 1), 0] : [0, 0];
    default:
      throw new Unsupported(`its coordinate_transformation_mode is ${mode}`);
  }
}

/** What is added to a place so that rounding half up gives what a way of rounding does. */
const ROUNDING: Readonly<Record<string, (to: number) => number>> = {
  // Places are apart by more than a quarter of a result's pixel, or are the same.
  round_prefer_floor: (to) => -1 / (4 * to),
  round_prefer_ceil: (to) => 1 / (16 * to),
  floor: (to) => -0.5 + 1 / (16 * to),
  ceil: (to) => 0.5 - 1 / (16 * to),
};

interface Sizes {
  readonly to: readonly number[];
  readonly scales: readonly number[];
}

/** Height and width of the result, from factors or lengths, for images [batch, height, width, channels]. */
function sizesOf(
  node: OnnxNode,
  inputs: readonly (Value | undefined)[],
  shape: readonly number[],
  isOld: boolean,
): Sizes {
  const scales = knownNumbers(inputs[isOld ? 1 : 2], 'scales') ?? node.floats('scales');
  const lengths = isOld ? undefined : knownNumbers(inputs[3], 'sizes');
  const axes = (node.ints('axes') ?? [0, 1, 2, 3]).map((axis) => axisOf(axis, 4));
  const given = lengths && lengths.length > 0 ? lengths : scales;
  if (given?.length !== axes.length) throw new Unsupported('its scales and sizes are not known');
  const along = (axis: number) => {
    const number = given[axes.indexOf(axis)];
    const length = shape[toLast(4).indexOf(axis)];
    if (number === undefined) return { to: length, scale: 1 };
    // The standard's factors are float32, and so is their product with the length.
    const isLength = given === lengths;
    return isLength
      ? { to: number, scale: number / length }
      : { to: Math.floor(Math.fround(number * length)), scale: number };
  };
  const [examples, channels, height, width] = [0, 1, 2, 3].map(along);
  // A size that names the examples says how many the file was made for, which may be any.
  if (channels.to !== shape[3] || (given === scales && examples.scale !== 1)) {
    throw new Unsupported('it resizes examples or channels; height and width are known');
  }
  return { to: [height.to, width.to], scales: [height.scale, width.scale] };
}

const resize: Handler = (node, inputs, context) => {
  const x = asLast(computedOf(required(inputs, 0), context));
  if (x.shape.length !== 4) throw new Unsupported(`its input has ${x.shape.length} axes, of which 4 are known`);
  for (const name of ['antialias', 'exclude_outside']) node.expect(name, 0);
  node.expect('keep_aspect_ratio_policy', 'stretch');
  const from = x.shape.slice(1, 3);
  // Before opset 11 scales were the second input, and pixels read from their corners.
  const isOld = node.type === 'Upsample' || context.opset < 11;
  const { to, scales } = sizesOf(node, inputs, x.shape, isOld);
  const mode = node.text('mode', 'nearest');
  if (mode !== 'nearest' && mode !== 'linear') throw new Unsupported(`its mode is ${mode}`);
  if (isOld && mode === 'nearest' && scales.some((scale) => scale < 1)) {
    throw new Unsupported('it makes images smaller by the nearest pixel, which opset 10 does not define');
  }
  const places = node.text('coordinate_transformation_mode', isOld ? 'asymmetric' : 'half_pixel');
  const rounding = node.text('nearest_mode', isOld ? 'floor' : 'round_prefer_floor');
  const isRepeated = to.every((length, axis) => length % from[axis] === 0 && length === scales[axis] * from[axis]);
  const isNearest = places === 'half_pixel' && rounding.startsWith('round_prefer_');
  const isPlain = isNearest || (places === 'asymmetric' && rounding === 'floor');
  if (mode === 'nearest' && isRepeated && isPlain) {
    return computed(core.upsample2d(x, [to[0] / from[0], to[1] / from[1]]), true);
  }
  const nudge = mode === 'linear' ? () => 0 : ROUNDING[rounding];
  if (!nudge) throw new Unsupported(`its nearest_mode is ${rounding}`);
  const [rows, columns] = [0, 1].map((axis) => {
    const [slope, offset] = lineOf(places, from[axis], to[axis], scales[axis]);
    return [slope, offset + nudge(to[axis])] as const;
  });
  const matrix = core.tensor([
    [columns[0], 0, columns[1]],
    [0, rows[0], rows[1]],
  ]);
  const y = core.affineSample(x, matrix, {
    size: [to[0], to[1]],
    fillMode: 'nearest',
    interpolation: mode === 'linear' ? 'bilinear' : 'nearest',
  });
  return computed(y, true);
};

/** Operators that change the size of images. */
export const resizeHandlers: Readonly<Record<string, Handler>> = { Resize: resize, Upsample: resize };

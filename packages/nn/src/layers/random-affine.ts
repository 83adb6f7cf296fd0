import { add, affineSample, mul, reshape, type Tensor, tensor } from '@weft/core';
import { refuse } from '@weft/core/program';
import type { CallContext } from '../model/context.js';
import { choice, finite } from '../options/readers.js';
import type { Checked, Reader, Schema } from '../options/schema.js';

/** The least and the largest number that may be drawn. */
export type DrawnRange = readonly [low: number, high: number];

/** A number f, for -f to f, or the least and the largest number, in order and within bounds. */
export const drawnRange =
  (least: number, most: number, bounds = `from ${least} to ${most}`): Reader<DrawnRange, number | DrawnRange> =>
  (label, option, value) => {
    const range = typeof value === 'number' ? [-Math.abs(value), Math.abs(value)] : value;
    const isFit = (number: unknown) => typeof number === 'number' && number >= least && number <= most;
    if (!Array.isArray(range) || range.length !== 2 || !range.every(isFit) || range[0] > range[1]) {
      refuse(label, option, value, `a number, or the least and the largest that is drawn, ${bounds}`);
    }
    // Not -0, which JSON does not keep.
    return [range[0] + 0, range[1] + 0];
  };

/** Numbers drawn evenly from a range, one for each example: [batch, 1]. Undefined where nothing random may happen. */
export function drawFrom(context: CallContext, name: string, batch: number, [low, high]: DrawnRange) {
  const drawn = context.draw(name, 'uniform', [batch, 1]);
  return drawn && add(mul(drawn, high - low), low);
}

/** The options of how images are read elsewhere. */
export const READING = {
  /** What lies beyond the image: `constant`, `nearest`, `reflect` (with the edge repeated) or `wrap`. Default `reflect`. */
  fillMode: [choice('constant', 'nearest', 'reflect', 'wrap'), 'reflect'],
  /** `bilinear` weighs the four pixels around a place, `nearest` takes one. Default `bilinear`. */
  interpolation: [choice('bilinear', 'nearest'), 'bilinear'],
  /** What lies beyond the image where `fillMode` is `constant`. Default 0. */
  fillValue: [finite, 0],
} as const satisfies Schema;

/** A map of `affineSample`, [2, 3], row by row. */
type Six = readonly [number, number, number, number, number, number];

/** Part of a map that is drawn: matrices, each times a number that is made of a draw. */
export interface DrawnPart {
  /** What is drawn, such as `angle`. */
  readonly name: string;
  readonly range: DrawnRange;
  /** What is added to the map. */
  terms(drawn: Tensor): readonly (readonly [factor: Tensor, matrix: Six])[];
}

/**
 * In training, images read through maps that are drawn, one for each; else, or where nothing random may happen, as they are.
 *
 * @param base  the map to which the parts are added
 */
export function readAtRandom(
  x: Tensor,
  context: CallContext,
  { fillMode, interpolation, fillValue }: Checked<typeof READING>,
  base: Six,
  parts: readonly DrawnPart[],
): Tensor {
  if (!context.training) return x;
  const terms = parts.flatMap((part) => {
    const drawn = drawFrom(context, part.name, x.shape[0], part.range);
    return drawn ? part.terms(drawn) : [];
  });
  if (terms.length === 0) return x;
  const total = terms.reduce(
    (before, [factor, matrix]) => add(before, mul(factor, tensor([...matrix]))),
    tensor([...base]),
  );
  return affineSample(x, reshape(total, [-1, 2, 3]), { fillMode, interpolation, fillValue });
}

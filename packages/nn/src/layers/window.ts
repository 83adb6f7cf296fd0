import type { Shape } from '@weft/core';
import { resolveWindow, windowPositions } from '@weft/core/program';
import { choice, positivePair } from '../options/readers.js';
import type { Checked, Schema } from '../options/schema.js';
import { imageShape } from './options.js';

/** Options of how a kernel moves over images. */
export const WINDOW = {
  /** Height and width of the kernel. */
  kernelSize: positivePair,
  /** Default 1. */
  strides: [positivePair, [1, 1]],
  /** `same` keeps ceil(length / stride) pixels, with zeros around the image. Default `valid`. */
  padding: [choice('valid', 'same'), 'valid'],
  /** Default 1. */
  dilationRate: [positivePair, [1, 1]],
} as const satisfies Schema;

/** Rows and columns of what a kernel gives. */
export function windowedShape(label: string, layer: Checked<typeof WINDOW>, inputShape: Shape): Shape {
  const image = [1, ...imageShape(label, inputShape)];
  const { kernelSize, strides, dilationRate, padding } = layer;
  return windowPositions(label, image, resolveWindow(label, image, kernelSize, strides, dilationRate, padding));
}

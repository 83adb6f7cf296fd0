import { conv1d, type Shape, type Tensor } from '@weft/core';
import { resolveWindow, windowPositions } from '@weft/core/program';
import { choice, positiveInteger } from '../options/readers.js';
import type { Schema } from '../options/schema.js';
import type { WeightSpecification } from '../weights/weight.js';
import { layerOf } from './declare.js';
import { biasAndActivation, KERNEL_AND_BIAS, kernelAndBias } from './kernel-and-bias.js';
import { channelsOfGroup, sequenceShape } from './options.js';

const OPTIONS = {
  /** Channels of the output. */
  filters: positiveInteger,
  /** Length of the kernel. */
  kernelSize: positiveInteger,
  /** Default 1. */
  strides: [positiveInteger, 1],
  /**
   * `same` keeps ceil(length / stride) steps, with zeros around the sequence; `causal` as well, with all zeros before it,
   * so that no result depends on a later step. Default `valid`.
   */
  padding: [choice('valid', 'same', 'causal'), 'valid'],
  /** Default 1. */
  dilationRate: [positiveInteger, 1],
  /** Cuts channels and filters into as many runs; filters see the channels of their own run only. Default 1. */
  groups: [positiveInteger, 1],
  ...KERNEL_AND_BIAS,
} as const satisfies Schema;

/**
 * Convolution of sequences [length, channels], then a bias and an activation.
 *
 * @example
 * const layers = [new Conv1D({ filters: 8, kernelSize: 3, padding: 'causal' }), new GlobalAveragePooling1D()];
 * const model = new Sequential(layers, { inputShape: [20, 4] });
 * model.outputShape; // [8]
 */
export class Conv1D extends layerOf('Conv1D', OPTIONS) {
  outputShape(inputShape: Shape): Shape {
    const { label, kernelSize, strides, dilationRate, padding } = this;
    const image = [1, 1, ...sequenceShape(label, inputShape)];
    const before = (kernelSize - 1) * dilationRate;
    const amounts = padding === 'causal' ? ([[0, 0], [before, 0]] as const) : padding; // biome-ignore format: as pairs
    const window = resolveWindow(label, image, [1, kernelSize], [1, strides], [1, dilationRate], amounts);
    return [windowPositions(label, image, window)[1], this.filters];
  }

  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const [, channels] = sequenceShape(this.label, inputShape);
    const inside = channelsOfGroup(this.label, channels, this);
    return kernelAndBias(this, [this.kernelSize, inside, this.filters], this.filters);
  }

  call(x: Tensor, [kernel, bias]: readonly Tensor[]): Tensor {
    const { strides, padding, dilationRate: dilation, groups } = this;
    return biasAndActivation(this, conv1d(x, kernel, { strides, padding, dilation, groups }), bias);
  }
}

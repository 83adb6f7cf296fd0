import type { Shape, Tensor } from '@weft/core';
import { add, conv2d } from '@weft/core';
import { oneOf, resolveWindow, windowPositions } from '@weft/core/program';
import { type Initializer, initializerName } from '../weights/initializers.js';
import type { WeightSpecification } from '../weights/weight.js';
import { type ActivationName, activate, activationName } from './activations.js';
import { BaseLayer, type LayerOptions } from './layer.js';
import { flag, imageShape, positiveInteger, positivePair } from './options.js';

/** Options of `Conv2D`, as in Keras. */
export interface Conv2DOptions extends LayerOptions {
  /** Channels of the output. */
  readonly filters: number;
  /** Height and width of the kernel. */
  readonly kernelSize: number | readonly [number, number];
  /** Default 1. */
  readonly strides?: number | readonly [number, number];
  /** `same` keeps ceil(length / stride) pixels, with zeros around the image. Default `valid`. */
  readonly padding?: 'valid' | 'same';
  /** Default 1. */
  readonly dilationRate?: number | readonly [number, number];
  /** Default `linear`. */
  readonly activation?: ActivationName;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform`. */
  readonly kernelInitializer?: Initializer;
  /** Default `zeros`. */
  readonly biasInitializer?: Initializer;
}

const OPTIONS = [
  'filters',
  'kernelSize',
  'strides',
  'padding',
  'dilationRate',
  'activation',
  'useBias',
  'kernelInitializer',
  'biasInitializer',
];

/** Convolution of images [height, width, channels], then a bias and an activation. */
export class Conv2D extends BaseLayer {
  readonly filters: number;
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';
  readonly dilationRate: readonly [number, number];
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: Conv2DOptions) {
    super('Conv2D', options, OPTIONS);
    this.filters = positiveInteger(this.label, 'filters', options.filters);
    this.kernelSize = positivePair(this.label, 'kernelSize', options.kernelSize);
    this.strides = positivePair(this.label, 'strides', options.strides ?? 1);
    this.padding = oneOf(this.label, 'padding', options.padding ?? 'valid', ['valid', 'same']);
    this.dilationRate = positivePair(this.label, 'dilationRate', options.dilationRate ?? 1);
    this.activation = activationName(this.label, options.activation ?? 'linear');
    this.useBias = flag(this.label, 'useBias', options.useBias ?? true);
    this.kernelInitializer = initializerName(
      this.label,
      'kernelInitializer',
      options.kernelInitializer ?? 'glorotUniform',
    );
    this.biasInitializer = initializerName(this.label, 'biasInitializer', options.biasInitializer ?? 'zeros');
  }

  outputShape(inputShape: Shape): Shape {
    const image = [1, ...imageShape(this.label, inputShape)];
    const { label, kernelSize, strides, dilationRate, padding } = this;
    const window = resolveWindow(label, image, kernelSize, strides, dilationRate, padding);
    return [...windowPositions(label, image, window), this.filters];
  }

  override weightSpecifications(inputShape: Shape): readonly WeightSpecification[] {
    const [, , channels] = imageShape(this.label, inputShape);
    const shape = [...this.kernelSize, channels, this.filters];
    const kernel = { name: 'kernel', shape, initializer: this.kernelInitializer };
    const bias = { name: 'bias', shape: [this.filters], initializer: this.biasInitializer };
    return this.useBias ? [kernel, bias] : [kernel];
  }

  call(x: Tensor, [kernel, bias]: readonly Tensor[]): Tensor {
    const { strides, padding, dilationRate: dilation } = this;
    const y = conv2d(x, kernel, { strides, padding, dilation });
    return activate(this.activation, this.useBias ? add(y, bias) : y);
  }

  protected options(): Record<string, unknown> {
    const { filters, kernelSize, strides, padding, dilationRate, activation, useBias } = this;
    const { kernelInitializer, biasInitializer } = this;
    return {
      filters,
      kernelSize,
      strides,
      padding,
      dilationRate,
      activation,
      useBias,
      kernelInitializer,
      biasInitializer,
    };
  }
}

import type { Shape, Tensor } from '@weft/core';
import { less, mul, random, where } from '@weft/core';
import { numberIn } from '@weft/core/program';
import { BaseLayer, type LayerContext, type LayerOptions } from './layer.js';

/** Options of `Dropout`, as in Keras. */
export interface DropoutOptions extends LayerOptions {
  /** Part of the elements that become zero, from 0 to below 1. */
  readonly rate: number;
}

/**
 * The random stream of a layer, from its name (FNV-1a), so that layers of different names draw independently.
 * The highest bit is set: streams below it are left for others.
 */
function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (hash | 0x80000000) >>> 0;
}

/**
 * In training, sets a random part of the elements to zero and divides the others by what is left, so that their
 * expectation stays. Otherwise, or without a source of randomness, hands on its input.
 *
 * @see Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting
 */
export class Dropout extends BaseLayer {
  readonly rate: number;

  /** @throws RangeError if the rate is not a number from 0 to below 1 */
  constructor(options: DropoutOptions) {
    super('Dropout', options, ['rate']);
    this.rate = numberIn(this.label, 'rate', options.rate, 0, 1);
  }

  outputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  call(x: Tensor, _weights: readonly Tensor[], context: LayerContext): Tensor {
    if (!context.training || !context.random || this.rate === 0) return x;
    const drawn = random('uniform', x.shape, {
      seed: context.random.seed,
      keys: context.random.keys,
      stream: streamOf(this.name),
    });
    return where(less(drawn, this.rate), 0, mul(x, 1 / (1 - this.rate)));
  }

  protected options(): Record<string, unknown> {
    return { rate: this.rate };
  }
}

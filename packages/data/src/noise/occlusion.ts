import {
  add,
  clip,
  div,
  maximum,
  minimum,
  mul,
  reshape,
  sqrt,
  sub,
  type Tensor,
  type TensorLike,
  tensor,
} from '@weft/core';
import type { NoiseSource } from './draws.js';

/** Keeps a division by a side of no length finite. */
const TINY = 1e-6;

/**
 * Images with a black rectangle each, of exactly the given part of their area. The sides, as parts of the image's, are at
 * most 2 to 1; the place is drawn evenly among those where the rectangle lies inside. Where an edge cuts a pixel, that is
 * darkened by the part that is covered. All channels are covered alike.
 *
 * @param x    [batch, height, width, channels]
 * @param area part of the image's area, one for all or [batch, 1, 1, 1]
 * @see DeVries and Taylor (2017), Improved regularization of convolutional neural networks with cutout
 */
export function occluded(x: Tensor, area: Tensor | number, source: NoiseSource): Tensor {
  const [batch, height, width] = x.shape;
  const drawn = (purpose: 'side' | 'top' | 'left') =>
    reshape(source.draw(purpose, 'uniform', [batch, 1]), [batch, 1, 1, 1]);
  const part = typeof area === 'number' ? tensor([[[[area]]]]) : area;
  // Both sides are at most 1, and neither more than twice the other: side^2 / part lies from 1/2 to 2.
  const least = maximum(part, sqrt(mul(part, 0.5)));
  const most = minimum(sqrt(mul(part, 2)), 1);
  const tall = add(least, mul(drawn('side'), sub(most, least)));
  const wide = minimum(div(part, maximum(tall, TINY)), 1);
  const rows = covered(height, tall, drawn('top'), [1, height, 1, 1]);
  const columns = covered(width, wide, drawn('left'), [1, 1, width, 1]);
  return mul(x, sub(1, mul(rows, columns)));
}

/** How much of each pixel of a line lies under a piece of it. */
function covered(length: number, part: Tensor, place: Tensor, shape: readonly number[]): Tensor {
  const pixels = tensor(
    Float32Array.from({ length }, (_, at) => at),
    shape,
  );
  const piece = mul(part, length);
  const begin: TensorLike = mul(place, sub(length, piece));
  return clip(sub(minimum(add(pixels, 1), add(begin, piece)), maximum(pixels, begin)), 0, 1);
}

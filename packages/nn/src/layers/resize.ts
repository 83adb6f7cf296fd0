import { affineSample, type Interpolation, type Tensor, tensor } from '@weft/core';

/** The line that leads from the middles of `to` equal parts of an axis to places among its `from` pixels. */
function along(from: number, to: number, interpolation: Interpolation): [slope: number, offset: number] {
  const slope = from / to;
  // Middles lie half a part apart at least from where the nearest pixel changes, or on it: a quarter decides for all.
  const nudge = interpolation === 'nearest' ? 1 / (4 * to) : 0;
  return [slope, slope / 2 - 0.5 + nudge];
}

/**
 * Images in another size: the middle of each pixel is read where it lies in the image, and pixels at the edge go on
 * beyond it. Nothing is averaged when images become smaller.
 *
 * @param x images [batch, height, width, channels]
 */
export function resize(x: Tensor, size: readonly [number, number], interpolation: Interpolation): Tensor {
  const [, height, width] = x.shape;
  const [byColumn, left] = along(width, size[1], interpolation);
  const [byRow, top] = along(height, size[0], interpolation);
  const matrix = tensor([
    [byColumn, 0, left],
    [0, byRow, top],
  ]);
  return affineSample(x, matrix, { size, fillMode: 'nearest', interpolation });
}

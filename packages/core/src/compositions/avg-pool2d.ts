import { broadcastTo } from '../operations/broadcast.js';
import { scalar } from '../operations/constant.js';
import { div, mul } from '../operations/elementwise.js';
import { type PoolOptions, poolAttributes } from '../operations/pooling.js';
import { reshape } from '../operations/reshape.js';
import { gatherTiles, type Tiling } from '../operations/tiles.js';
import { type Pair, windowPositions } from '../operations/window.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * The mean of the pixels under each window; zeros of `same` padding are not counted, as in Keras.
 *
 * @param x images [batch, height, width, channels]
 * @returns [batch, rows, columns, channels]
 * @example
 * const image = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
 * avgPool2d(image); // [[[[2.5]]]]
 */
export function avgPool2d(x: Tensor, poolSize: Pair = 2, options: PoolOptions = {}): Tensor {
  const { window, shape } = poolAttributes('avgPool2d', x, poolSize, options);
  const [rows, columns] = windowPositions('avgPool2d', shape, window);
  const tiling: Tiling = {
    image: [shape[1], shape[2]],
    grid: [rows, columns],
    // Not minus zero: JSON has none.
    origin: [0 - window.padding[0][0], 0 - window.padding[1][0]],
    step: window.strides,
    dilation: [1, 1],
    rows: [new Array<number>(window.size[0]).fill(1)],
    columns: [new Array<number>(window.size[1]).fill(1)],
    components: 'first',
  };
  const sums = reshape(gatherTiles(x, tiling), [shape[0], rows, columns, shape[3]]);
  if (window.padding.every(([before, after]) => before + after === 0)) {
    return mul(sums, 1 / (window.size[0] * window.size[1]));
  }
  const pixels = broadcastTo(scalar(1), [1, shape[1], shape[2], 1]);
  return div(sums, reshape(gatherTiles(pixels, tiling), [rows, columns, 1]));
}

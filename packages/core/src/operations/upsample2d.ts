import { formatShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { reshape } from './reshape.js';
import { neverSharded } from './sharding.js';
import { gatherTiles, type Tiling } from './tiles.js';
import { type Pair, pairOf } from './window.js';

type UpsampleAttributes = { size: readonly [number, number] };

/** Nearest upsampling as the adjoint of a sum over windows: each pixel is scattered over a tile of its own. */
export function upsampleTiling(height: number, width: number, [rows, columns]: readonly [number, number]): Tiling {
  return {
    image: [height * rows, width * columns],
    grid: [height, width],
    origin: [0, 0],
    step: [rows, columns],
    dilation: [1, 1],
    rows: [new Array<number>(rows).fill(1)],
    columns: [new Array<number>(columns).fill(1)],
    components: 'first',
  };
}

export const upsample2dDefinition: OperationDefinition<UpsampleAttributes> = {
  name: 'upsample2d',
  kind: 'lowered',
  exact: true,
  shard: neverSharded,
  infer([x], { size }) {
    if (x.shape.length !== 4) {
      throw new RangeError(`upsample2d: expected [batch, height, width, channels], got ${formatShape(x.shape)}.`);
    }
    const [batch, height, width, channels] = x.shape;
    return [float32([batch, height * size[0], width * size[1], channels])];
  },
  gradient({ inputs: [x], gradient, attributes: { size } }) {
    return [reshape(gatherTiles(gradient, upsampleTiling(x.shape[1], x.shape[2], size)), x.shape)];
  },
  reference({ inputs: [x], outputs: [out], inputTypes: [type], attributes: { size } }) {
    const [, height, width, channels] = type.shape;
    const columns = width * size[1];
    const rows = height * size[0];
    for (let index = 0; index < out.length; index++) {
      const c = index % channels;
      const column = Math.floor((Math.floor(index / channels) % columns) / size[1]);
      const row = Math.floor((Math.floor(index / (channels * columns)) % rows) / size[0]);
      const n = Math.floor(index / (channels * columns * rows));
      out[index] = x[((n * height + row) * width + column) * channels + c];
    }
  },
};

/**
 * Each pixel repeated over a block of `size`: nearest-neighbour upsampling.
 *
 * @param x images [batch, height, width, channels]
 * @example
 * upsample2d(tensor([1, 2], [1, 1, 2, 1])).reshape([2, 4]); // [[1, 1, 2, 2], [1, 1, 2, 2]]
 */
export function upsample2d(x: Tensor, size: Pair = 2): Tensor {
  return apply(upsample2dDefinition, [x], { size: pairOf('upsample2d', 'size', size) });
}

import { matmul } from '../operations/matmul.js';
import { reshape, transpose } from '../operations/reshape.js';
import { reversed } from '../operations/slice.js';
import { gatherTiles, identity, type Matrix, scatterTiles, type Tiling } from '../operations/tiles.js';
import { type Window, windowPositions } from '../operations/window.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type BilinearAlgorithm, multiply, UPSAMPLE, WINOGRAD } from './bilinear.js';
import type { Upsample, Winograd } from './choose.js';

/** The fast algorithms by the names that they are chosen by. */
export const BILINEAR: Readonly<Record<Winograd | Upsample, BilinearAlgorithm>> = {
  winograd2: WINOGRAD[2],
  winograd4: WINOGRAD[4],
  winograd6: WINOGRAD[6],
  winograd7: WINOGRAD[7],
  upsample1: UPSAMPLE[1],
  upsample2: UPSAMPLE[2],
  upsample4: UPSAMPLE[4],
  upsample7: UPSAMPLE[7],
};

export const pixelRows = (x: Tensor) => reshape(x, [-1, x.shape[3]]);
/** Whether each pixel is a window of its own, so that tiles are the images as they are. */
const isPointwise = ({ size, strides, padding }: Window) =>
  [...size, ...strides].every((length) => length === 1) && padding.flat().every((amount) => amount === 0);

/** The pixels under each window as a row: [windows, taps * channels]. */
export function windowRows(x: Tensor, window: Window): Tensor {
  return isPointwise(window) ? pixelRows(x) : gatherTiles(x, im2col(x.shape, window));
}

/** The adjoint of `windowRows`: images of a shape from what each window gives to its pixels. */
export function addWindowRows(rows: Tensor, shape: Shape, window: Window): Tensor {
  return isPointwise(window) ? reshape(rows, shape) : scatterTiles(rows, im2col(shape, window));
}

export const kernelMatrix = (weight: Tensor) => reshape(weight, [-1, weight.shape[3]]);

/** Windows as tiles, one a position, one component a tap. */
function im2col(image: readonly number[], window: Window): Tiling {
  return {
    image: [image[1], image[2]],
    grid: windowPositions('conv2d', image, window),
    // Not minus zero: JSON has none.
    origin: [0 - window.padding[0][0], 0 - window.padding[1][0]],
    step: window.strides,
    dilation: window.dilation,
    rows: identity(window.size[0]),
    columns: identity(window.size[1]),
    components: 'last',
  };
}

/** Weights [height, width, in, out] as one tile of one image, turned into [components, in, out]. */
function transformWeight(weight: Tensor, rows: Matrix, columns: Matrix): Tensor {
  const [height, width, channels, filters] = weight.shape;
  const components = gatherTiles(reshape(weight, [1, height, width, channels * filters]), {
    image: [height, width],
    grid: [1, 1],
    origin: [0, 0],
    step: [1, 1],
    dilation: [1, 1],
    rows,
    columns,
    components: 'first',
  });
  return reshape(components, [-1, channels, filters]);
}

/** Transforms tiles and weights, multiplies a stack of matrices, one a component, and transforms back. */
export function bilinear(x: Tensor, weight: Tensor, { padding }: Window, algorithm: BilinearAlgorithm): Tensor {
  const [, height, width] = x.shape;
  const outputs = algorithm.output.length;
  // An upsampling algorithm gives two pixels a step: its image is that much larger.
  const scale = outputs / algorithm.step;
  const result = [
    height * scale + padding[0][0] + padding[0][1] - 2,
    width * scale + padding[1][0] + padding[1][1] - 2,
  ] as const;
  const grid = [Math.ceil(result[0] / outputs), Math.ceil(result[1] / outputs)] as const;
  const step = [algorithm.step, algorithm.step] as const;
  const shared = { grid, dilation: [1, 1], components: 'first' } as const;
  const tiles = gatherTiles(x, {
    ...shared,
    image: [height, width],
    // Not minus zero: JSON has none.
    origin: [0 - padding[0][0], 0 - padding[1][0]],
    step,
    rows: algorithm.input,
    columns: algorithm.input,
  });
  const products = matmul(tiles, transformWeight(weight, algorithm.weight, algorithm.weight));
  const back = algorithm.output[0].map((_, product) => algorithm.output.map((row) => row[product]));
  return scatterTiles(products, {
    ...shared,
    image: result,
    origin: [0, 0],
    step: [outputs, outputs],
    rows: back,
    columns: back,
  });
}

/** With few filters: the products of every pixel with every tap, then added up where they belong. */
export function productsThenScatter(x: Tensor, weight: Tensor, window: Window): Tensor {
  const [, height, width, channels] = x.shape;
  const [rows, columns] = windowPositions('conv2d', x.shape, window);
  const taps = weight.shape[0] * weight.shape[1];
  const products = matmul(pixelRows(x), tapsLast(reshape(weight, [taps, channels, -1])));
  // Output o takes tap t of pixel o + t - padding: pixel i gives to o = i + padding - t, taps in reverse.
  const flip = (size: number): Matrix => [...identity(size)].reverse();
  return scatterTiles(products, {
    image: [rows, columns],
    grid: [height, width],
    origin: [window.padding[0][0] - window.size[0] + 1, window.padding[1][0] - window.size[1] + 1],
    step: [1, 1],
    dilation: [1, 1],
    rows: flip(window.size[0]),
    columns: flip(window.size[1]),
    components: 'last',
  });
}

/** As `productsThenScatter`, for an upsampled image: nine products a pixel, each given to the outputs it is part of. */
export function upsampleThenScatter(x: Tensor, weight: Tensor): Tensor {
  const [, height, width] = x.shape;
  const { input, weight: taps, output } = UPSAMPLE[1];
  const products = matmul(pixelRows(x), tapsLast(transformWeight(weight, taps, taps)));
  // Pixel i is in the tiles of outputs i-1, i and i+1, at places 2, 1 and 0 of their inputs; of those six outputs the
  // first and the last get nothing.
  const spread = [2, 1, 0].flatMap((place) =>
    multiply(
      output,
      input.map((row, p) => row.map((_, q) => (p === q ? input[p][place] : 0))),
    ),
  );
  const inner = spread.slice(1, -1);
  const matrix = inner[0].map((_, product) => inner.map((row) => row[product]));
  return scatterTiles(products, {
    image: [2 * height, 2 * width],
    grid: [height, width],
    origin: [-1, -1],
    step: [2, 2],
    dilation: [1, 1],
    rows: matrix,
    columns: matrix,
    components: 'last',
  });
}

/** [taps, in, out] as a matrix [in, taps * out]. */
function tapsLast(weight: Tensor): Tensor {
  const [taps, channels, filters] = weight.shape;
  return reshape(transpose(weight, [1, 0, 2]), [channels, taps * filters]);
}

/** Weights [height, width, in, out] of the transposed convolution as those of a convolution: taps backwards, in for out. */
export function turnAround(weight: Tensor): Tensor {
  return transpose(reversed(weight, [0, 1]), [0, 1, 3, 2]);
}

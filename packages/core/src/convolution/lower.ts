import { matmul } from '../operations/matmul.js';
import { reshape, transpose } from '../operations/reshape.js';
import { concatenate, slice } from '../operations/slice.js';
import { gatherTiles, identity, type Matrix, scatterTiles, type Tiling } from '../operations/tiles.js';
import { upsampleTiling } from '../operations/upsample2d.js';
import { type Window, windowPositions } from '../operations/window.js';
import type { Tensor } from '../tensor/tensor.js';
import { differentiatedValues, type Operation, type Program } from '../trace/program.js';
import { rewrite } from '../trace/trace.js';
import { type BilinearAlgorithm, multiply, UPSAMPLE, WINOGRAD } from './bilinear.js';
import {
  type ConvolutionChoice,
  type ConvolutionOption,
  chooseConvolution,
  type Upsample,
  type Winograd,
} from './choose.js';

/** Depthwise convolutions stay as they are: they have kernels of their own. */
const DEPTHWISE: ConvolutionChoice = {
  algorithm: 'depthwise',
  reason: 'one kernel a channel: computed directly, by vectors of channels',
};

/** How one convolution of a program is computed. */
export interface ConvolutionRecord extends ConvolutionChoice {
  readonly input: readonly number[];
  readonly weight: readonly number[];
}

/**
 * Replaces convolutions by tiles and matrix products, each by the algorithm its shapes call for, and upsampling by
 * tiles. It comes before `differentiate`: the gradients of an algorithm are then the adjoints of its own steps, and
 * what forward has transformed is there for the weight gradient.
 *
 * @param record receives each choice
 */
export function lowerConvolutions(
  program: Program,
  option: ConvolutionOption = 'auto',
  record: (choice: ConvolutionRecord) => void = () => {},
): Program {
  const differentiated = differentiatedValues(program);
  return rewrite(program, (operation, inputs) => {
    switch (operation.name) {
      case 'upsample2d': {
        const [x] = inputs;
        const [, height, width, channels] = x.shape;
        const tiling = upsampleTiling(height, width, operation.attributes.size as [number, number]);
        return [scatterTiles(reshape(x, [1, -1, channels]), tiling)];
      }
      case 'conv2d':
      case 'conv2dInputGradient':
      case 'conv2dWeightGradient':
        return [inGroups(operation, inputs, (each) => lowerOne(operation, each, option, record, differentiated))];
      case 'depthwiseConv2d':
        record({ ...DEPTHWISE, input: inputs[0].shape, weight: inputs[1].shape });
        return undefined;
      default:
        return undefined;
    }
  });
}

/**
 * Computes each group of channels by itself: images, weights and results have those of a group side by side along their
 * last axis.
 */
function inGroups(
  { attributes }: Operation,
  inputs: readonly Tensor[],
  lower: (inputs: readonly Tensor[]) => Tensor,
): Tensor {
  const groups = (attributes.groups as number | undefined) ?? 1;
  if (groups === 1) return lower(inputs);
  const partOf = (x: Tensor, group: number) => {
    const length = x.shape[3] / groups;
    return slice(x, [0, 0, 0, group * length], x.shape.with(3, (group + 1) * length));
  };
  return concatenate(
    Array.from({ length: groups }, (_, group) => lower(inputs.map((x) => partOf(x, group)))),
    3,
  );
}

function lowerOne(
  operation: Operation,
  inputs: readonly Tensor[],
  option: ConvolutionOption,
  record: (choice: ConvolutionRecord) => void,
  differentiated: ReadonlySet<number>,
): Tensor {
  if (operation.name === 'conv2d') return lowerForward(operation, inputs, option, record, differentiated);
  const { window, shape } = operation.attributes as unknown as { window: Window; shape: number[] };
  if (operation.name === 'conv2dInputGradient') {
    const [g, weight] = inputs;
    const image = [...shape.slice(0, 3), weight.shape[2]];
    return scatterTiles(matmul(pixelRows(g), kernelMatrix(weight), { transposeB: true }), im2col(image, window));
  }
  const [x, g] = inputs;
  const product = matmul(gatherTiles(x, im2col(x.shape, window)), pixelRows(g), { transposeA: true });
  return reshape(product, [...shape.slice(0, 3), g.shape[3]]);
}

function lowerForward(
  { attributes, inputs: [value] }: Operation,
  [x, weight]: readonly Tensor[],
  option: ConvolutionOption,
  record: (choice: ConvolutionRecord) => void,
  differentiated: ReadonlySet<number>,
): Tensor {
  const window = attributes.window as Window;
  // `rewrite` has just turned an upsampling before this convolution into tiles: its source is what they are made of.
  // Where a gradient in the upsampled image itself is asked for, the convolution has to read it.
  const source = differentiated.has(value) ? undefined : upsampledByTwo(x);
  const image = source ?? x;
  const choice = chooseConvolution(image.shape, weight.shape, window, source !== undefined, option);
  record({ ...choice, input: image.shape, weight: weight.shape });
  switch (choice.algorithm) {
    case 'winograd2':
    case 'winograd4':
    case 'winograd6':
    case 'winograd7':
      return bilinear(x, weight, window, BILINEAR[choice.algorithm]);
    case 'upsample1':
    case 'upsample2':
    case 'upsample4':
    case 'upsample7':
      return bilinear(image, weight, window, BILINEAR[choice.algorithm]);
    case 'upsample-col2im':
      return upsampleThenScatter(image, weight);
    case 'col2im':
      return productsThenScatter(x, weight, window);
    case 'im2col': {
      const [rows, columns] = windowPositions('conv2d', x.shape, window);
      const product = matmul(gatherTiles(x, im2col(x.shape, window)), kernelMatrix(weight));
      return reshape(product, [x.shape[0], rows, columns, weight.shape[3]]);
    }
  }
}

/** The fast algorithms by the names that they are chosen by. */
const BILINEAR: Readonly<Record<Winograd | Upsample, BilinearAlgorithm>> = {
  winograd2: WINOGRAD[2],
  winograd4: WINOGRAD[4],
  winograd6: WINOGRAD[6],
  winograd7: WINOGRAD[7],
  upsample1: UPSAMPLE[1],
  upsample2: UPSAMPLE[2],
  upsample4: UPSAMPLE[4],
  upsample7: UPSAMPLE[7],
};

/** The images under a nearest upsampling by 2, if that is what a tensor is. */
function upsampledByTwo(x: Tensor): Tensor | undefined {
  const { node } = x;
  if (node.operation !== 'scatterTiles') return undefined;
  const tiling = node.attributes as Tiling;
  const [height, width] = tiling.grid;
  if (JSON.stringify(tiling) !== JSON.stringify(upsampleTiling(height, width, [2, 2]))) return undefined;
  return reshape(node.inputs[0], [x.shape[0], height, width, x.shape[3]]);
}

const pixelRows = (x: Tensor) => reshape(x, [-1, x.shape[3]]);
const kernelMatrix = (weight: Tensor) => reshape(weight, [-1, weight.shape[3]]);

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
function bilinear(x: Tensor, weight: Tensor, { padding }: Window, algorithm: BilinearAlgorithm): Tensor {
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
function productsThenScatter(x: Tensor, weight: Tensor, window: Window): Tensor {
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
function upsampleThenScatter(x: Tensor, weight: Tensor): Tensor {
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

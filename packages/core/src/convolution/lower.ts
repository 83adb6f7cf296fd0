import { matmul } from '../operations/matmul.js';
import { reshape } from '../operations/reshape.js';
import { concatenate, sliceAlong } from '../operations/slice.js';
import { scatterTiles, type Tiling } from '../operations/tiles.js';
import { upsampleTiling } from '../operations/upsample2d.js';
import { type Window, windowPositions } from '../operations/window.js';
import type { Tensor } from '../tensor/tensor.js';
import { differentiatedValues, type Operation, type Program } from '../trace/program.js';
import { rewrite } from '../trace/trace.js';
import {
  addWindowRows,
  BILINEAR,
  bilinear,
  kernelMatrix,
  pixelRows,
  productsThenScatter,
  turnAround,
  upsampleThenScatter,
  windowRows,
} from './algorithms.js';
import { type ConvolutionChoice, type ConvolutionOption, chooseConvolution, isWinograd } from './choose.js';

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
        if (isInManyGroups(operation)) {
          if (operation.name === 'conv2d') record(choiceOfGroup(operation, inputs, option));
          return undefined;
        }
        return [inGroups(operation, inputs, (each) => lowerOne(operation, each, option, record, differentiated))];
      case 'depthwiseConv2d':
        record({ ...DEPTHWISE, input: inputs[0].shape, weight: inputs[1].shape });
        return undefined;
      default:
        return undefined;
    }
  });
}

/** Groups that are cut out before gradients are taken: each has the gradients of its own algorithm. */
const FEW_GROUPS = 4;

const groupsOf = ({ attributes }: Operation) => (attributes.groups as number | undefined) ?? 1;
const isInManyGroups = (operation: Operation) => groupsOf(operation) > FEW_GROUPS;

/**
 * Replaces convolutions in many groups, and their gradients, after these were taken: the gradient of cutting out a group is
 * as large as all channels, and so many of them would have to be added up.
 */
export function lowerManyGroups(program: Program, option: ConvolutionOption = 'auto'): Program {
  if (!program.operations.some(isInManyGroups)) return program;
  return rewrite(program, (operation, inputs) =>
    isInManyGroups(operation)
      ? [inGroups(operation, inputs, (each) => lowerOne(operation, each, option, () => {}, new Set()))]
      : undefined,
  );
}

function choiceOfGroup(
  operation: Operation,
  [x, weight]: readonly Tensor[],
  option: ConvolutionOption,
): ConvolutionRecord {
  const groups = groupsOf(operation);
  const input = x.shape.with(3, x.shape[3] / groups);
  const kernel = weight.shape.with(3, weight.shape[3] / groups);
  const choice = chooseConvolution(input, kernel, operation.attributes.window as Window, false, option);
  return { ...choice, reason: `each of ${groups} groups, ${choice.reason}`, input, weight: kernel };
}

/**
 * Computes each group of channels by itself: images, weights and results have those of a group side by side along their
 * last axis.
 */
function inGroups(
  operation: Operation,
  inputs: readonly Tensor[],
  lower: (inputs: readonly Tensor[]) => Tensor,
): Tensor {
  const groups = groupsOf(operation);
  if (groups === 1) return lower(inputs);
  const partOf = (x: Tensor, group: number) => sliceAlong(x, 3, (group * x.shape[3]) / groups, x.shape[3] / groups);
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
  if (operation.name === 'conv2dInputGradient') return lowerTransposed(operation, inputs, option, record);
  const { window, shape } = operation.attributes as unknown as { window: Window; shape: number[] };
  const [x, g] = inputs;
  const product = matmul(windowRows(x, window), pixelRows(g), { transposeA: true });
  return reshape(product, [...shape.slice(0, 3), g.shape[3]]);
}

/**
 * A transposed convolution: the products of every tap first, then added up where they belong. With stride 1 it is a
 * convolution with the kernel turned around, too, which Winograd's algorithms may compute.
 */
function lowerTransposed(
  { attributes }: Operation,
  [g, weight]: readonly Tensor[],
  option: ConvolutionOption,
  record: (choice: ConvolutionRecord) => void,
): Tensor {
  const { window, shape } = attributes as unknown as { window: Window; shape: number[] };
  const padding = window.size.map((size, axis) => window.padding[axis].map((amount) => size - 1 - amount));
  const mirrored = { ...window, padding } as unknown as Window;
  if (padding.flat().every((amount) => amount >= 0)) {
    const turned = weight.shape.with(2, weight.shape[3]).with(3, weight.shape[2]);
    const choice = chooseConvolution(g.shape, turned, mirrored, false, option);
    if (isWinograd(choice.algorithm)) {
      record({ ...choice, input: g.shape, weight: turned });
      return bilinear(g, turnAround(weight), mirrored, BILINEAR[choice.algorithm]);
    }
  }
  record({ algorithm: 'col2im', reason: TRANSPOSED, input: g.shape, weight: weight.shape });
  const image = [...shape.slice(0, 3), weight.shape[2]];
  return addWindowRows(matmul(pixelRows(g), kernelMatrix(weight), { transposeB: true }), image, window);
}

const TRANSPOSED = 'transposed: products of every tap first, then added up';

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
      const product = matmul(windowRows(x, window), kernelMatrix(weight));
      return reshape(product, [x.shape[0], rows, columns, weight.shape[3]]);
    }
  }
}

/** The images under a nearest upsampling by 2, if that is what a tensor is. */
function upsampledByTwo(x: Tensor): Tensor | undefined {
  const { node } = x;
  if (node.operation !== 'scatterTiles') return undefined;
  const tiling = node.attributes as Tiling;
  const [height, width] = tiling.grid;
  if (JSON.stringify(tiling) !== JSON.stringify(upsampleTiling(height, width, [2, 2]))) return undefined;
  return reshape(node.inputs[0], [x.shape[0], height, width, x.shape[3]]);
}

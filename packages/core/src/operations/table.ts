import type { Attributes, Tensor } from '../tensor/tensor.js';
import { affineSampleDefinition, affineScatterDefinition } from './affine-sample.js';
import { broadcastDefinition, sumDefinition } from './broadcast.js';
import { castBytesDefinition, castDefinition } from './cast.js';
import { constantDefinition } from './constant.js';
import { conv2dDefinition, conv2dInputGradientDefinition, conv2dWeightGradientDefinition } from './conv2d.js';
import { applyAll, type OperationDefinition } from './definition.js';
import {
  depthwiseConv2dDefinition,
  depthwiseCorrelationDefinition,
  depthwiseTransposeDefinition,
} from './depthwise.js';
import * as elementwise from './elementwise.js';
import { iotaDefinition } from './iota.js';
import { matmulDefinition } from './matmul.js';
import {
  maxPool2dDefinition,
  maxPool2dPlaceDefinition,
  maxUnpool2dDefinition,
  takePlaces2dDefinition,
} from './pooling.js';
import { randomDefinition } from './random.js';
import { maxDefinition } from './reductions.js';
import { reshapeDefinition, transposeDefinition } from './reshape.js';
import { scatterRowsDefinition, takeRowsDefinition } from './rows.js';
import { concatenateDefinition, padDefinition, sliceDefinition } from './slice.js';
import { logSoftmaxDefinition, softmaxDefinition } from './softmax.js';
import { stopGradientDefinition } from './stop-gradient.js';
import { gatherTilesDefinition, scatterTilesDefinition } from './tiles.js';
import { upsample2dDefinition } from './upsample2d.js';

type Elementwise = typeof elementwise;

/** The names of the functions of `elementwise.ts` that are operations: those with a record. */
type RecordName = {
  [Name in keyof Elementwise]: Elementwise[Name] extends { readonly definition: object } ? Name : never;
}[keyof Elementwise];

const elementwiseDefinitions = Object.fromEntries(
  Object.entries(elementwise).flatMap(([name, value]) => ('definition' in value ? [[name, value.definition]] : [])),
) as { readonly [Name in RecordName]: Elementwise[Name]['definition'] };

/** Every operation, by name. Add yours here, or to `elementwise.ts`; the compiler then says what it still needs. */
const definitions = {
  ...elementwiseDefinitions,
  cast: castDefinition,
  castBytes: castBytesDefinition,
  iota: iotaDefinition,
  constant: constantDefinition,
  broadcast: broadcastDefinition,
  sum: sumDefinition,
  max: maxDefinition,
  softmax: softmaxDefinition,
  logSoftmax: logSoftmaxDefinition,
  reshape: reshapeDefinition,
  transpose: transposeDefinition,
  slice: sliceDefinition,
  pad: padDefinition,
  concatenate: concatenateDefinition,
  matmul: matmulDefinition,
  conv2d: conv2dDefinition,
  conv2dInputGradient: conv2dInputGradientDefinition,
  conv2dWeightGradient: conv2dWeightGradientDefinition,
  depthwiseConv2d: depthwiseConv2dDefinition,
  depthwiseTranspose: depthwiseTransposeDefinition,
  depthwiseCorrelation: depthwiseCorrelationDefinition,
  gatherTiles: gatherTilesDefinition,
  scatterTiles: scatterTilesDefinition,
  maxPool2d: maxPool2dDefinition,
  maxPool2dPlace: maxPool2dPlaceDefinition,
  maxUnpool2d: maxUnpool2dDefinition,
  takePlaces2d: takePlaces2dDefinition,
  upsample2d: upsample2dDefinition,
  affineSample: affineSampleDefinition,
  affineScatter: affineScatterDefinition,
  takeRows: takeRowsDefinition,
  scatterRows: scatterRowsDefinition,
  random: randomDefinition,
  stopGradient: stopGradientDefinition,
} as const;

/** The name of an operation. */
export type OperationName = keyof typeof definitions;

/** The names of the element-wise operations, which are computed in loops and behind anchors. */
export type ElementwiseName = RecordName | 'cast';

/** Every operation a program may hold once it is differentiated, by name. */
export const operationTable: ReadonlyMap<string, OperationDefinition> = new Map(
  Object.values(definitions as unknown as Readonly<Record<string, OperationDefinition>>).map((definition) => [
    definition.name,
    definition,
  ]),
);

/**
 * The definition of an operation.
 *
 * @throws TypeError if there is none of that name
 */
export function definitionOf(name: string): OperationDefinition {
  const definition = operationTable.get(name);
  if (!definition) throw new TypeError(`Weft has no operation "${name}".`);
  return definition;
}

/**
 * Whether an operation is of a kind; names of kernels and of gradients are of none.
 *
 * @example
 * isOfKind('relu', 'elementwise'); // true
 */
export function isOfKind(name: string, ...kinds: readonly OperationDefinition['kind'][]): boolean {
  const kind = operationTable.get(name)?.kind;
  return kind !== undefined && kinds.includes(kind);
}

/**
 * Applies an operation that is known by name, as passes do.
 * @throws TypeError if there is none of that name
 * @example
 * const [sum] = applyOperation('add', [tensor([1, 2]), tensor([3, 4])], {});
 * sum; // [4, 6]
 */
export function applyOperation(name: string, inputs: readonly Tensor[], attributes: Attributes): Tensor[] {
  return applyAll(definitionOf(name), inputs, attributes);
}

import { broadcastDefinition, sumDefinition } from './broadcast.js';
import { constantDefinition } from './constant.js';
import { conv2dDefinition, conv2dInputGradientDefinition, conv2dWeightGradientDefinition } from './conv2d.js';
import type { OperationDefinition } from './definition.js';
import { elementwiseDefinitions } from './elementwise.js';
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
import { takeRowsDefinition } from './rows.js';
import { concatenateDefinition, padDefinition, sliceDefinition } from './slice.js';
import { gatherTilesDefinition, scatterTilesDefinition } from './tiles.js';
import { upsample2dDefinition } from './upsample2d.js';

const definitions = [
  ...Object.values(elementwiseDefinitions),
  constantDefinition,
  broadcastDefinition,
  sumDefinition,
  maxDefinition,
  reshapeDefinition,
  transposeDefinition,
  sliceDefinition,
  padDefinition,
  concatenateDefinition,
  matmulDefinition,
  conv2dDefinition,
  conv2dInputGradientDefinition,
  conv2dWeightGradientDefinition,
  gatherTilesDefinition,
  scatterTilesDefinition,
  maxPool2dDefinition,
  maxPool2dPlaceDefinition,
  maxUnpool2dDefinition,
  takePlaces2dDefinition,
  upsample2dDefinition,
  takeRowsDefinition,
  randomDefinition,
] as readonly unknown[] as readonly OperationDefinition[];

/** Every operation a program may hold once it is differentiated, by name. */
export const operationTable: ReadonlyMap<string, OperationDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
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

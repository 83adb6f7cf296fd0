import type { OperationName } from '@weft/core/program';
import { elementwiseWriters } from './elementwise.js';
import type { Writer } from './emitter.js';
import { imageWriters } from './images.js';
import { shapeWriters } from './shapes.js';
import { sumWriters } from './sums.js';

/** Why an operation cannot be written. */
const NO_GRADIENTS = 'it is a part of a gradient, and ONNX files hold inference';

/** How every operation is written, or why it cannot be. */
const writers: Readonly<Record<OperationName, Writer | string>> = {
  ...elementwiseWriters,
  ...imageWriters,
  ...shapeWriters,
  ...sumWriters,
  conv2dWeightGradient: NO_GRADIENTS,
  depthwiseCorrelation: NO_GRADIENTS,
  scatterTiles: NO_GRADIENTS,
  maxPool2dPlace: NO_GRADIENTS,
  maxUnpool2d: NO_GRADIENTS,
  takePlaces2d: NO_GRADIENTS,
  affineScatter: NO_GRADIENTS,
  scatterRows: NO_GRADIENTS,
  random: 'it draws random numbers, and a file would not draw the same',
};

/** The same for a name that may be none of the table: `gradient` stands in programs before they are differentiated. */
export const writerOf = (name: string): Writer | string =>
  Object.hasOwn(writers, name) ? writers[name as OperationName] : NO_GRADIENTS;

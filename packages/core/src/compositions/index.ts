// Functions that are made of operations: they need no kernel and no gradient rule. Methods of tensors, too.
export { clip, less, lessEqual, square } from './arithmetic.js';
export { avgPool2d } from './avg-pool2d.js';
export { type Conv1dOptions, conv1d, type Padding1d } from './conv1d.js';
export { type Conv2dTransposeOptions, conv2dTranspose } from './conv2d-transpose.js';
export { cumsum } from './cumsum.js';
export { gather, scatterAdd } from './gather.js';
export { argMax, oneHot } from './indices.js';
export { flip, roll } from './order.js';
export { type PadMode, type PadOptions, pad } from './pad.js';
export { split, stack, tile } from './pieces.js';
export { logSumExp, mean, min, prod, std, variance } from './reductions.js';

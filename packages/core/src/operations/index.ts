// The operations that users call. Those whose first operand is a tensor are methods, too: `tensor/methods.ts`.
export { type AffineSampleOptions, affineSample, type FillMode, type Interpolation } from './affine-sample.js';
export { broadcastTo, sum } from './broadcast.js';
export { cast } from './cast.js';
export { type Conv2dOptions, conv2d } from './conv2d.js';
export { type DepthwiseConv2dOptions, depthwiseConv2d } from './depthwise.js';
export * from './elementwise.js';
export { grad } from './gradient.js';
export { type MatmulOptions, matmul } from './matmul.js';
export { maxPool2d, type PoolOptions } from './pooling.js';
export { type RandomOptions, random } from './random.js';
export { max } from './reductions.js';
export { reshape, transpose } from './reshape.js';
export { takeRows } from './rows.js';
export { concatenate, slice } from './slice.js';
export { logSoftmax, softmax } from './softmax.js';
export { stopGradient } from './stop-gradient.js';
export { upsample2d } from './upsample2d.js';

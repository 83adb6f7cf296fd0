export { broadcastTo, sum } from './operations/broadcast.js';
export { cast } from './operations/cast.js';
export { type Conv2dOptions, conv2d } from './operations/conv2d.js';
export {
  abs,
  add,
  clip,
  div,
  equal,
  exp,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  sqrt,
  square,
  sub,
  type TensorLike,
  tanh,
  where,
} from './operations/elementwise.js';
export { grad } from './operations/gradient.js';
export { argMax, logSumExp, oneHot } from './operations/indices.js';
export { type MatmulOptions, matmul } from './operations/matmul.js';
export { avgPool2d, maxPool2d, type PoolOptions } from './operations/pooling.js';
export { type RandomOptions, random } from './operations/random.js';
export { max, mean } from './operations/reductions.js';
export { reshape, transpose } from './operations/reshape.js';
export { takeRows } from './operations/rows.js';
export { concatenate, pad, slice } from './operations/slice.js';
export { stopGradient } from './operations/stop-gradient.js';
export { upsample2d } from './operations/upsample2d.js';
export { philox4x32 } from './random/philox.js';
export { RandomStream } from './random/stream.js';
export { type ComputeOptions, compute, type KernelSet } from './run/compute.js';
export {
  fromNdarray,
  full,
  ones,
  placeholder,
  randomBernoulli,
  randomNormal,
  randomUniform,
  table,
  tensor,
  zeros,
} from './tensor/create.js';
export type { TensorMethods } from './tensor/methods.js';
export type { DType, Shape, TypedArray, ValueType } from './tensor/shape.js';
export { Tensor } from './tensor/tensor.js';

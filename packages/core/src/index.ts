export * from './compositions/index.js';
export * from './operations/index.js';
export { philox4x32 } from './random/philox.js';
export { RandomStream } from './random/stream.js';
export { type ComputeOptions, compute, type KernelSet } from './run/compute.js';
export {
  fromNdarray,
  full,
  ones,
  placeholder,
  table,
  tensor,
  zeros,
} from './tensor/create.js';
export type { TensorMethods } from './tensor/methods.js';
export { randomBernoulli, randomNormal, randomUniform } from './tensor/random.js';
export type { DType, Shape, TypedArray, ValueType } from './tensor/shape.js';
export { Tensor } from './tensor/tensor.js';

// Tensors and operations.

// Programs: the passes, and how their result is run. For trainers, tools and the curious.
export type { ConvolutionAlgorithm, ConvolutionOption } from './convolution/choose.js';
export type { ConvolutionRecord } from './convolution/lower.js';
export type { MatmulTiles } from './emit/tiles.js';
export { countProgram, type ProgramCounts } from './fuse/counters.js';
export { fuse } from './fuse/fuse.js';
// Models and training.
export { Activation, type ActivationOptions } from './layers/activation.js';
export type { ActivationName } from './layers/activations.js';
export { Conv2D, type Conv2DOptions } from './layers/conv2d.js';
export { Dense, type DenseOptions } from './layers/dense.js';
export { Dropout, type DropoutOptions } from './layers/dropout.js';
export { type LayerClasses, sequentialFromConfig } from './layers/from-config.js';
export type { Initializer } from './layers/initializers.js';
export type { Layer, LayerContext, LayerOptions, WeightSpecification } from './layers/layer.js';
export { AveragePooling2D, MaxPooling2D, type Pooling2DOptions } from './layers/pooling2d.js';
export { Flatten, Reshape, type ReshapeOptions } from './layers/reshape.js';
export { type Parameter, Sequential, type SequentialConfig, type SequentialOptions } from './layers/sequential.js';
export { UpSampling2D, type UpSampling2DOptions } from './layers/upsampling2d.js';
export { broadcastTo, sum } from './operations/broadcast.js';
export { type Conv2dOptions, conv2d } from './operations/conv2d.js';
export { placeholder } from './operations/definition.js';
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
export { type MatmulOptions, matmul } from './operations/matmul.js';
export { avgPool2d, maxPool2d, type PoolOptions } from './operations/pooling.js';
export { type RandomOptions, random } from './operations/random.js';
export { max, mean } from './operations/reductions.js';
export { reshape, transpose } from './operations/reshape.js';
export { takeRows } from './operations/rows.js';
export { concatenate, pad, slice } from './operations/slice.js';
export { upsample2d } from './operations/upsample2d.js';
export { ALIGNMENT, type MemoryPlan, type Placement, planMemory } from './plan/plan.js';
export { philox4x32 } from './random/philox.js';
export { RandomStream } from './random/stream.js';
export {
  type Binding,
  type CompiledProgram,
  type CompileOptions,
  compile,
  lower,
  type PlannedProgram,
  planProgram,
} from './run/compile.js';
export { defaultKernels, type EvaluateOptions, evaluate, type KernelSet } from './run/evaluate.js';
export { type Executable, referenceExecutable, wasmExecutable } from './run/executable.js';
export { hasRelaxedSimd, hasSimd } from './run/support.js';
export {
  fromNdarray,
  full,
  ones,
  randomBernoulli,
  randomNormal,
  randomUniform,
  table,
  tensor,
  zeros,
} from './tensor/create.js';
export type { DType, Shape, TypedArray, ValueType } from './tensor/shape.js';
export { Tensor } from './tensor/tensor.js';
export type { Operation, Program } from './trace/program.js';
export { trace } from './trace/trace.js';
export { binaryCrossentropy, type Loss, meanAbsoluteError, meanSquaredError } from './training/losses.js';
export {
  Adam,
  type AdamOptions,
  type Optimizer,
  SGD,
  type SGDOptions,
  type UpdateInput,
  type UpdateResult,
} from './training/optimizers.js';

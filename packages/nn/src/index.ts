export { type Constraint, maxNorm, minMaxNorm, nonNeg, unitNorm } from './constraints/constraints.js';
export * from './layers/index.js';
export {
  binaryCrossentropy,
  binaryCrossentropyWith,
  type CrossentropyOptions,
  categoricalCrossentropy,
  categoricalCrossentropyWith,
  type SparseCrossentropyOptions,
  sparseCategoricalCrossentropy,
  sparseCategoricalCrossentropyWith,
} from './losses/crossentropy.js';
export * from './losses/divergence.js';
export * from './losses/focal.js';
export * from './losses/hinge.js';
export * from './losses/losses.js';
export { type MsSsimOptions, msSsimLoss, msSsimLossWith } from './losses/ms-ssim.js';
export * from './losses/overlap.js';
export * from './losses/robust.js';
export { type SsimOptions, ssimLoss, ssimLossWith } from './losses/ssim.js';
export * from './metrics/accuracy.js';
export * from './metrics/confusion-matrix.js';
export * from './metrics/curves.js';
export * from './metrics/errors.js';
export * from './metrics/intersection.js';
export { measure, metricResult, metricScores } from './metrics/measure.js';
export * from './metrics/metric.js';
export * from './metrics/precision-recall.js';
export { BaseModel, type ModelGraph, type ModelOptions, type ModelOutput } from './model/base-model.js';
export type { Block, Named, Nest, Shaped } from './model/block.js';
export type { LayerConfig } from './model/config.js';
export { CallContext, type CallContextOptions, type ContextRandom } from './model/context.js';
export { type LayerClasses, modelFromConfig } from './model/from-config.js';
export type { ModelInput } from './model/inputs.js';
export { type FunctionalOptions, Model, type ModelConfig, type NodeSource, type SourceNest } from './model/model.js';
export { Sequential, type SequentialConfig, type SequentialOptions } from './model/sequential.js';
export { type Application, type InputOptions, input, SymbolicTensor } from './model/symbolic.js';
export * from './optimizers/adagrad.js';
export * from './optimizers/adam.js';
export * from './optimizers/adamax.js';
export type { OptimizerGroup, OptimizerOptions } from './optimizers/base-optimizer.js';
export * from './optimizers/lion.js';
export type { Optimizer, UpdateInput, UpdateResult } from './optimizers/optimizer.js';
export { biasesAndScales, type PathMatch } from './optimizers/paths.js';
export * from './optimizers/rmsprop.js';
export * from './optimizers/sgd.js';
export * from './schedules/cosine.js';
export * from './schedules/decays.js';
export type { LearningRate, Schedule } from './schedules/schedule.js';
export * from './schedules/warmup.js';
export { regularizationLoss } from './training/regularization-loss.js';
export { type StepResult, type TrainStep, type TrainStepOptions, trainStep } from './training/train-step.js';
export type { Initializer, InitializerName } from './weights/initializers.js';
export { l1, l1l2, l2, type Regularizer } from './weights/regularizers.js';
export { ModelWeight, Weight, type WeightSpecification } from './weights/weight.js';

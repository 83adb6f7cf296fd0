export { Activation, type ActivationOptions } from './layers/activation.js';
export type { ActivationName } from './layers/activations.js';
export { BatchNormalization, type BatchNormalizationOptions } from './layers/batch-normalization.js';
export { Conv2D, type Conv2DOptions } from './layers/conv2d.js';
export { Dense, type DenseOptions } from './layers/dense.js';
export { Dropout, type DropoutOptions } from './layers/dropout.js';
export { BaseLayer, type Layer, type LayerOptions, type ShapesOf, type SymbolsOf } from './layers/layer.js';
export { Add, Concatenate, type ConcatenateOptions } from './layers/merge.js';
export { AveragePooling2D, MaxPooling2D, type Pooling2DOptions } from './layers/pooling2d.js';
export { Flatten, Reshape, type ReshapeOptions } from './layers/reshape.js';
export { UpSampling2D, type UpSampling2DOptions } from './layers/upsampling2d.js';
export {
  binaryCrossentropy,
  binaryCrossentropyWith,
  type CrossentropyOptions,
  categoricalCrossentropy,
  categoricalCrossentropyWith,
  sparseCategoricalCrossentropy,
  sparseCategoricalCrossentropyWith,
} from './losses/crossentropy.js';
export {
  type Loss,
  type ModelLoss,
  type ModelLossInput,
  meanAbsoluteError,
  meanSquaredError,
} from './losses/losses.js';
export { type MeanMetric, type Metric, metricOf, type ScoresMetric, type SumsMetric } from './metrics/metric.js';
export {
  accuracy,
  auc,
  binaryAccuracy,
  categoricalAccuracy,
  precision,
  recall,
  sparseCategoricalAccuracy,
} from './metrics/metrics.js';
export { BaseModel, type ModelGraph, type ModelOptions, type ModelOutput } from './model/base-model.js';
export type { Block, Named, Nest, Shaped } from './model/block.js';
export type { LayerConfig } from './model/config.js';
export { CallContext, type CallContextOptions, type ContextRandom } from './model/context.js';
export { type LayerClasses, modelFromConfig } from './model/from-config.js';
export type { ModelInput } from './model/inputs.js';
export { type FunctionalOptions, Model, type ModelConfig, type NodeSource, type SourceNest } from './model/model.js';
export { Sequential, type SequentialConfig, type SequentialOptions } from './model/sequential.js';
export { type Application, type InputOptions, input, SymbolicTensor } from './model/symbolic.js';
export { Adam, type AdamOptions } from './optimizers/adam.js';
export type { Optimizer, OptimizerOptions, UpdateInput, UpdateResult } from './optimizers/optimizer.js';
export { SGD, type SGDOptions } from './optimizers/sgd.js';
export { type StepResult, type TrainStepOptions, trainStep } from './training/train-step.js';
export type { Initializer } from './weights/initializers.js';
export { ModelWeight, Weight, type WeightSpecification } from './weights/weight.js';

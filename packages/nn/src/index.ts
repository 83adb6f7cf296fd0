export { Activation, type ActivationOptions } from './layers/activation.js';
export type { ActivationName } from './layers/activations.js';
export { Conv2D, type Conv2DOptions } from './layers/conv2d.js';
export { Dense, type DenseOptions } from './layers/dense.js';
export { Dropout, type DropoutOptions } from './layers/dropout.js';
export { BaseLayer, type Layer, type LayerOptions, type ShapesOf, type SymbolsOf } from './layers/layer.js';
export { AveragePooling2D, MaxPooling2D, type Pooling2DOptions } from './layers/pooling2d.js';
export { Flatten, Reshape, type ReshapeOptions } from './layers/reshape.js';
export { UpSampling2D, type UpSampling2DOptions } from './layers/upsampling2d.js';
export { binaryCrossentropy, type Loss, meanAbsoluteError, meanSquaredError } from './losses/losses.js';
export { BaseModel, type ModelGraph, type ModelOptions, type ModelOutput } from './model/base-model.js';
export type { Block, Named, Nest, Shaped } from './model/block.js';
export type { LayerConfig } from './model/config.js';
export { CallContext, type CallContextOptions, type ContextRandom } from './model/context.js';
export { type LayerClasses, modelFromConfig } from './model/from-config.js';
export type { ModelInput } from './model/inputs.js';
export { type FunctionalOptions, Model, type ModelConfig, type NodeSource, type SourceNest } from './model/model.js';
export { Sequential, type SequentialConfig, type SequentialOptions } from './model/sequential.js';
export { type Application, type InputOptions, input, SymbolicTensor } from './model/symbolic.js';
export {
  Adam,
  type AdamOptions,
  type Optimizer,
  SGD,
  type SGDOptions,
  type UpdateInput,
  type UpdateResult,
} from './optimizers/optimizers.js';
export type { Initializer } from './weights/initializers.js';
export { ModelWeight, Weight, type WeightSpecification } from './weights/weight.js';

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
export { binaryCrossentropy, type Loss, meanAbsoluteError, meanSquaredError } from './losses/losses.js';
export {
  Adam,
  type AdamOptions,
  type Optimizer,
  SGD,
  type SGDOptions,
  type UpdateInput,
  type UpdateResult,
} from './optimizers/optimizers.js';

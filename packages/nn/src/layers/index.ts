// Every layer. `modelFromConfig` knows those that are exported here.
export { Activation } from './activation.js';
export type { ActivationName } from './activations.js';
export * from './batch-normalization.js';
export * from './conv2d.js';
export * from './dense.js';
export * from './dropout.js';
export * from './layer.js';
export * from './merge.js';
export * from './pooling2d.js';
export * from './reshape.js';
export * from './upsampling2d.js';

// What needs nothing of Node: data sets, noise and pictures in a browser.
export {
  asExamples,
  type ImageDataset,
  type ImageExamples,
  type LoadedData,
  splitValidation,
  subset,
} from './dataset.js';
export { DataError, type DataErrorCode } from './errors.js';
export { FASHION_MNIST_CLASS_NAMES } from './fashion-mnist/class-names.js';
export type { IdxArray, IdxData, IdxType } from './idx/format.js';
export type { IdxOptions } from './idx/parse.js';
export { readIdxBlob } from './idx/read-blob.js';
export { type CorruptionOptions, corruption, type NoiseFunction } from './noise/corruption.js';
export { NOISE_KINDS, type NoiseKind, type NoiseSpec, type NoiseTerm, noiseText, parseNoise } from './noise/spec.js';
export { asChannels } from './pictures/channels.js';
export type { Picture } from './pictures/picture.js';
export { type Fit, resizeImage } from './pictures/resize.js';
export { syntheticGarments } from './synthetic/dataset.js';

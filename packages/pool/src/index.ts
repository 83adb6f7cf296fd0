// Exports tensors, layers, losses and optimisers too: training on Node needs this package alone.
export * from '@weft/core';
export { ArchitectureMismatchError, type LoadedModel, SafetensorsError, type WeightDifferences } from '@weft/formats';
export * from '@weft/nn';
export * from '@weft/train';
export { availableThreads, controlGroupFolders, processorQuota } from './available-threads.js';
export { loadKerasModel, loadKerasWeights } from './files/keras-file.js';
export { makeFolders } from './files/make-folders.js';
export { loadModel, loadWeights, saveModel } from './files/model-file.js';
export { weightsSha256 } from './files/weights-sha256.js';
export { halfWritten, writeAtomically } from './files/write-atomically.js';
export { WorkerPool, type WorkerPoolOptions } from './pool.js';
// Instead of that of `@weft/train`, which knows no standard output.
export { ProgressBar } from './progress-bar.js';
export { TensorBoard, type TensorBoardImage, type TensorBoardImages, type TensorBoardOptions } from './tensorboard.js';
// Instead of those of `@weft/train`, which need a runtime.
export {
  type EvaluateOptions,
  evaluate,
  type FitOptions,
  fit,
  type MapOptions,
  mapExamples,
  type PredictOptions,
  predict,
} from './train.js';
export { SIMD, type Simd, useVectors, vectorFacts, type WideVectors, wideVectors } from './vectors.js';

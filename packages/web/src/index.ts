// Exports tensors, layers, losses and optimisers too: training in a browser needs this package alone.
export * from '@weft/core';
export {
  ArchitectureMismatchError,
  encodeModel,
  type LoadedModel,
  SafetensorsError,
  setWeights,
  type WeightDifferences,
} from '@weft/formats';
export * from '@weft/nn';
export * from '@weft/train';
export { availableThreads } from './available-threads.js';
export { loadModel, type ModelSource, saveModel } from './files/model-file.js';
export { weightsSha256 } from './files/weights-sha256.js';
export { isolatePage } from './isolate-page.js';
export type { Sharing } from './places/place.js';
export { WorkerPool, type WorkerPoolOptions } from './pool.js';
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

// What runtimes and tools are written and tested with: the workers' side of training, the memory that they share, checkpoints.
export { arriveAndWait, BARRIER_WORDS, BarrierBroken, breakBarrier } from './barrier.js';
export {
  type EvaluateOn,
  evaluateOn,
  type FitOn,
  fitOn,
  type MapOn,
  mapExamplesOn,
  type Place,
  type PlaceOptions,
  type PredictOn,
  predictOn,
} from './calls.js';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoints/file.js';
export type { TrainingState } from './checkpoints/state.js';
export { evaluateInMicroBatches } from './evaluate.js';
export { fitInMicroBatches } from './fit.js';
export { MAXIMUM_PAGES, SharedMemory } from './memory.js';
export { checkModel } from './options/check-model.js';
export { FIT_OPTIONS } from './options/fit-options.js';
export { functionOf, oneOf, such, text, wholeNumber } from './options/kinds.js';
export { EVALUATE_OPTIONS, MAP_OPTIONS, PREDICT_OPTIONS } from './options/predict-options.js';
export {
  type CheckedOptions,
  checkOptions,
  defaulted,
  type Kind,
  type Option,
  type OptionsOf,
  optional,
  required,
} from './options/schema.js';
export { type MakeReference, runTask, taskSteps } from './run-task.js';
export { BasePool } from './runtime/base-pool.js';
export { isSmall, type Runtime, type RuntimeSource, type WorkSize } from './runtime/runtime.js';
export { folderOf, joinPath, type Store } from './runtime/store.js';
export { sha256Hex } from './sha256.js';
export { SLICE_BYTES } from './step/batch-plan.js';
export { combineTree, type MicroBatch, microBatchesOf } from './step/leaves.js';
export { addressOf, type Counts, type Standing } from './step/run-stages.js';
export type {
  Block,
  Copy,
  FinishStage,
  Launch,
  LaunchBySize,
  LeafParts,
  LoggedNumber,
  MicroStage,
  PartGroup,
  SliceStage,
  Stage,
  StagesBySize,
  WholeStage,
} from './step/stages.js';
export {
  CONTROL,
  CONTROL_WORDS,
  type ProgramImage,
  STOPPED,
  type StepsWork,
  type Task,
  usefulWorkers,
} from './task.js';
export { weightBytes } from './weight-bytes.js';

// What runtimes and tools are written with: the workers' side of training, the memory that they share, checkpoints.
export { arriveAndWait, BARRIER_WORDS, BarrierBroken, breakBarrier } from './barrier.js';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoints/file.js';
export type { StateTensor, TrainingState } from './checkpoints/state.js';
export { SharedMemory } from './memory.js';
export { FIT_OPTIONS } from './options/fit-options.js';
export { oneOf, such, wholeNumber } from './options/kinds.js';
export { EVALUATE_OPTIONS, PREDICT_OPTIONS } from './options/predict-options.js';
export { checkOptions, defaulted, type Kind, type Option, type OptionsOf, optional } from './options/schema.js';
export { runTask, Workplace } from './run-task.js';
export type { Runtime, RuntimeSource } from './runtime/runtime.js';
export type { Store } from './runtime/store.js';
export {
  CONTROL,
  CONTROL_WORDS,
  type EpochTask,
  type EpochWork,
  type MapTask,
  type MapWork,
  type ProgramImage,
  STOPPED,
  type Task,
} from './task.js';

// What runtimes and tools are written with: the workers' side of training, the memory that they share, checkpoints.
export { arriveAndWait, BARRIER_WORDS, BarrierBroken, breakBarrier } from './barrier.js';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoints/file.js';
export type { StateTensor, TrainingState } from './checkpoints/state.js';
export { SharedMemory } from './memory.js';
export { checkKnownOptions, checkOption, optionNames, shown } from './options.js';
export { runTask } from './run-task.js';
export type { Runtime, RuntimeSource } from './runtime/runtime.js';
export type { Store } from './runtime/store.js';
export { CONTROL, CONTROL_WORDS, type ProgramImage, STOPPED, type StepsWork, type Task } from './task.js';

export type { BatchLogs, Callback, CallbackState, TrainControl, TrainInfo } from './callbacks/callback.js';
export { CSVLogger, type CSVLoggerOptions } from './callbacks/csv-logger.js';
export { EarlyStopping, type EarlyStoppingOptions } from './callbacks/early-stopping.js';
export { LambdaCallback, type LambdaCallbackOptions } from './callbacks/lambda-callback.js';
export { LearningRateScheduler } from './callbacks/learning-rate-scheduler.js';
export { ModelCheckpoint, type ModelCheckpointOptions } from './callbacks/model-checkpoint.js';
export { ProgressBar, type ProgressBarOptions, type TextStream } from './callbacks/progress-bar.js';
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './callbacks/reduce-lr-on-plateau.js';
export { TerminateOnNaN } from './callbacks/terminate-on-nan.js';
export { CheckpointError, CheckpointMismatchError, NonFiniteError } from './checkpoints/errors.js';
export type { Difference } from './checkpoints/fingerprint.js';
export type { CheckpointInterval, CheckpointOptions } from './checkpoints/options.js';
export type { ClassWeight } from './class-weight.js';
export type { DescribedArray, ExampleArray, ExampleArrays, Examples, ExampleValues } from './data.js';
export { SharedMemoryError, StreamError, WorkerError } from './errors.js';
export { type Evaluation, evaluate } from './evaluate.js';
export {
  type ExplainedStage,
  type ExplainedUpdate,
  type ExplainTrainingOptions,
  explainTraining,
  type KeptValue,
} from './explain-training.js';
export { fit } from './fit.js';
export type { EpochHistory, EpochLogs, History, LogHistory, OptimizerState, StateTensor } from './history.js';
export type { NonFiniteValue } from './non-finite.js';
export { NUMERICS_VERSION } from './numerics-version.js';
export type { LossOption, MetricsOption } from './objective.js';
export type { FitOptions, TrainedWeights, Update } from './options/fit-options.js';
export type { EvaluateOptions, MapOptions, PredictOptions } from './options/predict-options.js';
export { mapExamples, type Predictions, predict } from './predict.js';
export type { ExampleRecords } from './records/example-records.js';
export type { Corruption, Draws } from './step/trace-update.js';
export type { Batch, Batches, ExampleStream } from './streams/example-stream.js';

export type { Bus, Delivery, Unsubscribe } from './bus/bus.js';
export { type Connection, type ConnectOptions, connect, type ServerDescription } from './bus/connect.js';
export type { Credentials } from './bus/credentials.js';
export { type ClusterOptions, cluster } from './cluster.js';
export type { ClusterRuntime } from './coordinator/cluster-runtime.js';
export type { ClusterStatistics, WorkerStatistics } from './coordinator/statistics.js';
export { ClusterError, type ClusterErrorCode } from './errors.js';
export { decodeJob, type JobLimits } from './job/decode.js';
export { encodeJob } from './job/encode.js';
export { type Job, JobError } from './job/job.js';
export type { Holder, Owner } from './key/claim.js';
export type { Occupation } from './member/occupation.js';
export { type ServeWorkerOptions, type ServingWorker, serveWorker } from './member/serve-worker.js';
export { type ClusterShape, type RoundCost, type StepCost, type StepTime, stepTime } from './model/step-time.js';
export { type Paying, whereItStopsPaying } from './model/where-it-stops-paying.js';
export type { Heartbeat } from './registry/heartbeat.js';
export type { WorkerStatus } from './registry/registry.js';
export { type ClusterStatus, clusterStatus, type StatusOptions } from './status.js';
export { clusterExecutor } from './sweep/cluster-executor.js';
export type { ClusterExecutorOptions, StudyTrialEvent } from './sweep/executor-options.js';
export type { FileRules } from './sweep/files.js';
export type { TrialPlace } from './sweep/place.js';
export { serveTrials } from './sweep/serve-trials.js';
export {
  readTrialMessage,
  type SentTrial,
  type TrialData,
  trialMessages,
  type Versions,
} from './sweep/trial-messages.js';
export type { PerformServedTrial, ServeTrialsOptions, WorkerTrialEvent } from './sweep/worker-options.js';
export { MessageError } from './wire/message-error.js';

export { expandGrid, trialWord } from './definition/grid.js';
export { type ParseStudyOptions, parseStudy } from './definition/parse-study.js';
export {
  completeTrials,
  type Json,
  type Measure,
  type Study,
  type Trial,
  type TrialOptions,
} from './definition/study.js';
export { StudyError } from './errors.js';
export { type Executor, type ExecutorCall, localExecutor, type PerformTrial } from './execute/executor.js';
export {
  finishedTrials,
  type MeasureCall,
  type PerformInFolderOptions,
  performInFolder,
  type TrainCall,
  trialFolder,
} from './execute/perform-in-folder.js';
export { variedOptions } from './execute/results-csv.js';
export type { CompleteOptions } from './execute/trial-folder.js';
export type { ModelResult, TrialResult } from './execute/trial-result.js';
export { type RunStudyOptions, runStudy, type StudyResults } from './run-study.js';
export { type SeedsOptions, seedsStudy } from './studies/seeds.js';

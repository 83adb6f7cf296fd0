export {
  type AnomalyResult,
  type JudgeOptions,
  judgeScores,
  type ScoredImages,
  type Scores,
} from './anomaly/judge-scores.js';
export { latentDistances } from './anomaly/latent-distances.js';
export { type ImageSize, pseudoAnomalies } from './anomaly/pseudo-anomalies.js';
export { expandGrid, trialWord } from './definition/grid.js';
export { type ParseStudyOptions, parseStudy } from './definition/parse-study.js';
export {
  completeTrials,
  type EarlierTrial,
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
export { REPORT_KINDS } from './report/compose-report.js';
export type { ReportTable, StudyReport } from './report/study-report.js';
export { listText } from './report/texts.js';
export { type RunStudyOptions, runStudy, type StudyResults } from './run-study.js';
export { type AnomalyOptions, anomalyStudy } from './studies/anomaly.js';
export type { AnomalyMeasurement } from './studies/anomaly-report.js';
export { type BottleneckOptions, bottleneckStudy } from './studies/bottleneck.js';
export { type FeaturesOptions, featuresStudy } from './studies/features.js';
export type { Accuracy, FeatureResult, FeaturesMeasurement } from './studies/features-report.js';
export { type LossOptions, lossStudy } from './studies/loss.js';
export { type NoiseOptions, noiseStudy } from './studies/noise.js';
export type { NoiseMeasurement } from './studies/noise-report.js';
export { type SeedsOptions, seedsStudy } from './studies/seeds.js';
export { sweepTrials } from './sweep/configurations.js';
export { type ParseSweepOptions, parseSweep } from './sweep/parse-sweep.js';
export type { RungCall, SweepRow } from './sweep/perform-rungs.js';
export { type RunSweepOptions, runSweep, type SweepResults } from './sweep/run-sweep.js';
export type { Halving, OptionValue, Range, Score, ScoreName, Sweep } from './sweep/sweep.js';

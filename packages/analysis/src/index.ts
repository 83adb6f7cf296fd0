export { confusionMatrix } from './classification/confusion-matrix.js';
export {
  type LogisticRegression,
  type LogisticRegressionOptions,
  logisticRegression,
} from './classification/logistic-regression.js';
export { nearestNeighbourClasses } from './classification/nearest-neighbours.js';
export { type PerRegionOverlapOptions, perRegionOverlap } from './detection/per-region-overlap.js';
export {
  averagePrecision,
  bestF1,
  type Detection,
  detectionAt,
  type PrecisionRecallCurve,
  precisionRecallCurve,
} from './detection/precision-recall.js';
export { type RocCurve, rocAuc, rocCurve } from './detection/roc.js';
export { type Histogram, histogram } from './histogram.js';
export { histogramDensities } from './histogram-densities.js';
export { kernelDensity } from './kernel-density.js';
export { mean } from './mean.js';
export { meanAbsoluteErrors } from './mean-absolute-errors.js';
export { meanSquaredErrors } from './mean-squared-errors.js';
export { nearestNeighbourPurity } from './nearest-neighbour-purity.js';
export { nearestNeighbours } from './nearest-neighbours.js';
export { peakSignalToNoiseRatios } from './peak-signal-to-noise-ratios.js';
export {
  type PrincipalComponents,
  type PrincipalComponentsOptions,
  principalComponents,
} from './principal-components.js';
export { quantile } from './quantile.js';
export { quantiles } from './quantiles.js';
export { type BootstrapOptions, bootstrapInterval, type Interval } from './resampling/bootstrap-interval.js';
export { predictionInterval } from './resampling/prediction-interval.js';
export { scottBandwidth } from './scott-bandwidth.js';
export { type SilhouetteOptions, type SilhouetteScore, silhouetteScore } from './silhouette-score.js';
export { silvermanBandwidth } from './silverman-bandwidth.js';
export { skewness } from './skewness.js';
export { type StructuralSimilarityOptions, structuralSimilarities } from './structural-similarities.js';
export { type SummaryStatistics, summaryStatistics } from './summary-statistics.js';

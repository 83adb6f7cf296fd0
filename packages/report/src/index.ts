export { errorExamples } from './figures/bin-pictures.js';
export { heatMapColours } from './figures/colour-map.js';
export type { FigureHeading } from './figures/compose-figure.js';
export {
  type PrecisionRecallFigureCurve,
  type PrecisionRecallOptions,
  precisionRecallFigure,
  type RocFigureCurve,
  type RocOptions,
  rocFigure,
} from './figures/detection-curves.js';
export { drawFigures } from './figures/draw-figures.js';
export { type ErrorHeatmapsOptions, errorHeatmaps } from './figures/error-heatmaps.js';
export { type ErrorFigure, errorHistogram } from './figures/error-histogram.js';
export type {
  DatasetInfo,
  ErrorExamples,
  Figure,
  FigureInputs,
  Images,
  LossHistory,
  Numbers,
} from './figures/figure.js';
export { type FigureData, figureDataText, parseFigureData } from './figures/figure-data.js';
export { type FeatureMapsOptions, type FiltersOptions, featureMapsFigure, filtersFigure } from './figures/filters.js';
export {
  type InterpolationOptions,
  type InterpolationStrip,
  interpolationFigure,
  type SamplesOptions,
  samplesFigure,
} from './figures/generated-images.js';
export { type ImageGridOptions, imageGridFigure, type NamedImages } from './figures/image-comparison.js';
export { type IntervalGroup, type IntervalsOptions, intervalsFigure } from './figures/intervals.js';
export { type LatentScatterOptions, latentScatterFigure } from './figures/latent-scatter.js';
export { type LinesOptions, type LinesSeries, linesFigure } from './figures/lines.js';
export { type LossCurvesOptions, type LossRun, lossCurvesFigure } from './figures/loss-curves.js';
export {
  type ConfusionMatrixOptions,
  confusionMatrixFigure,
  type MatrixOptions,
  matrixFigure,
} from './figures/matrices.js';
export { rasterise } from './figures/rasterise.js';
export { type ScoreGroup, type ScoreHistogramOptions, scoreHistogram } from './figures/score-histogram.js';
export { type FigureBlock, figureBlock } from './page/figure-block.js';
export { type FigureKind, figureName, SAMPLES_FIGURE } from './page/figure-names.js';
export { details, facts, type Html, html, list, paragraph, subheading, type TableCell, table } from './page/html.js';
export { type Card, type Page, type PageSection, renderPage } from './page/render-page.js';
export { renderReport } from './page/render-report.js';
export {
  type ErrorStatistics,
  type LatentRecord,
  type ModelRecord,
  parseRunRecord,
  RUN_RECORD_VERSION,
  type RunRecord,
  RunRecordError,
  recordText,
  type TrainingHistory,
} from './record/run-record.js';
export { counted, formatCount, formatNumber, formatPercent } from './text/numbers.js';

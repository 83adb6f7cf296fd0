export { drawFigures } from './figures/draw-figures.js';
export type { DatasetInfo, Figure, FigureInputs, Images, LossHistory, Numbers } from './figures/figure.js';
export { rasterise } from './figures/rasterise.js';
export { type FigureKind, figureName, SAMPLES_FIGURE } from './page/figure-names.js';
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

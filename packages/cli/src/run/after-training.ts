// What a run needs when its models are trained.
export { recordText, renderReport } from '@weft/report';
export { writeExplorations } from '../explore/write-explorations.js';
export { analyseLatents } from './analyse-latents.js';
export { NUMBERED_MODELS, runFigures, writeFigures } from './figures.js';
export { generateImages } from './generate-images.js';
export { meanElbo } from './mean-elbo.js';
export { modelRecord, runRecord } from './record.js';
export { testModel } from './test-model.js';
export { validationScore } from './validation-score.js';

import {
  Adam,
  binaryFocalCrossentropy,
  cosineSimilarity,
  Dense,
  dice,
  f1Score,
  huber,
  klDivergence,
  type Loss,
  logCosh,
  meanIoU,
  msSsim,
  msSsimLossWith,
  psnr,
  Reshape,
  Sequential,
  ssim,
  ssimLoss,
  tversky,
} from '@weft/nn';
import { fitInMicroBatches } from '@weft/train/runtime';
import { describe, expect, it } from 'vitest';
import { uniform, weightsOf } from './support/models.js';
import { poolsOfSeveralSizes } from './support/pools.js';

const pools = poolsOfSeveralSizes();

const [COUNT, SIZE] = [11, 12 * 13 * 2];
const LOSSES: Readonly<Record<string, Loss>> = {
  ...{
    binaryFocalCrossentropy,
    cosineSimilarity,
    dice,
    huber,
    klDivergence,
    logCosh,
    msSsimLoss: msSsimLossWith({ windowSize: 3 }),
    ssimLoss,
    tversky,
  },
};

function build() {
  const layers = [new Dense({ units: SIZE, activation: 'sigmoid' }), new Reshape({ targetShape: [12, 13, 2] })];
  return new Sequential(layers, { inputShape: [5] });
}

describe('losses and metrics of images', () => {
  it.each(Object.entries(LOSSES))('%s: the same bits with 1, 2, 3 and 5 threads', async (_, loss) => {
    const data = { x: uniform(COUNT * 5), y: uniform(COUNT * SIZE, 2), sampleWeight: uniform(COUNT, 3) };
    const results = [];
    for (const runtime of pools) {
      const model = build();
      const options = { epochs: 2, batchSize: 8, loss, optimizer: new Adam({ learningRate: 0.01 }), runtime };
      const { history } = await fitInMicroBatches(
        model,
        data,
        { ...options, metrics: [ssim, msSsim, psnr, meanIoU, f1Score] },
        2,
      );
      results.push({ history, weights: weightsOf(model) });
    }
    expect(results[0].weights).not.toEqual(weightsOf(build()));
    expect(Object.keys(results[0].history)).toEqual(['loss', 'ssim', 'msSsim', 'psnr', 'meanIoU', 'f1Score']);
    for (const result of results) expect(result).toEqual(results[0]);
  });
});

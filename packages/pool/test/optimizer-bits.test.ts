import {
  AdamW,
  BatchNormalization,
  biasesAndScales,
  CosineDecay,
  Dense,
  LinearWarmup,
  Lion,
  maxNorm,
  minMaxNorm,
  nonNeg,
  type Optimizer,
  RMSprop,
  Sequential,
  SGD,
} from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { type FitOptions, fit, type WorkerPool } from '../src/index.js';
import { breakingOff, directory, prepare } from './support/checkpoint-training.js';
import { uniform, weightsOf } from './support/models.js';
import { poolsOfSeveralSizes } from './support/pools.js';

prepare();
const pools = poolsOfSeveralSizes();

const COUNT = 30;
const data = { x: uniform(COUNT * 6), y: uniform(COUNT * 3, 2) };
const build = () =>
  new Sequential(
    [
      new Dense({ units: 40, activation: 'tanh', kernelConstraint: maxNorm({ maxValue: 0.9 }) }),
      new BatchNormalization(),
      new Dense({ units: 3, kernelConstraint: minMaxNorm({ axis: [0, 1], rate: 0.5 }), biasConstraint: nonNeg() }),
    ],
    { inputShape: [6] },
  );

const wave = new CosineDecay({ initialLearningRate: 0.05, decaySteps: 12, alpha: 0.1 });
const optimizers: Readonly<Record<string, () => Optimizer>> = {
  'AdamW with a schedule, spared weights and groups': () =>
    new AdamW({
      learningRate: new LinearWarmup({ learningRate: wave, warmupSteps: 3 }),
      weightDecay: 0.1,
      excludeFromWeightDecay: biasesAndScales,
      amsgrad: true,
      globalClipNorm: 0.5,
      groups: [
        { match: (path) => path.startsWith('dense_1/'), learningRateMultiplier: 2 },
        { match: 'dense/bias', frozen: true },
      ],
    }),
  'RMSprop with averages and norms of each gradient': () =>
    new RMSprop({ momentum: 0.5, centered: true, epsilon: 1e-3, clipNorm: 0.1, useEma: true, emaMomentum: 0.8 }),
  'SGD that overwrites weights': () =>
    new SGD({ learningRate: 0.1, momentum: 0.9, clipValue: 0.01, useEma: true, emaOverwriteFrequency: 4 }),
  Lion: () => new Lion({ learningRate: 0.01, weightDecay: 0.1 }),
};

async function train(name: string, pool: WorkerPool, options: Partial<FitOptions> = {}) {
  const model = build();
  const usual = { epochs: 3, batchSize: 7, optimizer: optimizers[name](), pool };
  const { optimizerState, history } = await fit(model, data, { ...usual, ...options });
  return { weights: weightsOf(model), slots: [...optimizerState.slots], loss: history.loss };
}

describe.each(Object.keys(optimizers))('%s', (name) => {
  it('gives the same bits for any number of threads, and resumed', async () => {
    const wanted = await train(name, pools[0]);
    expect(wanted.loss[2]).toBeLessThan(wanted.loss[0]);
    expect(Math.min(...wanted.weights.slice(-3))).toBeGreaterThanOrEqual(0);
    for (const pool of pools.slice(1)) expect(await train(name, pool)).toEqual(wanted);
    const checkpoints = { directory: `${directory}/${name.length}`, every: { steps: 1 } };
    await train(name, pools[1], { checkpoints, ...breakingOff(8) });
    expect(await train(name, pools[2], { checkpoints, resumeFrom: checkpoints.directory })).toEqual(wanted);
  });
});

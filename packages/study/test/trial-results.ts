import type { Json, ModelResult, TrialResult } from '../src/index.js';

/** What a trial could have come to. */
export function trialResult(
  name: string,
  options: TrialResult['options'],
  models: Readonly<Record<string, Partial<ModelResult>>>,
  measurements: Readonly<Record<string, Json>> = {},
): TrialResult {
  return {
    name,
    options,
    dataset: 'synthetic',
    synthetic: true,
    trainCount: 80,
    validationCount: 20,
    testCount: 10,
    models: Object.fromEntries(Object.entries(models).map(([key, model]) => [key, modelResult(key, model)])),
    measurements,
  };
}

function modelResult(key: string, parts: Partial<ModelResult>): ModelResult {
  const { valLoss = [0.2, 0.1] } = parts;
  const mean = valLoss.at(-1) ?? 0;
  return {
    title: key.toUpperCase(),
    parameters: 1000,
    loss: valLoss.map((value) => value * 0.9),
    valLoss,
    testError: { mean, median: mean, p95: mean, max: mean, standardDeviation: 0, skewness: 0 },
    psnr: 20,
    ssim: 0.8,
    weightsSha256: 'sha',
    ...parts,
  };
}

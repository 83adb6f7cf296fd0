import { describe, expect, it } from 'vitest';
import { bottleneckStudy, lossStudy } from '../src/index.js';
import { bottleneckReport } from '../src/studies/bottleneck-report.js';
import { featuresReport } from '../src/studies/features-report.js';
import { lossReport } from '../src/studies/loss-report.js';
import { trialResult } from './trial-results.js';

const error = (mean: number) => ({
  valLoss: [1],
  testError: { mean, median: mean, p95: mean, max: mean, standardDeviation: 0, skewness: 0 },
});

describe('lossReport', () => {
  const of = (loss: string, seed: number, mse: number, psnr: number, ssim: number) =>
    trialResult(`${loss}-${seed}`, { loss, seed }, { cae: { ...error(mse), psnr, ssim } });
  const trials = [
    ...[1, 2, 3].map((seed) => of('mse', seed, 0.01 * seed, 25 + seed, 0.5 + seed / 100)),
    ...[1, 2, 3].map((seed) => of('ssim', seed, 0.02 * seed, 24 + seed, 0.6 + seed / 100)),
  ];

  it('compares the medians over the seeds', () => {
    const { tables, lead } = lossReport(trials);
    expect(tables[0].rows).toEqual([
      ['CAE', 'mse', '0.0200', '27.0', '0.520'],
      ['CAE', 'ssim', '0.0400', '26.0', '0.620'],
    ]);
    expect(lead).toEqual([
      'Of the CAE, training on mse gives the best MSE, 0.0200.',
      'Of the CAE, training on mse gives the best PSNR, 27.0 dB.',
      'Of the CAE, training on ssim gives the best SSIM, 0.620.',
      'For the CAE, training on ssim in place of mse raises SSIM by 0.100, and lowers PSNR by 1.00 dB.',
    ]);
  });

  it('says what fell and what rose by the numbers', () => {
    const turned = trials.map((trial) => ({
      ...trial,
      options: { ...trial.options, loss: trial.options.loss === 'mse' ? 'ssim' : 'mse' },
    }));
    expect(lossReport(turned).lead.at(-1)).toContain('lowers SSIM by 0.100, and raises PSNR by 1.00 dB');
  });

  it('names no best where a training has diverged', () => {
    const lost = [of('mse', 1, Number.NaN, Number.NaN, Number.NaN), of('ssim', 1, 0.1, 20, 0.5)];
    expect(lossReport(lost).lead[0]).toBe('Of the CAE, training on ssim gives the best MSE, 0.100.');
    expect(lossReport(lost).tables[0].rows[0]).toContain('not a number');
  });
});

describe('bottleneckReport', () => {
  const trials = [32, 4, 8].map((latentSize) =>
    trialResult(`latent-${latentSize}`, { latentSize }, { dense: { title: 'Dense AE', ...error(1 / latentSize) } }),
  );

  it('goes from the smallest latent to the largest', () => {
    const { tables, lead, figures } = bottleneckReport(trials);
    expect(tables[0].rows.map(([, size]) => size)).toEqual(['4', '8', '32']);
    expect(lead[0]).toBe(
      'The test error of the Dense AE goes from 0.250 with 4 numbers in a latent to 0.0313 with 32; it falls with every step.',
    );
    expect(figures.map(({ name }) => name)).toEqual(['mse-by-size', 'ssim-by-size']);
  });

  it('says so where the error does not fall with every step', () => {
    const more = [
      ...trials,
      trialResult('latent-64', { latentSize: 64 }, { dense: { title: 'Dense AE', ...error(0.1) } }),
    ];
    expect(bottleneckReport(more).lead[0]).toContain('to 0.100 with 64; it is lowest, 0.0313, with 32');
  });
});

describe('featuresReport', () => {
  const accuracy = (estimate: number) => ({ estimate, lower: estimate - 0.01, upper: estimate + 0.01 });
  const features = (logistic: number, neighbours: number, dimensions = 784) => ({
    dimensions,
    logisticRegression: accuracy(logistic),
    nearestNeighbours: accuracy(neighbours),
    converged: logistic < 0.9,
  });
  const trial = (cae: object, vae: object) =>
    trialResult('seed-42', { seed: 42 }, { cae: {}, vae: {} }, {
      features: { examples: 1000, pixels: features(0.8, 0.8), models: { cae, vae } },
    } as never);

  it.each([
    [0.85, 'the latents are better features'],
    [0.75, 'pixels are better features'],
    [0.81, 'by the intervals neither are better features'],
  ])('judges an accuracy of %d against that of pixels, 0.8', (value, verdict) => {
    const { lead } = featuresReport([trial(features(value, 0.7, 32), features(0.7, 0.7, 16))]);
    expect(lead[0]).toContain(
      `the latents of the CAE (32 numbers) put ${(value * 100).toFixed(1)} % of the test images`,
    );
    expect(lead[0]).toContain(verdict);
    expect(lead[1]).toContain('pixels are better features');
  });

  it('names a regression that has not converged', () => {
    const { tables, method } = featuresReport([trial(features(0.95, 0.7), features(0.7, 0.7))]);
    expect(tables[0].rows[1][3]).toBe('0.950 (not converged)');
    expect(method.join(' ')).toContain('Not every logistic regression has reached its tolerance');
  });
});

it('studies have a trial for each value and seed', () => {
  expect(lossStudy({ losses: ['mse', '0.8*ssim+0.2*mae'], seeds: [1, 2] }).trials.map(({ name }) => name)).toEqual([
    'mse-seed-1',
    'mse-seed-2',
    '0.8-ssim-0.2-mae-seed-1',
    '0.8-ssim-0.2-mae-seed-2',
  ]);
  expect(bottleneckStudy({ sizes: [2], seeds: [1] }).trials).toEqual([
    { name: 'latent-2-seed-1', options: { latentSize: 2, seed: 1 } },
  ]);
});

import { describe, expect, it } from 'vitest';
import { noiseStudy } from '../src/index.js';
import { noiseReport } from '../src/studies/noise-report.js';
import { trialResult } from './trial-results.js';

const errors = (psnr: number) => ({ mse: 10 ** (-psnr / 10), psnr, ssim: psnr / 100 });

/** PSNR of both models, trained on a and b (rows), tested on a, b and c. */
const PSNR = {
  cdae: { a: [30, 10, 10], b: [20, 20, 20] },
  unet: { a: [40, 10, 10], b: [45, 30, 20] },
} as const;

const trials = (['a', 'b'] as const).map((noise) => {
  const measured = Object.entries(PSNR).map(([key, { [noise]: row }]) => [
    key,
    Object.fromEntries(['a', 'b', 'c'].map((test, at) => [test, errors(row[at])])),
  ]);
  const models = { cdae: { parameters: 2000 }, unet: { title: 'U-Net' } };
  return trialResult(noise, { noise }, models, { noise: Object.fromEntries(measured) });
});

describe('noiseReport', () => {
  const report = noiseReport(trials);

  it('draws three matrices for each model', () => {
    expect(report.figures.map(({ name }) => name)).toEqual(
      ['cdae', 'unet'].flatMap((key) => ['mse', 'psnr', 'ssim'].map((measure) => `${measure}-${key}`)),
    );
  });

  it('says by the numbers whether it pays to have seen a noise', () => {
    const text = report.lead.join(' ');
    expect(text).toContain('On 2 of 2 noises the CDAE that was trained on that noise has the highest PSNR.');
    expect(text).toContain('On 1 of 2 noises the U-Net that was trained on that noise has the highest PSNR.');
    expect(text).toContain('Over all tests the CDAE trained on b has the highest mean PSNR, 20.0 dB.');
  });

  it('compares the models at the same noise', () => {
    // Ten decibels are a tenth of the error.
    expect(report.lead.at(-1)).toBe(
      'Tested on the noise that each was trained on (a and b), the MSE of the U-Net is between 90.0 % lower and 90.0 % lower than that of the CDAE; it has 1,000 parameters, the CDAE 2,000.',
    );
  });

  it('has what each comes to on its own noise in a table, and all in the summary', () => {
    expect(report.tables[0].rows.map(([model, noise, , psnr]) => [model, noise, psnr])).toEqual([
      ['CDAE', 'a', '30.0'],
      ['CDAE', 'b', '20.0'],
      ['U-Net', 'a', '40.0'],
      ['U-Net', 'b', '30.0'],
    ]);
    // biome-ignore lint/suspicious/noExplicitAny: the summary is JSON
    expect((report.summary as any).unet.b.a.psnr).toBe(45);
  });

  it('says nothing of noises if there is one only', () => {
    expect(noiseReport(trials.slice(0, 1)).lead.join(' ')).not.toContain('highest');
  });
});

it('noiseStudy has a trial for each noise, tested on all', () => {
  const study = noiseStudy({ noises: ['gaussian:0.1..0.5', 'blur:1'] });
  expect(study.trials).toEqual([
    { name: 'gaussian-0.1-0.5', options: { noise: 'gaussian:0.1..0.5' } },
    { name: 'blur-1', options: { noise: 'blur:1' } },
  ]);
  expect(study.measures).toEqual([{ kind: 'noise', noises: ['gaussian:0.1..0.5', 'blur:1'] }]);
});

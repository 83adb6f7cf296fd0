import { describe, expect, test } from 'vitest';
import { exampleModel } from '../../test/example-run.js';
import type { ModelRecord } from '../record/run-record.js';
import { comparisonSentences } from './comparison-sentences.js';
import { denoisingSentences, errorSentences, latentSentences, psnrSentences } from './result-sentences.js';
import { trainedModels } from './trained-models.js';

const model = (mean: number, changes = {}) => ({ ...exampleModel(mean), ...changes });
/** The CAE beside the CDAE. */
const compared = (first: ModelRecord, second: ModelRecord) => {
  const [cae, cdae] = trainedModels({ models: { cae: first, cdae: second } });
  return comparisonSentences(cae, cdae);
};
const error = (changes = {}) => errorSentences('CAE', { ...exampleModel(0.01).testError, ...changes }).join(' ');

describe('the errors', () => {
  test('are told with their size in grey levels', () => {
    expect(error({ mean: 0.01 })).toContain(
      'mean test error is 0.0100, a root mean square deviation of 26 of 255 grey levels',
    );
  });

  test.each([
    [2.4, 'strongly skewed to the right (skewness 2.40): a tail of images is much harder'],
    [0.7, 'moderately skewed to the right'],
    [0.1, 'spread about evenly'],
    [-0.3, 'spread about evenly'],
    [-1.5, 'strongly skewed to the left (skewness −1.50): a tail of images is much easier'],
    [Number.NaN, 'skewness is not defined'],
  ])('of skewness %d are called what they are', (skewness, words) => {
    expect(error({ skewness })).toContain(words);
  });

  test.each([
    [0.008, 'the mean lies 25.0 % above it'],
    [0.0125, 'the mean lies 20.0 % below it'],
    [0.01, 'The median is 0.0100.'],
  ])('with median %d say where the mean lies', (median, words) => {
    expect(error({ median })).toContain(words);
  });

  test('that are not numbers are not described', () => {
    expect(error({ mean: Number.NaN })).toBe("The CAE's mean test error is not a finite number.");
    expect(error({ median: Number.NaN, max: Number.NaN })).not.toMatch(/not a number|median|worst/);
  });
});

/** What is measured of images that equal their targets. */
const faultless = (changes = {}) =>
  model(0, {
    testError: { mean: 0, median: 0, p95: 0, max: 0, standardDeviation: 0, skewness: Number.NaN },
    psnr: { mean: Infinity },
    ssim: { mean: 1 },
    ...changes,
  });

describe('images that equal their targets', () => {
  test('have no error to describe, and a PSNR that is infinite', () => {
    expect(errorSentences('CAE', faultless().testError)).toEqual([
      'The CAE gives back every test image without any error.',
    ]);
    expect(psnrSentences('CAE', faultless().psnr.mean)).toEqual([
      "The CAE's mean PSNR is infinite, because at least one test image comes back without any error.",
    ]);
    for (const finite of [25.1, Number.NaN, -Infinity]) expect(psnrSentences('CAE', finite)).toEqual([]);
  });

  test('leave nothing to denoise', () => {
    const { testError, psnr, ssim } = faultless();
    const noisyInput = { testError, psnr, ssim };
    expect(denoisingSentences(faultless({ noisyInput }))).toEqual([
      'The noisy input is the same as the clean images, so that there was no noise to take away, and so is the denoised output.',
      'The mean PSNR stayed infinite.',
      'The mean SSIM stayed at 1.00.',
    ]);
    expect(denoisingSentences(model(0.012, { noisyInput })).slice(0, 2)).toEqual([
      'The noisy input is the same as the clean images, so that there was no noise to take away; the denoised output has a mean error of 0.0120.',
      'The mean PSNR fell from infinite to 25.1 dB.',
    ]);
  });

  test('are compared with others', () => {
    expect(compared(faultless(), faultless({ parameters: 1 }))).toEqual([
      'Both models give back every test image without any error.',
      'Both reach a mean PSNR that is infinite.',
      'Both reach a mean SSIM of 1.00.',
    ]);
    expect(compared(faultless({ parameters: 1 }), model(0.012))).toEqual([
      "The CAE makes no error at all, where the CDAE's mean test error is 0.0120.",
      "In PSNR the CAE is ahead: the CAE's mean is infinite, the CDAE's 25.1 dB.",
      'In SSIM the CAE is ahead by 0.080.',
    ]);
  });
});

describe('denoising', () => {
  const denoised = (mean: number) =>
    denoisingSentences(
      model(mean, {
        noisyInput: { testError: { mean: 0.1 }, psnr: { mean: 30 }, ssim: { mean: 0.92 } },
      }),
    ).join(' ');

  test('that helped took error away', () => {
    expect(denoised(0.012)).toContain('denoising took away 88.0 % of the error');
  });

  test('that harmed is said to have harmed', () => {
    expect(denoised(0.15)).toContain('denoising made the images worse, by 50.0 %');
    expect(denoised(0.15)).not.toContain('took away');
  });

  test('that did nothing is said to have done nothing', () => {
    expect(denoised(0.1001)).toContain('next to nothing');
  });

  test('moves PSNR and SSIM the way the numbers say', () => {
    expect(denoised(0.012)).toContain('The mean PSNR fell from 30.0 dB to 25.1 dB.');
    expect(denoised(0.012)).toContain('The mean SSIM stayed at 0.920.');
  });

  test('is not spoken of where the noisy input was not measured', () => {
    expect(denoisingSentences(model(0.012))).toEqual([]);
  });
});

describe('the comparison', () => {
  test('says which has the higher error', () => {
    expect(compared(model(0.004), model(0.012)).join(' ')).toContain("is 3.00 times the CAE's");
    expect(compared(model(0.012), model(0.003)).join(' ')).toContain("75.0 % lower than the CAE's");
    expect(compared(model(0.012), model(0.012)).join(' ')).toContain('have the same mean test error');
  });

  test('says which is ahead in PSNR and SSIM', () => {
    const text = compared(model(0.004, { psnr: { mean: 25 } }), model(0.004, { psnr: { mean: 27 } })).join(' ');
    expect(text).toContain('In PSNR the CDAE is ahead by 2.0 dB.');
    expect(text).toContain('Both reach a mean SSIM of 0.920.');
  });

  test('says nothing of what is not a number', () => {
    const broken = model(Number.NaN, { psnr: { mean: Number.NaN }, ssim: { mean: Number.NaN }, parameters: 1 });
    expect(compared(model(0.004), broken)).toEqual([]);
  });
});

describe('the latent space', () => {
  const latent = (changes: object) =>
    latentSentences({ explainedVarianceRatio: [0.3, 0.2, 0.1], nearestNeighbourPurity: 0.8, ...changes }, 10).join(' ');

  test('is described by the variance that is seen and that which is not', () => {
    // Shares that are rounded may sum to a little more than 1.
    expect(latent({ explainedVarianceRatio: [0.7, 0.3 + 1e-15] })).toContain('the other 0.0 % is not visible');
    expect(latent({})).toContain("explain 50.0 % of the latents' variance (30.0 % and 20.0 %); the other 50.0 %");
  });

  test.each([
    [0.8, 'lie near each other although the training saw no class'],
    [0.15, 'only faintly'],
    [0.1, 'does not tell the classes apart'],
    [0.02, 'does not tell the classes apart'],
  ])('of purity %d', (nearestNeighbourPurity, words) => {
    expect(latent({ nearestNeighbourPurity })).toContain(words);
  });

  test.each([
    [-0.1, 'nearer to another class than to its own'],
    [0.1, 'overlap widely'],
    [0.3, 'overlap in part'],
    [0.6, 'well apart'],
  ])('of silhouette %d', (silhouette, words) => {
    expect(latent({ silhouette })).toContain(words);
  });

  test('has no word about classes where there are none', () => {
    const text = latentSentences({ explainedVarianceRatio: [0.3, 0.2], nearestNeighbourPurity: 1 }, 0).join(' ');
    expect(text).toContain('explain 50.0 %');
    expect(text).not.toMatch(/class/);
  });
});

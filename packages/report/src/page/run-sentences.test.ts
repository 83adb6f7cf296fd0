import { describe, expect, test } from 'vitest';
import { exampleModel, exampleRecord } from '../../test/example-run.js';
import type { RunRecord } from '../record/run-record.js';
import { missingFigureSentences } from './missing-figures.js';
import { reproduceCommand } from './reproduce-command.js';
import { dataSentences, limitSentences, summarySentences } from './run-sentences.js';

const all = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `figure-${number}`);
const without = (...numbers: number[]) => all.filter((name) => !numbers.includes(Number(name.slice(-1))));
const limits = (changes: Partial<RunRecord>) => limitSentences(exampleRecord(changes)).join(' ');
const options = (changes: object) => ({ ...exampleRecord().options, ...changes });
const data = (changes: object) => ({ ...exampleRecord().data, ...changes });

describe('missing figures', () => {
  const { cae, cdae } = exampleRecord().models;

  test('are none in a whole run', () => {
    expect(missingFigureSentences(exampleRecord(), all)).toEqual([]);
  });

  test('are given the model that was not trained as the reason', () => {
    expect(missingFigureSentences(exampleRecord({ models: { cae } }), without(5, 6, 8))).toEqual([
      'Figures 5, 6 and 8 are missing: the CDAE was not trained in this run.',
    ]);
    expect(missingFigureSentences(exampleRecord({ models: { cdae } }), without(2, 3, 4, 7))).toEqual([
      'Figures 2, 3, 4 and 7 are missing: the CAE was not trained in this run.',
    ]);
  });

  test('of a trained model are only said not to be drawn', () => {
    expect(missingFigureSentences(exampleRecord(), without(4))).toEqual(['Figure 4 is missing: not drawn.']);
    expect(missingFigureSentences(exampleRecord({ latent: undefined }), without(7))).toEqual([
      'Figure 7 is missing: the latents were not analysed.',
    ]);
  });

  test('are named by the model where they have no numbers', () => {
    const record = exampleRecord({ models: { vae: { ...exampleModel(), title: 'VAE' } }, latent: undefined });
    expect(missingFigureSentences(record, ['figure-1', 'vae-loss', 'vae-errors'])).toEqual([
      'The figure vae-reconstructions is missing: not drawn.',
    ]);
  });
});

describe('limits', () => {
  test('speak of a stand-in only where there is one', () => {
    expect(limits({ data: data({ synthetic: true }) })).toContain(
      'none of these numbers says anything about Fashion-MNIST',
    );
    expect(limits({})).not.toContain('stand-in');
  });

  test('speak of what was cut short', () => {
    const text = limits({ options: options({ quick: true, limit: 2000, testLimit: 500 }) });
    expect(text).toContain('quick run');
    expect(text).toContain('Only the first 2,000 training images were used.');
    expect(text).toContain('Only the first 500 test images were used.');
    expect(limits({})).not.toContain('Only the first');
  });

  test('speak of fixed noise only where a CDAE was trained on it', () => {
    expect(limits({})).toContain('the same noise in every epoch');
    expect(limits({ options: options({ noisePerEpoch: true }) })).not.toContain('same noise');
    expect(limits({ models: { cae: exampleModel() } })).not.toContain('same noise');
  });

  test('tell whether the best epoch was the last', () => {
    const models = (valLoss: number[]) => ({
      models: { cae: { ...exampleModel(), history: { ...exampleModel().history, valLoss } } },
    });
    expect(limits(models([3, 1, 2]))).toContain("CAE's validation loss was lowest in epoch 2, before the last (3)");
    expect(limits(models([3, 2, 1]))).toContain('lowest in the last epoch; more epochs may lower it');
    expect(limits(models([3, Number.NaN, 1]))).toContain('not to be trusted');
  });

  test('tell of slow kernels', () => {
    expect(limits({ numerics: { mode: 'exact', version: 1, kernels: 'reference' } })).toContain(
      'reference kernels ran',
    );
    expect(limits({})).not.toContain('reference kernels');
  });
});

test('the summary tells the error of each trained model and of no other', () => {
  expect(summarySentences(exampleRecord()).join(' ')).toMatch(
    /48,000 images of Fashion-MNIST.*CAE's.*0\.00360.*CDAE's.*0\.0122/,
  );
  expect(summarySentences(exampleRecord({ models: { cae: exampleModel() } })).join(' ')).not.toContain('CDAE');
  expect(summarySentences(exampleRecord({ models: { cae: exampleModel(Number.NaN) } })).join(' ')).toContain(
    'is not a finite number',
  );
  expect(summarySentences(exampleRecord({ models: {} }))).toEqual(['This run trained no model.']);
});

test('the data are told as real or as drawn', () => {
  expect(dataSentences(exampleRecord()).join(' ')).toContain(
    'The images are those of Fashion-MNIST: 48,000 images to train on, 12,000 images held out',
  );
  const drawn = exampleRecord({ dataset: 'synthetic', data: data({ synthetic: true, validationCount: 0 }) });
  expect(dataSentences(drawn).join(' ')).toContain('The images are drawn by Weft itself');
  expect(dataSentences(drawn).join(' ')).toContain('none held out');
});

test('the command holds every option that shapes the result, and the data that were really used', () => {
  expect(reproduceCommand(exampleRecord())).toBe(
    'npx --yes pnpm train --model all --dataset fashion-mnist --epochs 3 --batch-size 256 --validation-split 0.2 --learning-rate 0.001 --noise-factor 0.4 --seed 42',
  );
  const quick = exampleRecord({ options: options({ quick: true, limit: 2000, noisePerEpoch: true }) });
  expect(reproduceCommand(quick)).toMatch(/train --quick --model .* --limit 2000 --noise-per-epoch$/);
  const fast = exampleRecord({ options: options({ fastMath: true, convolution: 'winograd4' }) });
  expect(reproduceCommand(fast)).toMatch(/ --convolution winograd4 --fast-math$/);
});

test('the command takes pictures, noise and options of models from the record', () => {
  const changes = { model: 'vae', data: 'my pictures', noise: 'blur:1..2', noiseFactor: null, loss: 'ssim', beta: 2 };
  expect(reproduceCommand(exampleRecord({ options: options(changes) }))).toBe(
    "npx --yes pnpm train --model vae --data 'my pictures' --epochs 3 --batch-size 256 --validation-split 0.2 --learning-rate 0.001 --seed 42 --noise blur:1..2 --loss ssim --beta 2",
  );
});

test('no class is spoken of where there is none, and no model by the name of another', () => {
  const models = { unet: { ...exampleModel(), title: 'U-Net', longName: 'a U-Net', denoises: true } };
  const record = exampleRecord({ dataset: 'my pictures', data: data({ classNames: ['all'] }), models });
  const text = [...dataSentences(record), ...summarySentences(record), ...limitSentences(record)].join(' ');
  expect(text).toContain('This run trained a U-Net on 48,000 images of my pictures');
  expect(text).not.toMatch(/class|CAE|CDAE/);
});

import { setImmediate } from 'node:timers/promises';
import type { ImageDataset } from '@weft/data';
import type { History } from '@weft/pool';
import {
  type DatasetInfo,
  drawFigures,
  type Figure,
  figureDataText,
  type LossHistory,
  type ModelRecord,
  rasterise,
  SAMPLES_FIGURE,
  samplesFigure,
} from '@weft/report';
import type { LatentAnalysis } from './analyse-latents.js';
import { RUN_FILES, type RunDirectory } from './directory.js';
import type { Generated } from './generate-images.js';
import { errorExamplesOf, latentFigures, lossFigure, modelFigures } from './model-figures.js';
import type { RunData } from './run-data.js';
import type { TestResult } from './test-model.js';
import type { Trained } from './train-model.js';

/** A model after its test. */
export interface TestedModel extends Trained {
  readonly test: TestResult;
  /** Of a VAE. */
  readonly elbo: ModelRecord['elbo'];
  /** Left out for the first two models, whose eight figures show none of it. */
  readonly generated?: Generated;
}

/** Everything that the figures of a run show. */
export interface RunResults {
  readonly data: Pick<RunData, 'name' | 'synthetic' | 'classNames' | 'test'>;
  /** The first training images. */
  readonly samples: ImageDataset;
  readonly models: readonly TestedModel[];
  /** By the keys of models. */
  readonly latents: ReadonlyMap<string, LatentAnalysis>;
}

/** Models whose figures have numbers. */
export const NUMBERED_MODELS: readonly string[] = ['cae', 'cdae'];

/** The figures of a run: those that have numbers, at most eight, and behind them those of other models. */
export function runFigures(results: RunResults): Figure[] {
  const { data, models } = results;
  const { height, width, channels } = data.test;
  const { name, synthetic, classNames } = data;
  const dataset = { name, synthetic, classNames, height, width, channels };
  const others = models.filter(({ key }) => !NUMBERED_MODELS.includes(key));
  return [...numberedFigures(results, dataset), ...others.flatMap((model) => modelFigures(model, dataset, results))];
}

/** The first eight figures, as far as there is something to show. */
function numberedFigures({ data, samples, models, latents }: RunResults, dataset: DatasetInfo): Figure[] {
  const { test } = data;
  const hasClasses = dataset.classNames.length > 1;
  const latent = latents.get('cae');
  const cae = models.find(({ key }) => key === 'cae');
  const cdae = models.find(({ key }) => key === 'cdae');
  const drawn = drawFigures({
    dataset,
    samples: { images: samples.images, labels: samples.labels },
    ...(cae && {
      cae: {
        history: lossHistory(cae.history),
        originals: test.images,
        reconstructions: cae.test.outputs,
        errors: cae.test.errors,
        examples: errorExamplesOf(cae, test),
      },
    }),
    ...(cdae?.test.noisy && {
      cdae: {
        history: lossHistory(cdae.history),
        noisy: cdae.test.noisy.inputs,
        clean: test.images,
        denoised: cdae.test.outputs,
        errors: cdae.test.errors,
        examples: errorExamplesOf(cdae, test),
      },
    }),
    ...(latent?.nearestNeighbourPurity !== undefined && {
      latent: {
        scores: latent.scores,
        labels: test.labels,
        explainedVarianceRatio: latent.explainedVarianceRatio,
        nearestNeighbourPurity: latent.nearestNeighbourPurity,
        sampleSize: latent.sampleSize,
      },
    }),
  });
  const others = [cae, cdae].flatMap((model) =>
    model && model.objective !== 'mse' ? [lossFigure(model, dataset)] : [],
  );
  if (hasClasses) return replaced(drawn, others);
  const first = samplesFigure({
    name: SAMPLES_FIGURE,
    title: 'Training samples',
    dataset,
    images: samples.images,
    columns: 6,
    noun: 'training image',
  });
  return replaced(drawn, [...others, first, ...(cae ? latentFigures(cae, dataset, { data, latents }) : [])]);
}

/** Figures with others in the place of those of the same name, and behind them. */
function replaced(figures: readonly Figure[], others: readonly Figure[]): Figure[] {
  const names = others.map(({ name }) => name);
  const byName = (a: Figure, b: Figure) => (a.name < b.name ? -1 : 1);
  return [...figures.filter(({ name }) => !names.includes(name)), ...others].sort(byName);
}

/** Writes each figure as SVG and PNG, and its data as JSON if it has some. */
export async function writeFigures(
  figures: readonly Figure[],
  directory: Pick<RunDirectory, 'write'>,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, svg, data } of figures) {
    await directory.write(`${RUN_FILES.figures}/${name}.svg`, svg);
    if (data) await directory.write(`${RUN_FILES.figures}/${name}.json`, figureDataText(data));
    await directory.write(`${RUN_FILES.figures}/${name}.png`, await rasterise(svg));
    // Drawing fills the thread: this lets Ctrl-C through.
    await setImmediate();
    signal.throwIfAborted();
  }
}

function lossHistory({ history: { loss, val_loss: valLoss = [] } }: History): LossHistory {
  return { loss, valLoss };
}

import { setImmediate } from 'node:timers/promises';
import type { LoadedData } from '@weft/data';
import type { History } from '@weft/pool';
import { drawFigures, type Figure, type FigureInputs, type LossHistory, rasterise } from '@weft/report';
import type { LatentAnalysis } from './analyse-latents.js';
import { RUN_FILES, type RunDirectory } from './directory.js';
import type { TestResult } from './test-model.js';
import type { Trained } from './train-model.js';

/** Everything that the figures of a run show. */
export interface RunResults {
  readonly data: Pick<LoadedData, 'name' | 'synthetic' | 'classNames' | 'test'>;
  /** The first training images. */
  readonly samples: LoadedData['train'];
  readonly models: readonly (Trained & { readonly test: TestResult })[];
  /** By the keys of models. */
  readonly latents: ReadonlyMap<string, LatentAnalysis>;
}

/** The figures of a run: at most eight, in the order of their numbers. */
export function runFigures({ data, samples, models, latents }: RunResults): Figure[] {
  const { test } = data;
  const latentsOfCae = latents.get('cae');
  const cae = models.find(({ key }) => key === 'cae');
  const cdae = models.find(({ key }) => key === 'cdae');
  const inputs: FigureInputs = {
    dataset: {
      name: data.name,
      synthetic: data.synthetic,
      classNames: data.classNames,
      height: test.height,
      width: test.width,
      channels: test.channels,
    },
    samples: { images: samples.images, labels: samples.labels },
    ...(cae && {
      cae: {
        history: lossHistory(cae.history),
        originals: test.images,
        reconstructions: cae.test.outputs,
        errors: cae.test.errors,
      },
    }),
    ...(cdae?.test.noisy && {
      cdae: {
        history: lossHistory(cdae.history),
        noisy: cdae.test.noisy.inputs,
        clean: test.images,
        denoised: cdae.test.outputs,
        errors: cdae.test.errors,
      },
    }),
    ...(latentsOfCae && {
      latent: {
        scores: latentsOfCae.scores,
        labels: test.labels,
        explainedVarianceRatio: latentsOfCae.explainedVarianceRatio,
        ...(latentsOfCae.nearestNeighbourPurity !== undefined && {
          nearestNeighbourPurity: latentsOfCae.nearestNeighbourPurity,
        }),
        sampleSize: latentsOfCae.sampleSize,
      },
    }),
  };
  return drawFigures(inputs);
}

/** Writes each figure as SVG and PNG. */
export async function writeFigures(
  figures: readonly Figure[],
  directory: RunDirectory,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, svg } of figures) {
    await directory.write(`${RUN_FILES.figures}/${name}.svg`, svg);
    await directory.write(`${RUN_FILES.figures}/${name}.png`, await rasterise(svg));
    // Drawing fills the thread: this lets Ctrl-C through.
    await setImmediate();
    signal.throwIfAborted();
  }
}

function lossHistory({ history: { loss, val_loss: valLoss = [] } }: History): LossHistory {
  return { loss, valLoss };
}

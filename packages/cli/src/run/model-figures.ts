import type { ImageDataset } from '@weft/data';
import type { BaseModel } from '@weft/nn';
import {
  type DatasetInfo,
  type ErrorExamples,
  errorHistogram,
  type Figure,
  featureMapsFigure,
  figureName,
  filtersFigure,
  imageGridFigure,
  interpolationFigure,
  latentScatterFigure,
  lossCurvesFigure,
  samplesFigure,
} from '@weft/report';
import type { RunResults, TestedModel } from './figures.js';
import { modelTitle } from './model-keys.js';
import { imagesAt } from './test-model.js';

type Results = Pick<RunResults, 'data' | 'latents'>;

/** The figures of one model, named by its key. */
export function modelFigures(model: TestedModel, dataset: DatasetInfo, results: Results): Figure[] {
  return [
    lossFigure(model, dataset),
    imagesFigure(model, dataset, results),
    errorsFigure(model, dataset, results),
    ...latentFigures(model, dataset, results),
    ...generatedFigures(model, dataset),
    ...filterFigures(model, dataset),
  ];
}

/** Losses over the epochs, in the unit of what the model was trained on. */
export function lossFigure({ key, history: { history }, objective }: TestedModel, dataset: DatasetInfo): Figure {
  const { loss, val_loss: valLoss = [] } = history;
  const title = modelTitle(key);
  return lossCurvesFigure({
    name: figureName(key, 'loss'),
    title: `${title}: loss over the epochs`,
    dataset,
    runs: [{ name: title, histories: [{ loss, valLoss }] }],
    ...(objective !== 'mse' && { lossName: `Loss (${objective})` }),
  });
}

function imagesFigure({ key, test }: TestedModel, dataset: DatasetInfo, { data }: Results): Figure {
  const title = modelTitle(key);
  const size = dataset.height * dataset.width * dataset.channels;
  const shown = test.outputs.length / size;
  const clean = { title: test.noisy ? 'Clean' : 'Original', images: data.test.images.subarray(0, shown * size) };
  const made = { title: test.noisy ? 'Denoised' : 'Reconstruction', images: test.outputs };
  const noisy = test.noisy ? [{ title: 'Noisy', images: test.noisy.inputs }] : [];
  return imageGridFigure({
    name: figureName(key, test.noisy ? 'denoised' : 'reconstructions'),
    title: test.noisy ? `${title}: noisy, clean and denoised images` : `${title}: originals and reconstructions`,
    dataset,
    rows: [...noisy, clean, made],
    target: clean.title,
    noun: 'test image',
  });
}

function errorsFigure(model: TestedModel, dataset: DatasetInfo, { data }: Results): Figure {
  const { key, test } = model;
  const what = test.noisy ? 'errors of the denoised images' : 'reconstruction errors';
  return errorHistogram({
    name: figureName(key, 'errors'),
    title: `${modelTitle(key)}: ${what}`,
    dataset,
    errors: test.errors,
    as: test.noisy ? 'density' : 'counts',
    examples: errorExamplesOf(model, data.test),
  });
}

/** Pictures of the test images that the histogram of errors shows of its bins. */
export function errorExamplesOf({ test: { examples, noisy } }: TestedModel, tested: ImageDataset): ErrorExamples {
  const { indices, outputs, inputs } = examples;
  return {
    indices,
    rows: [
      ...(inputs ? [{ title: 'Noisy', images: inputs }] : []),
      { title: noisy ? 'Clean' : 'Original', images: imagesAt(tested.images, indices, tested) },
      { title: noisy ? 'Denoised' : 'Reconstruction', images: outputs },
    ],
    labels: indices.map((index) => tested.labels[index]),
  };
}

/** Where the test images lie among latents; empty if those were not analysed. */
export function latentFigures({ key }: TestedModel, dataset: DatasetInfo, { data, latents }: Results): Figure[] {
  const found = latents.get(key);
  if (!found) return [];
  const { scores, explainedVarianceRatio, nearestNeighbourPurity, sampleSize } = found;
  const hasClasses = dataset.classNames.length > 1;
  return [
    latentScatterFigure({
      name: figureName(key, 'latents'),
      title: `${modelTitle(key)}: latent space of the test set`,
      dataset,
      model: modelTitle(key),
      scores,
      explainedVarianceRatio,
      ...(hasClasses && { labels: data.test.labels, nearestNeighbourPurity, sampleSize }),
    }),
  ];
}

function generatedFigures({ key, generated }: TestedModel, dataset: DatasetInfo): Figure[] {
  const title = modelTitle(key);
  const { samples, interpolations, features } = generated ?? {};
  const figures: Figure[] = [];
  if (samples) {
    const name = figureName(key, 'samples');
    figures.push(samplesFigure({ name, title: `${title}: images of draws from N(0, 1)`, dataset, images: samples }));
  }
  if (interpolations) {
    figures.push(
      interpolationFigure({
        name: figureName(key, 'interpolations'),
        title: `${title}: from one test image to another`,
        dataset,
        strips: interpolations.map((images) => ({ images })),
      }),
    );
  }
  if (features) {
    const name = figureName(key, 'features');
    const { activations, shape } = features;
    figures.push(
      featureMapsFigure({ name, title: `${title}: latent of the first test image`, dataset, activations, shape }),
    );
  }
  return figures;
}

/** The filters of the first layer that has weights. Units on all pixels are filters of the image's size. */
function filterFigures({ key, autoencoder }: TestedModel, dataset: DatasetInfo): Figure[] {
  const kernel = (autoencoder.encoder as BaseModel).weights.find(({ path }) => path.endsWith('/kernel'));
  const { height, width, channels } = dataset;
  const shape = kernel?.shape.length === 2 ? [height, width, channels, kernel.shape[1]] : kernel?.shape;
  if (!kernel || shape?.length !== 4) return [];
  return [
    filtersFigure({
      name: figureName(key, 'filters'),
      title: `${modelTitle(key)}: filters of the first layer`,
      dataset,
      kernels: kernel.data,
      shape: shape as [number, number, number, number],
    }),
  ];
}

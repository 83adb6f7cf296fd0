import { errorHistogram } from './error-histogram.js';
import type { Figure, FigureInputs } from './figure.js';
import { imageComparison } from './image-comparison.js';
import { latentScatter } from './latent-scatter.js';
import { lossCurves } from './loss-curves.js';
import { trainingSamples } from './training-samples.js';

/**
 * Draws the figures of a run: samples (1), the CAE's losses, reconstructions, errors and latents (2, 3, 4, 7), and the
 * CDAE's losses, denoised images and errors (5, 6, 8). Those of a model that was not trained are left out.
 *
 * @returns at most eight figures in the order of their numbers
 * @throws RangeError if images, scores or labels don't fit each other in length
 * @example
 * const dataset = { name: 'mine', synthetic: false, classNames: ['a', 'b'], height: 2, width: 2, channels: 1 };
 * const samples = { images: new Uint8Array(12 * 4), labels: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1] };
 * drawFigures({ dataset, samples }).map(({ name }) => name); // ['figure-1']
 */
export function drawFigures(inputs: FigureInputs): Figure[] {
  const { dataset, cae, cdae, latent } = inputs;
  const figures = [trainingSamples(inputs)];
  if (cae) {
    const original = { title: 'Original', images: cae.originals };
    figures.push(
      lossCurves('figure-2', 'CAE', dataset, cae.history),
      imageComparison({
        name: 'figure-3',
        title: 'CAE: originals and reconstructions',
        dataset,
        rows: [original, { title: 'Reconstruction', images: cae.reconstructions }],
        target: original,
      }),
      errorHistogram({
        name: 'figure-4',
        title: 'CAE: reconstruction errors',
        dataset,
        errors: cae.errors,
        examples: cae.examples,
        as: 'counts',
      }),
    );
  }
  if (cdae) {
    const clean = { title: 'Clean', images: cdae.clean };
    figures.push(
      lossCurves('figure-5', 'CDAE', dataset, cdae.history),
      imageComparison({
        name: 'figure-6',
        title: 'CDAE: noisy, clean and denoised images',
        dataset,
        rows: [{ title: 'Noisy', images: cdae.noisy }, clean, { title: 'Denoised', images: cdae.denoised }],
        target: clean,
      }),
    );
  }
  if (latent) figures.push(latentScatter(dataset, latent));
  if (cdae) {
    figures.push(
      errorHistogram({
        name: 'figure-8',
        title: 'CDAE: errors of the denoised images',
        dataset,
        errors: cdae.errors,
        examples: cdae.examples,
        as: 'density',
      }),
    );
  }
  return figures;
}

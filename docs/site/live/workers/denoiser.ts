import { peakSignalToNoiseRatios, structuralSimilarities } from '@weft/analysis';
import { corruption, parseNoise, syntheticGarments } from '@weft/data/browser';
import { type LoadedModel, loadModel, mapExamples, predict } from '@weft/web';
import { type Compared, type DenoiserCalls, SIDE } from '../denoise/calls.js';
import { readPicture } from '../shared/read-picture.js';
import { answer } from './answer.js';

const SHAPE = [SIDE, SIDE, 1] as const;

let model: LoadedModel['model'] | undefined;

answer<DenoiserCalls>({
  async load(source) {
    const loaded = await loadModel(source);
    checkShape(loaded.model);
    model = loaded.model;
    return { name: model.name, weights: model.countWeights(), card: cardOf(loaded.metadata) };
  },

  examples() {
    const { test, classNames } = syntheticGarments({ trainCount: 1, testCount: 10, seed: 1 });
    return Array.from(test.labels, (label, index) => ({
      name: classNames[label],
      image: test.images.slice(index * SIDE * SIDE, (index + 1) * SIDE * SIDE),
    }));
  },

  read: (file) => readPicture(file, SIDE),

  async denoise({ image, strength, seed }) {
    if (!model) throw new Error('There is no model yet. Choose a model file.');
    const clean = Float32Array.from(image, (value) => value / 255);
    const corrupt = corruption(parseNoise(`gaussian:${strength}`), { images: 'test' });
    const noisy = await mapExamples(corrupt, clean, SHAPE, { seed });
    const denoised = (await predict(model, noisy)) as Float32Array;
    return { noisy: compared(clean, noisy), denoised: compared(clean, denoised) };
  },
});

function compared(clean: Float32Array, image: Float32Array): Compared {
  const [psnr] = peakSignalToNoiseRatios(clean, image, SIDE * SIDE);
  const [ssim] = structuralSimilarities(clean, image, { height: SIDE, width: SIDE });
  return { image, psnr, ssim };
}

interface Place {
  readonly shape: readonly number[];
}

/** @throws RangeError if the model does not take the page's pictures, and give such */
function checkShape({ inputs, outputs }: LoadedModel['model']): void {
  const isSuch = (places: readonly Place[]) => places.length === 1 && places[0].shape.join() === SHAPE.join();
  if (isSuch(inputs) && isSuch(outputs)) return;
  const shown = (places: readonly Place[]) => places.map(({ shape }) => `[${shape.join(', ')}]`).join(' and ');
  throw new RangeError(
    `This model makes ${shown(outputs)} of ${shown(inputs)}, but the pictures of this page are [${SHAPE.join(', ')}]. Choose a model of grey images of ${SIDE} x ${SIDE} pixels, such as the CDAE that \`weft train\` writes.`,
  );
}

/** What a file says of its training: it may come from anywhere. */
function cardOf({ card }: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(card ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

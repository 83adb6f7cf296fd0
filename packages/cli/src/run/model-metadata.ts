import { MODELS, type ModelKey } from './models.js';

/** How a model was trained, as far as its test needs it. */
export interface ModelMetadata {
  readonly key: ModelKey;
  readonly dataset: string;
  readonly noiseFactor: number;
  readonly seed: number;
  readonly epochs: number;
}

/** The texts that go into a model's file. */
export function modelMetadata({ key, dataset, noiseFactor, seed, epochs }: ModelMetadata): Record<string, string> {
  return {
    model: key,
    dataset,
    seed: String(seed),
    epochs: String(epochs),
    ...(MODELS[key].denoises && { noiseFactor: String(noiseFactor) }),
  };
}

/** What a file's texts say of a model that `weft train` has saved. Files from elsewhere may say nothing. */
export function readModelMetadata(texts: Readonly<Record<string, string>>): Partial<ModelMetadata> {
  const numeric = (name: 'noiseFactor' | 'seed' | 'epochs') => {
    const value = texts[name] === undefined ? Number.NaN : Number(texts[name]);
    return Number.isFinite(value) ? { [name]: value } : {};
  };
  const { model, dataset } = texts;
  return {
    ...(model !== undefined && Object.hasOwn(MODELS, model) && { key: model as ModelKey }),
    ...(dataset !== undefined && { dataset }),
    ...numeric('noiseFactor'),
    ...numeric('seed'),
    ...numeric('epochs'),
  };
}

import type { ModelRecord, RunRecord } from '../record/run-record.js';
import { formatNumber } from '../text/numbers.js';

/** A trained model as prose speaks of it. */
export interface TrainedModel {
  readonly key: string;
  /** Such as CAE. */
  readonly name: string;
  /** With its article. */
  readonly longName: string;
  /** Whether it is given noisy images. */
  readonly denoises: boolean;
  readonly model: ModelRecord;
}

/** Records of Weft 0.1 have keys alone. */
export const FIRST_MODELS: Readonly<Record<string, Omit<TrainedModel, 'key' | 'model'>>> = {
  cae: { name: 'CAE', longName: 'a convolutional autoencoder (CAE)', denoises: false },
  cdae: { name: 'CDAE', longName: 'a convolutional denoising autoencoder (CDAE)', denoises: true },
};

/** The trained models in the order of the record, with the names that prose gives them. */
export function trainedModels({ models }: Pick<RunRecord, 'models'>): TrainedModel[] {
  return Object.entries(models).map(([key, model]) => {
    const known = Object.hasOwn(FIRST_MODELS, key) ? FIRST_MODELS[key] : undefined;
    const name = model.title ?? known?.name ?? key;
    return {
      key,
      name,
      longName: model.longName ?? known?.longName ?? `the model ${name}`,
      denoises: model.denoises ?? known?.denoises ?? model.noisyInput !== undefined,
      model,
    };
  });
}

/** What the encoder of a model has found; that of the CAE stands beside the models in the record. */
export function latentOf({ latent }: RunRecord, { key, model }: TrainedModel): RunRecord['latent'] {
  return model.latent ?? (key === 'cae' ? latent : undefined);
}

/** What a model was trained on: the text of a loss, `mse` where the record says nothing. */
export function objectiveOf({ options }: RunRecord, { model }: TrainedModel): string {
  return model.objective ?? options.loss ?? 'mse';
}

/** What training losses are, as a caption begins. */
export function lossesText(objective: string): string {
  return objective === 'mse' ? 'Losses in squared pixel intensity' : `Losses: ${objective}`;
}

/** The noise of a run in words. */
export function noiseText({ noise, noiseFactor }: RunRecord['options']): string {
  const [, single] = /^gaussian:([\d.e+-]+)$/.exec(noise ?? '') ?? [];
  const factor = single === undefined ? noiseFactor : Number(single);
  if (noise != null && single === undefined) return `noise (${noise})`;
  if (factor == null) return 'noise';
  return `Gaussian noise of standard deviation ${formatNumber(factor, 2)}, clipped to [0, 1]`;
}

/** `A`, `A and B`, `A, B and C`. */
export function joined(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

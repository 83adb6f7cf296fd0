import type { RunRecord } from '@weft/report';
import { modelFile } from '../run/directory.js';
import { isModelKey, modelKeys, modelTitle } from '../run/model-keys.js';
import { thinned } from './metrics-file.js';
import type { RunContents } from './run-reader.js';
import type { EpochView, ModelView } from './views.js';

/** Epochs that are drawn of a model. */
const MOST_EPOCHS = 400;

/** What a model has come to, without its samples. */
export type ModelProgress = Omit<ModelView, 'samples' | 'samplesNote'>;

/** The models of a run, in the order of their training. */
export function modelsOf(contents: RunContents): ModelProgress[] {
  const { options, record, metrics, progress } = contents;
  const asked = options?.options.model ?? textOf(record?.options.model);
  const keys = new Set([...(asked === undefined ? [] : modelKeys(asked)), ...metrics.keys()]);
  for (const key of Object.keys(record?.models ?? {})) keys.add(key);
  return [...keys].slice(0, 50).map((key) => {
    const rows = metrics.get(key) ?? recordedRows(record?.models[key]);
    const running = progress?.model === key ? progress : undefined;
    return {
      key,
      title: modelTitle(key),
      epochs: running?.epochs ?? options?.options.epochs ?? countOf(record?.options.epochs),
      done: rows.at(-1)?.epoch ?? 0,
      rows: thinned(rows, MOST_EPOCHS),
      curve: running?.curve ?? [],
      pace: running?.pace ?? null,
      test: testOf(record?.models[key]),
    };
  });
}

/** Whether the training of a model is over: early stopping ends it before its last epoch. */
export function isTrained({ key }: Pick<ModelProgress, 'key'>, { files }: RunContents): boolean {
  return isModelKey(key) && files.has(modelFile(key));
}

type RecordedModel = RunRecord['models'][string];

function recordedRows(model: RecordedModel | undefined): EpochView[] {
  const { loss = [], valLoss = [], seconds = [], imagesPerSecond = [] } = model?.history ?? {};
  return loss.map((value, at) => ({
    epoch: at + 1,
    loss: finite(value),
    valLoss: finite(valLoss[at]),
    seconds: finite(seconds[at]),
    imagesPerSecond: finite(imagesPerSecond[at]),
  }));
}

function testOf(model: RecordedModel | undefined): ModelView['test'] {
  if (!model) return null;
  return { mse: finite(model.testError?.mean), psnr: finite(model.psnr?.mean), ssim: finite(model.ssim?.mean) };
}

const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
const countOf = (value: unknown) => (Number.isSafeInteger(value) ? (value as number) : null);

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LoadedModel } from '@weft/formats';
import { loadModel } from '@weft/pool';
import { parseRunRecord, type RunRecord, RunRecordError } from '@weft/report';
import { InputError } from '../exit.js';
import { callersFolder, modelFile, RUN_FILES, shownPath } from '../run/directory.js';
import { type ModelMetadata, readModelMetadata } from '../run/model-metadata.js';
import { MODELS, type ModelKey } from '../run/models.js';
import { readRunFile } from '../run/run-file.js';

/** A model from a file. */
export interface SavedModel {
  /** For messages. */
  readonly path: string;
  /** Such as CAE, or the model's own name if it is none of ours. */
  readonly title: string;
  readonly model: LoadedModel['model'];
  readonly metadata: Partial<ModelMetadata>;
}

/** Whether a path names a folder or a file. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new InputError(
      `${shownPath(path)} cannot be read: ${(cause as Error).message}. Give a run's folder or a .safetensors file.`,
      { cause },
    );
  }
}

/** A path as the user gave it, seen from where the user is. */
export const givenPath = (path: string) => resolve(callersFolder(), path);

/**
 * The models of a run's folder, or the one in a file.
 *
 * @throws InputError if there is none; SafetensorsError or ArchitectureMismatchError if one is damaged
 */
export async function savedModels(path: string): Promise<SavedModel[]> {
  if (!(await isFolder(path))) return [await savedModel(path)];
  const found: SavedModel[] = [];
  for (const key of Object.keys(MODELS)) {
    const file = resolve(path, modelFile(key));
    const exists = await stat(file).then(
      () => true,
      () => false,
    );
    if (exists) found.push(await savedModel(file));
  }
  if (found.length > 0) return found;
  throw new InputError(
    `${shownPath(path)} holds no trained model: expected ${Object.keys(MODELS).map(modelFile).join(' or ')}. Give the folder of a run, or a .safetensors file.`,
  );
}

async function savedModel(path: string): Promise<SavedModel> {
  const { model, metadata: texts } = await loadModel(path);
  const metadata = readModelMetadata(texts);
  const key = metadata.key;
  return { path: shownPath(path), title: key ? MODELS[key].title : model.name, model, metadata };
}

/** Whether a model is to be given noisy images. */
export function denoises({ metadata: { key, noiseFactor } }: SavedModel): boolean {
  return key ? MODELS[key as ModelKey].denoises : noiseFactor !== undefined;
}

/**
 * The record of a run's folder.
 *
 * @throws InputError if there is none; RunRecordError if it cannot be understood
 */
export async function readRecord(folder: string): Promise<{ record: RunRecord; text: string }> {
  const path = resolve(folder, RUN_FILES.record);
  let text: string;
  try {
    text = await readRunFile(folder, RUN_FILES.record);
  } catch (cause) {
    throw new InputError(
      `${shownPath(path)} cannot be read: ${(cause as Error).message}. Give the folder of a run that was finished.`,
      { cause },
    );
  }
  try {
    return { record: parseRunRecord(text), text };
  } catch (cause) {
    if (!(cause instanceof RunRecordError)) throw cause;
    throw new InputError(`${shownPath(path)}: ${cause.message}`, { cause });
  }
}

import { readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LoadedModel } from '@weft/formats';
import { AUTOENCODERS } from '@weft/models';
import { loadModel } from '@weft/pool';
import { parseRunRecord, type RunRecord, RunRecordError } from '@weft/report';
import { InputError } from '../exit.js';
import { callersFolder, explorationFile, modelFile, RUN_FILES, shownPath } from '../run/directory.js';
import { type ModelCard, readModelCard } from '../run/model-card.js';
import { isModelKey, MODEL_KEYS, modelTitle } from '../run/model-keys.js';
import { readRunFile } from '../run/run-file.js';

/** A model from a file. */
export interface SavedModel {
  /** For messages. */
  readonly path: string;
  /** Such as CAE, or the model's own name if it is none of ours. */
  readonly title: string;
  readonly model: LoadedModel['model'];
  /** What its file says of its training: all of it if `weft train` wrote it, nothing if it comes from elsewhere. */
  readonly card: Partial<ModelCard>;
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
  for (const file of await modelFilesIn(path)) found.push(await savedModel(resolve(path, file)));
  if (found.length > 0) return found;
  throw new InputError(
    `${shownPath(path)} holds no trained model: expected ${MODEL_KEYS.slice(0, 2).map(modelFile).join(', ')} or another .safetensors file. Give the folder of a run, or a .safetensors file.`,
  );
}

/** They lie beside the models, and are none. */
const EXPLORATIONS = MODEL_KEYS.map(explorationFile);

/** Names of the files of models in a folder: those of Weft's own models first, in the order of their training. */
async function modelFilesIn(folder: string): Promise<string[]> {
  const ending = '.safetensors';
  const keys = (await readdir(folder))
    .filter((name) => name.endsWith(ending) && !EXPLORATIONS.includes(name))
    .map((name) => name.slice(0, -ending.length));
  const place = (key: string) => (isModelKey(key) ? MODEL_KEYS.indexOf(key) : MODEL_KEYS.length);
  return keys.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1)).map(modelFile);
}

async function savedModel(path: string): Promise<SavedModel> {
  const { model, metadata: texts } = await loadModel(path);
  const card = readModelCard(texts);
  const title = card.model === undefined ? model.name : modelTitle(card.model);
  return { path: shownPath(path), title, model, card };
}

/** Whether a model is to be given noisy images. */
export function denoises({ card: { model, noise } }: SavedModel): boolean {
  return model !== undefined && isModelKey(model) ? AUTOENCODERS[model].denoises : noise !== undefined;
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

import { basename } from 'node:path';
import { givenPath, isFolder, type SavedModel, savedModels } from '../commands/trained-models.js';
import { UsageError } from '../exit.js';

/** What a model of a folder is called by `--model`: its file without the ending. */
const keyOf = ({ path }: SavedModel) => basename(path, '.safetensors');

/**
 * The model that a command is to use.
 *
 * @param path of a file, or of a run's folder
 * @param key  which of several in a folder
 * @throws UsageError if there are several and no key, or none of that key; InputError if there is none
 */
export async function chooseModel(path: string, key: string | undefined): Promise<SavedModel> {
  const place = givenPath(path);
  const inFolder = await isFolder(place);
  const saved = await savedModels(place);
  const names = saved.map(keyOf).join(', ');
  if (key !== undefined && inFolder) {
    const chosen = saved.find((each) => keyOf(each) === key);
    if (chosen) return chosen;
    throw new UsageError(`--model: got '${key}', but ${path} holds ${names}. Give --model ${keyOf(saved[0])}.`);
  }
  if (key !== undefined && keyOf(saved[0]) !== key && saved[0].card.model !== key) {
    throw new UsageError(`--model: got '${key}', but ${path} is one model. Leave --model out.`);
  }
  if (saved.length === 1) return saved[0];
  throw new UsageError(
    `${path} holds several models: ${names}. Choose one with --model, for instance --model ${keyOf(saved[0])}.`,
  );
}

import { readFile, stat } from 'node:fs/promises';
import { decodeModel, encodeModel, type LoadedModel, SafetensorsError, setWeights } from '@weft/formats';
import type { BaseModel, LayerClasses } from '@weft/nn';
import { checkModel } from '@weft/train/runtime';
import { checkPath } from './check-path.js';
import { writeAtomically } from './write-atomically.js';

/**
 * Saves a model, so that the file at the path is never half-written. Python reads it with `safetensors`: weights are
 * named by their paths, such as `enc_conv1/kernel`, and laid out as in Keras.
 *
 * @param metadata texts that are kept with it, by name; names that begin with `weft.` are reserved
 * @throws TypeError if the path is no text, or the model is none; SafetensorsError if a name is reserved; Error of the
 *   system if the file cannot be written
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * await saveModel('model.safetensors', model, { author: 'me' });
 * (await loadModel('model.safetensors')).metadata.author; // 'me'
 */
export async function saveModel(
  path: string,
  model: BaseModel,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  checkPath('saveModel', path, model);
  checkModel('saveModel', model);
  await writeAtomically(path, encodeModel(model, metadata));
}

/**
 * Loads a model that `saveModel` wrote, with its layers.
 *
 * @param layers classes of layers of your own, by type
 * @throws SafetensorsError if the file is damaged, cut short or not written by `saveModel`;
 *   ArchitectureMismatchError if its weights are not those of its layers; Error of the system if it cannot be read
 * @example
 * await saveModel('classifier.safetensors', new Sequential([new Dense({ units: 1 })], { inputShape: [2] }));
 * const { model } = await loadModel('classifier.safetensors');
 * model.weights.map(({ path }) => path); // ['dense/kernel', 'dense/bias']
 */
export async function loadModel(path: string, layers: LayerClasses = {}): Promise<LoadedModel> {
  checkPath('loadModel', path);
  return decodeModel(await read(path), layers, path);
}

/**
 * Gives a model the weights of a file: all of them, or none if there is an error.
 *
 * @returns the texts that were saved with them
 * @throws SafetensorsError if the file is damaged or cut short; ArchitectureMismatchError if its weights are not those
 *   of the model, listing the differences; Error of the system if it cannot be read
 * @example
 * const [trained, fresh] = [1, 2].map((seed) => new Sequential([new Dense({ units: 1 })], { inputShape: [2], seed }));
 * await saveModel('trained.safetensors', trained);
 * await loadWeights('trained.safetensors', fresh);
 * weightsSha256(fresh) === weightsSha256(trained); // true
 */
export async function loadWeights(path: string, model: BaseModel): Promise<Readonly<Record<string, string>>> {
  checkPath('loadWeights', path, model);
  checkModel('loadWeights', model);
  return setWeights(model, await read(path), path);
}

async function read(path: string): Promise<Uint8Array> {
  // A pipe or a device might never end.
  if (!(await stat(path)).isFile()) throw new SafetensorsError(`${path}: it is not a file. Give a .safetensors file.`);
  return readFile(path);
}

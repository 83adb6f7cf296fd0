import { readFile, stat } from 'node:fs/promises';
import { decodeModel, encodeModel, type LoadedModel, SafetensorsError, setWeights } from '@weft/formats';
import type { BaseModel, LayerClasses } from '@weft/nn';
import { writeAtomically } from './write-atomically.js';

/**
 * Saves a model, so that the file at the path is never half-written. Python reads it with `safetensors`: weights are
 * named `enc_conv1/kernel` and laid out as in Keras.
 *
 * @param metadata texts to be kept with it, by name; names that begin with `weft.` are ours
 * @throws SafetensorsError if a name is reserved; Error of the system if the file cannot be written
 */
export async function saveModel(
  path: string,
  model: BaseModel,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeAtomically(path, encodeModel(model, metadata));
}

/**
 * Loads a model that `saveModel` wrote: the layers too.
 *
 * @param layers classes of layers of your own, by type
 * @throws SafetensorsError if the file is damaged, cut short or was not written by `saveModel`;
 *   ArchitectureMismatchError if its weights are not those of its layers; Error of the system if it cannot be read
 */
export async function loadModel(path: string, layers: LayerClasses = {}): Promise<LoadedModel> {
  return decodeModel(await read(path), layers, path);
}

/**
 * Loads the weights of a file into a model, in place. Either all are changed or none.
 *
 * @returns the texts that were saved with them
 * @throws SafetensorsError if the file is damaged or cut short; ArchitectureMismatchError if its weights are not those
 *   of the model, listing the differences; Error of the system if it cannot be read
 */
export async function loadWeights(path: string, model: BaseModel): Promise<Readonly<Record<string, string>>> {
  return setWeights(model, await read(path), path);
}

async function read(path: string): Promise<Uint8Array> {
  // A pipe or a device might never end.
  if (!(await stat(path)).isFile()) throw new SafetensorsError(`${path}: it is no file. Give a .safetensors file.`);
  return readFile(path);
}

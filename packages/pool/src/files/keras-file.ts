import { readFile, stat } from 'node:fs/promises';
import type { BaseModel } from '@weft/nn';
import { checkModel } from '@weft/train/runtime';
import { checkPath } from './check-path.js';

/** Few need it: what reads these files is loaded when it is asked for. */
const readers = async () => ({ ...(await import('@weft/formats/keras')), ...(await import('../hdf5-thread.js')) });

/**
 * The model in a `.keras` file of Keras 3, with its layers and weights: a Sequential or a functional model of layers that
 * both have. Its weights are read in a worker thread, which is ended when it takes too long.
 *
 * @throws KerasError that lists the layers that Weft does not have, or names what is damaged; Error of the system if the
 *   file cannot be read
 * @example
 * await loadKerasModel('missing.keras').catch((error) => error.code); // 'ENOENT'
 */
export async function loadKerasModel(path: string): Promise<BaseModel> {
  checkPath('loadKerasModel', path);
  const { decodeKeras, readHdf5Aside } = await readers();
  return about(path, async (bytes) => decodeKeras(bytes, {}, readHdf5Aside));
}

/**
 * Gives a Sequential the weights of a `.weights.h5` file of Keras 3: all of them, or none if there is an error. The model
 * must have the same layers in the same order.
 *
 * @throws KerasError if the weights are not those of the model, or the file is damaged; Error of the system if it cannot
 *   be read
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * await loadKerasWeights('missing.weights.h5', model).catch((error) => error.code); // 'ENOENT'
 */
export async function loadKerasWeights(path: string, model: BaseModel): Promise<void> {
  checkPath('loadKerasWeights', path, model);
  checkModel('loadKerasWeights', model);
  const { setKerasWeights, readHdf5Aside } = await readers();
  return about(path, async (bytes) => setKerasWeights(model, bytes, readHdf5Aside));
}

async function about<T>(path: string, work: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  const { KerasError } = await readers();
  // A pipe or a device might never end.
  if (!(await stat(path)).isFile()) throw new KerasError(`${path}: it is not a file. Give one that Keras 3 has saved.`);
  try {
    return await work(await readFile(path));
  } catch (cause) {
    if (!(cause instanceof KerasError)) throw cause;
    throw new KerasError(`${path}: ${cause.message}`, { cause });
  }
}

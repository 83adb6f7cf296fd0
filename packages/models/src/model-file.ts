import { readFile, stat } from 'node:fs/promises';
import { type LayerClasses, type Sequential, sequentialFromConfig } from '@weft/core';
import { ArchitectureMismatchError, compareWeights } from './architecture.js';
import { decodeSafetensors } from './safetensors/decode.js';
import type { SafetensorsContents, SafetensorsTensor } from './safetensors/dtypes.js';
import { encodeSafetensors } from './safetensors/encode.js';
import { SafetensorsError } from './safetensors/error.js';
import { writeAtomically } from './write-atomically.js';

/** Names in the metadata that belong to Weft. */
const VERSION = 'weft.version';
const CONFIG = 'weft.config';
/** Changes when older readers could no longer make sense of a file. */
const CURRENT_VERSION = '1';

/** The bytes of a file that holds a model: its weights in the order of their names, its layers in the metadata. */
export function encodeModel(
  model: Sequential,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  for (const name of [VERSION, CONFIG]) {
    if (Object.hasOwn(metadata, name)) throw new SafetensorsError(`the metadata's name '${name}' is kept for Weft.`);
  }
  const tensors = new Map<string, SafetensorsTensor>(
    model.parameters.map(({ name, shape, data }) => [name, { dtype: 'F32', shape, data }]),
  );
  return encodeSafetensors(tensors, {
    ...metadata,
    [VERSION]: CURRENT_VERSION,
    [CONFIG]: JSON.stringify(model.config()),
  });
}

/**
 * Saves a model, so that the file at the path is never half-written. Python reads it with `safetensors`: weights are
 * named `enc_conv1/kernel` and laid out as in Keras.
 *
 * @param metadata texts to be kept with it, by name; names that begin with `weft.` are ours
 * @throws SafetensorsError if a name is reserved; Error of the system if the file cannot be written
 */
export async function saveModel(
  path: string,
  model: Sequential,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeAtomically(path, encodeModel(model, metadata));
}

/** A model from a file, and the texts that were saved with it. */
export interface LoadedModel {
  readonly model: Sequential;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Loads a model that `saveModel` wrote: the layers too.
 *
 * @param layers classes of layers of your own, by type
 * @throws SafetensorsError if the file is damaged, cut short or was not written by `saveModel`;
 *   ArchitectureMismatchError if its weights are not those of its layers; Error of the system if it cannot be read
 */
export async function loadModel(path: string, layers: LayerClasses = {}): Promise<LoadedModel> {
  const { tensors, metadata } = await read(path);
  const { [VERSION]: version, [CONFIG]: config, ...others } = metadata;
  if (version === undefined || config === undefined) {
    throw new SafetensorsError(
      `${path}: the file holds weights but no layers. Build the model yourself and give it to loadWeights.`,
    );
  }
  if (version !== CURRENT_VERSION) {
    throw new SafetensorsError(
      `${path}: the file has format version ${version}; this Weft reads ${CURRENT_VERSION}. Use a newer Weft.`,
    );
  }
  let model: Sequential;
  try {
    model = sequentialFromConfig(JSON.parse(config), layers);
  } catch (cause) {
    throw new SafetensorsError(`${path}: the layers in the file make no model: ${(cause as Error).message}`, { cause });
  }
  setWeights(path, model, tensors);
  return { model, metadata: others };
}

/**
 * Loads the weights of a file into a model, in place. Either all are changed or none.
 *
 * @returns the texts that were saved with them
 * @throws SafetensorsError if the file is damaged or cut short; ArchitectureMismatchError if its weights are not those
 *   of the model, listing the differences; Error of the system if it cannot be read
 */
export async function loadWeights(path: string, model: Sequential): Promise<Readonly<Record<string, string>>> {
  const { tensors, metadata } = await read(path);
  setWeights(path, model, tensors);
  const { [VERSION]: _version, [CONFIG]: _config, ...others } = metadata;
  return others;
}

async function read(path: string): Promise<SafetensorsContents> {
  // A pipe or a device might never end.
  if (!(await stat(path)).isFile()) throw new SafetensorsError(`${path}: it is no file. Give a .safetensors file.`);
  const bytes = await readFile(path);
  try {
    return decodeSafetensors(bytes);
  } catch (cause) {
    if (!(cause instanceof SafetensorsError)) throw cause;
    throw new SafetensorsError(`${path}: ${cause.message}`, { cause });
  }
}

function setWeights(path: string, model: Sequential, tensors: ReadonlyMap<string, SafetensorsTensor>): void {
  // Compared before the model's own weights are drawn: a damaged file must not make us allocate what it claims.
  const differences = compareWeights(model.parameterSpecifications, tensors);
  if (differences) throw new ArchitectureMismatchError(path, model.name, differences);
  for (const { name, data } of model.parameters) data.set(tensors.get(name)!.data as Float32Array);
}

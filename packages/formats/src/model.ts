import { type LayerClasses, type Sequential, sequentialFromConfig } from '@weft/nn';
import { ArchitectureMismatchError, compareWeights } from './architecture.js';
import { decodeSafetensors } from './safetensors/decode.js';
import type { SafetensorsContents, SafetensorsTensor } from './safetensors/dtypes.js';
import { encodeSafetensors } from './safetensors/encode.js';
import { SafetensorsError } from './safetensors/error.js';

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

/** A model from bytes, and the texts that were saved with it. */
export interface LoadedModel {
  readonly model: Sequential;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The model that `encodeModel` wrote: the layers too.
 *
 * @param layers classes of layers of your own, by type
 * @param source where the bytes are from, such as a path: messages begin with it
 * @throws SafetensorsError if the bytes are damaged, cut short or were not written by `encodeModel`;
 *   ArchitectureMismatchError if the weights are not those of the layers
 */
export function decodeModel(bytes: Uint8Array, layers: LayerClasses = {}, source?: string): LoadedModel {
  const { tensors, metadata } = decode(bytes, source);
  const { [VERSION]: version, [CONFIG]: config, ...others } = metadata;
  if (version === undefined || config === undefined) {
    throw new SafetensorsError(
      `${startOf(source)}the file holds weights but no layers. Build the model yourself and give it to loadWeights.`,
    );
  }
  if (version !== CURRENT_VERSION) {
    throw new SafetensorsError(
      `${startOf(source)}the file has format version ${version}; this Weft reads ${CURRENT_VERSION}. Use a newer Weft.`,
    );
  }
  let model: Sequential;
  try {
    model = sequentialFromConfig(JSON.parse(config), layers);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new SafetensorsError(`${startOf(source)}the layers in the file make no model: ${reason}`, { cause });
  }
  assign(model, tensors, source);
  return { model, metadata: others };
}

/**
 * Sets a model's weights to those that bytes hold, in place. Either all are changed or none.
 *
 * @param source where the bytes are from, such as a path: messages begin with it
 * @returns the texts that were saved with them
 * @throws SafetensorsError if the bytes are damaged or cut short; ArchitectureMismatchError if their weights are not
 *   those of the model, listing the differences
 */
export function setWeights(model: Sequential, bytes: Uint8Array, source?: string): Readonly<Record<string, string>> {
  const { tensors, metadata } = decode(bytes, source);
  assign(model, tensors, source);
  const { [VERSION]: _version, [CONFIG]: _config, ...others } = metadata;
  return others;
}

const startOf = (source: string | undefined) => (source === undefined ? '' : `${source}: `);

function decode(bytes: Uint8Array, source: string | undefined): SafetensorsContents {
  try {
    return decodeSafetensors(bytes);
  } catch (cause) {
    if (!(cause instanceof SafetensorsError)) throw cause;
    throw new SafetensorsError(`${startOf(source)}${cause.message}`, { cause });
  }
}

function assign(model: Sequential, tensors: ReadonlyMap<string, SafetensorsTensor>, source: string | undefined): void {
  // Compared before the model's own weights are drawn: a damaged file must not make us allocate what it claims.
  const differences = compareWeights(model.parameterSpecifications, tensors);
  if (differences) throw new ArchitectureMismatchError(source, model.name, differences);
  for (const { name, data } of model.parameters) data.set(tensors.get(name)!.data as Float32Array);
}

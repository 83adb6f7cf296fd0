import { type BaseModel, type LayerClasses, modelFromConfig } from '@weft/nn';
import { ArchitectureMismatchError, compareWeights } from './architecture.js';
import { decodeSafetensors } from './safetensors/decode.js';
import type { SafetensorsContents, SafetensorsTensor } from './safetensors/dtypes.js';
import { encodeSafetensors } from './safetensors/encode.js';
import { SafetensorsError } from './safetensors/error.js';
import { safetensorsFloats } from './safetensors/floats.js';

/** Names in the metadata that belong to Weft. */
const VERSION = 'weft.version';
const CONFIG = 'weft.config';
/** Changes when older readers could no longer make sense of a file: those of the first know sequential models alone. */
const SEQUENTIAL_VERSION = '1';
const CURRENT_VERSION = '2';

/**
 * The bytes of a file that holds a model: its weights and state in the order of their paths, its layers in the metadata.
 *
 * @param metadata texts of your own
 * @throws TypeError if it is no model; SafetensorsError if a text takes a name that is kept for Weft
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const bytes = encodeModel(model, { epoch: '20' });
 * decodeModel(bytes).metadata.epoch; // '20'
 */
export function encodeModel(
  model: BaseModel,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  checkModel('encodeModel', model);
  for (const name of [VERSION, CONFIG]) {
    if (Object.hasOwn(metadata, name)) throw new SafetensorsError(`the metadata's name '${name}' is kept for Weft.`);
  }
  const tensors = new Map<string, SafetensorsTensor>(
    model.weights.map(({ path, shape, data }) => [path, { dtype: 'F32', shape, data }]),
  );
  return encodeSafetensors(tensors, {
    ...metadata,
    [VERSION]: model.type === 'Sequential' ? SEQUENTIAL_VERSION : CURRENT_VERSION,
    [CONFIG]: JSON.stringify(model.config()),
  });
}

/** @throws TypeError if it is no model; one that holds a model, such as an autoencoder, is told which */
function checkModel(label: string, value: unknown): void {
  const isModel = (each: unknown) => {
    const { weights, config } = (each ?? {}) as Partial<BaseModel>;
    return Array.isArray(weights) && typeof config === 'function' && 'callNamed' in (each as object);
  };
  if (isModel(value)) return;
  const kind = typeof value === 'object' && value !== null ? `an object of ${value.constructor?.name}` : String(value);
  const inner = Object.entries(value ?? {}).filter(([, member]) => isModel(member));
  const advice =
    inner.length > 0
      ? `It holds models: give one of them, such as .${(inner.find(([name]) => name === 'model') ?? inner[0])[0]}.`
      : 'Give a Sequential or a Model.';
  throw new TypeError(`${label}: expected a model, got ${kind}. ${advice}`);
}

/** A model from bytes, and the texts that were saved with it. */
export interface LoadedModel {
  readonly model: BaseModel;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The model that `encodeModel` wrote: the layers too. Weights of F16 and BF16 become float32.
 *
 * @param layers classes of layers of your own, by type
 * @param source where the bytes are from, such as a path: messages begin with it
 * @throws SafetensorsError if the bytes are damaged, cut short or were not written by `encodeModel`;
 *   ArchitectureMismatchError if the weights are not those of the layers
 * @example
 * const bytes = encodeModel(new Sequential([new Dense({ units: 1 })], { inputShape: [2] }));
 * const { model } = decodeModel(bytes);
 * model.weights.map(({ path }) => path); // ['dense/kernel', 'dense/bias']
 */
export function decodeModel(bytes: Uint8Array, layers: LayerClasses = {}, source?: string): LoadedModel {
  const { tensors, metadata } = decode(bytes, source);
  const { [VERSION]: version, [CONFIG]: config, ...others } = metadata;
  if (version === undefined || config === undefined) {
    throw new SafetensorsError(
      `${startOf(source)}the file holds weights but no layers. Build the model yourself and give it to loadWeights.`,
    );
  }
  if (version !== SEQUENTIAL_VERSION && version !== CURRENT_VERSION) {
    throw new SafetensorsError(
      `${startOf(source)}the file has format version ${version}; this Weft reads ${SEQUENTIAL_VERSION} and ${CURRENT_VERSION}. Use a newer Weft.`,
    );
  }
  let model: BaseModel;
  try {
    model = modelFromConfig(JSON.parse(config), layers);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new SafetensorsError(`${startOf(source)}the layers in the file make no model: ${reason}`, { cause });
  }
  assign(model, tensors, source);
  return { model, metadata: others };
}

/**
 * Sets a model's weights to those that bytes hold: F32, or F16 and BF16, which become float32. Either all are changed or
 * none.
 *
 * @param source where the bytes are from, such as a path: messages begin with it
 * @returns the texts that were saved with them
 * @throws SafetensorsError if the bytes are damaged or cut short; ArchitectureMismatchError if their weights are not
 *   those of the model, listing the differences
 * @example
 * const [trained, fresh] = [1, 2].map((seed) => new Sequential([new Dense({ units: 1 })], { inputShape: [2], seed }));
 * setWeights(fresh, encodeModel(trained));
 * fresh.weights[0].weight.data.join() === trained.weights[0].weight.data.join(); // true
 */
export function setWeights(model: BaseModel, bytes: Uint8Array, source?: string): Readonly<Record<string, string>> {
  checkModel('setWeights', model);
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

function assign(model: BaseModel, tensors: ReadonlyMap<string, SafetensorsTensor>, source: string | undefined): void {
  // Compared before the model's own weights are drawn: a damaged file must not make us allocate what it claims.
  const expected = model.weights.map(({ path, shape }) => ({ name: path, shape }));
  const differences = compareWeights(expected, tensors);
  if (differences) throw new ArchitectureMismatchError(source, model.name, differences);
  for (const { path, weight } of model.weights) weight.assign(safetensorsFloats(tensors.get(path)!));
}

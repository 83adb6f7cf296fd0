import type { BaseModel } from '@weft/nn';
import { type UnpackOptions, unpackZip, ZipError } from '../zip/zip.js';
import { KerasError } from './error.js';
import { type BuiltModel, type LayerPlace, modelFromKeras } from './from-config.js';
import { readHdf5, type WantedArray } from './hdf5.js';
import { classInSnakeCase, numbered } from './names.js';

/** Reads arrays of an HDF5 file, in a thread of its own for instance. */
export type ReadHdf5 = (bytes: Uint8Array, wanted: readonly WantedArray[]) => Promise<readonly Float32Array[]>;

const here: ReadHdf5 = async (bytes, wanted) => readHdf5(bytes, wanted);

/**
 * The model that a `.keras` file of Keras 3 holds: a Sequential or a functional model of the layers that both have.
 *
 * @param bytes    the whole file
 * @param options  `maxBytes`: how much is unpacked at most; default 64 MiB or 200 times the file's length, whichever is
 *   more
 * @param readArrays reads its weights; default in this thread, by jsfive, which a hostile file may keep busy for ever:
 *   `loadKerasModel` of `@weft/pool` reads in a worker that can be stopped
 * @throws KerasError naming the layers that Weft does not have, or what is damaged
 * @example
 * const file = new Uint8Array([80, 75, 5, 6, ...new Array(18).fill(0)]); // an empty zip file
 * await decodeKeras(file).catch((error) => error.message); // 'The file has no config.json. Give a .keras file of Keras 3.'
 */
export async function decodeKeras(
  bytes: Uint8Array,
  options: UnpackOptions = {},
  readArrays: ReadHdf5 = here,
): Promise<BaseModel> {
  const files = unpacked(bytes, options);
  const [config, weights] = ['config.json', 'model.weights.h5'].map((name) => {
    const content = files.get(name);
    if (content) return content;
    throw new KerasError(`The file has no ${name}. Give a .keras file of Keras 3.`);
  });
  const built = modelFromKeras(parsed(config));
  await fill(built, weights, readArrays);
  return built.model;
}

/**
 * Sets a model's weights to those of a `.weights.h5` file of Keras 3. Either all are changed or none. Weights lie in the file by
 * the layers' classes and their order, not by names. So the model must be a Sequential of the same layers.
 *
 * @throws KerasError if the weights are not those of the model, or the file is damaged
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * await setKerasWeights(model, new Uint8Array(8)).catch((error) => error.name); // 'KerasError'
 */
export async function setKerasWeights(model: BaseModel, bytes: Uint8Array, readArrays: ReadHdf5 = here): Promise<void> {
  await fill({ model, places: placesOf(model, '', '') }, bytes, readArrays);
}

function unpacked(bytes: Uint8Array, options: UnpackOptions): Map<string, Uint8Array> {
  try {
    return unpackZip(bytes, options);
  } catch (cause) {
    if (!(cause instanceof ZipError)) throw cause;
    throw new KerasError(`${cause.message} Files that Keras 2 wrote, .h5 ones, are saved again by Keras 3.`, { cause });
  }
}

function parsed(config: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(config));
  } catch (cause) {
    throw new KerasError(`config.json is damaged: ${(cause as Error).message.slice(0, 100)}`, { cause });
  }
}

async function fill({ model, places }: BuiltModel, bytes: Uint8Array, readArrays: ReadHdf5): Promise<void> {
  const stored = new Map(places.map((place) => [place.path, place.stored]));
  const counts = new Map<string, number>();
  const wanted = model.weights.map(({ path, shape }): WantedArray => {
    const layer = path.slice(0, path.lastIndexOf('/'));
    const index = counts.get(layer) ?? 0;
    counts.set(layer, index + 1);
    return { path: `${stored.get(layer)}/vars/${index}`, shape };
  });
  const values = await readArrays(bytes, wanted);
  for (const [at, { weight }] of model.weights.entries()) weight.assign(values[at]);
}

/** Where the weights of a model's layers lie, if it is one row of layers. */
function placesOf(model: BaseModel, prefix: string, storedPrefix: string): LayerPlace[] {
  if (model.type !== 'Sequential') {
    throw new KerasError(
      `${model.name} is no Sequential: a .weights.h5 file does not say which weights are whose. Give the .keras file.`,
    );
  }
  const unique = numbered();
  return model.layers.flatMap((layer) => {
    const path = `${prefix}${layer.name}`;
    const stored = `${storedPrefix}layers/${unique(classInSnakeCase(layer.type))}`;
    return 'layers' in layer ? placesOf(layer as unknown as BaseModel, `${path}/`, `${stored}/`) : [{ stored, path }];
  });
}

import { extname, resolve } from 'node:path';
import { type Autoencoder, autoencoderOf, buildAutoencoder, type ModelKey } from '@weft/models';
import type { BaseModel } from '@weft/nn';
import { loadModel } from '@weft/pool';
import type { Kind } from '../arguments/kinds.js';
import { kebab } from '../arguments/table.js';
import { modelOptions, optionsOfModel } from '../commands/model-options.js';
import type { TrainOptions } from '../commands/train-options.js';
import { InputError, UsageError } from '../exit.js';
import { callersFolder, shownPath } from './directory.js';
import { onnxModel } from './onnx-model.js';

/** A file of a model. The path is kept in full: a run may be resumed from another folder. */
export const modelPath: Kind<string> = {
  placeholder: 'MODEL',
  expected: 'the path of an .onnx or a .safetensors file',
  example: 'model.onnx',
  read: (text) => (/\.(onnx|safetensors)$/i.test(text) ? resolve(callersFolder(), text) : undefined),
};

/** Kinds that any autoencoder can be trained as: their layers are told by their sizes. */
const ANY: readonly string[] = ['cae', 'cdae'] satisfies readonly ModelKey[];

/**
 * The options of a training, of which `--from` decides some.
 *
 * @throws UsageError if others do not go with it
 */
export function withModelOf(options: TrainOptions, given: ReadonlySet<string>): TrainOptions {
  if (options.from === undefined) return options;
  const model = options.model === 'all' && !given.has('model') ? 'cae' : options.model;
  if (!ANY.includes(model)) {
    throw new UsageError(`--from: got --model ${options.model}, expected ${ANY.join(' or ')}. Give one of them.`);
  }
  const own = Object.keys(modelOptions).find((name) => given.has(name));
  if (own !== undefined) {
    throw new UsageError(`--${kebab(own)}: the model of --from has its layers. Leave one of the two out.`);
  }
  return { ...options, model };
}

/** Size of the images of the data. */
interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * The model that a training begins with: a new one, or that of `--from`.
 *
 * @throws RangeError if a new one cannot be built; InputError if the file is none, or its model does not fit the images
 */
export async function firstModel(
  key: ModelKey,
  options: Pick<TrainOptions, 'from' | 'seed'> & Parameters<typeof optionsOfModel>[0],
  { height, width, channels }: ImageSize,
): Promise<Autoencoder> {
  const { from, seed } = options;
  if (from === undefined) {
    return buildAutoencoder(key, { height, width, channels, seed, ...optionsOfModel(options, key) });
  }
  const model = await modelIn(from);
  const image = `[${[height, width, channels]}]`;
  const shapes = [model.inputs, model.outputs].map((each) => each.map(({ shape }) => `[${shape}]`).join(' and '));
  if (shapes.some((shape) => shape !== image)) {
    throw new InputError(
      `--from: the model of ${shownPath(from)} makes ${shapes[1]} of ${shapes[0]}, but the images are ${image}. Give an autoencoder for images of that size, or other data.`,
    );
  }
  try {
    return autoencoderOf(key, model);
  } catch (cause) {
    throw new InputError(`--from: ${shownPath(from)}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws InputError, SafetensorsError */
const modelIn = async (path: string): Promise<BaseModel> =>
  extname(path).toLowerCase() === '.onnx' ? onnxModel(path) : (await loadModel(path)).model;

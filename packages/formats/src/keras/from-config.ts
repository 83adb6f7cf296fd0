import type { BaseModel } from '@weft/nn';
import { modelFromConfig } from '@weft/nn';
import { shown } from '../safetensors/shown.js';
import { type Data, type Entry, entryOf, exampleShape, inputOf } from './entry.js';
import { KerasError } from './error.js';
import { graphOf } from './graph.js';
import { isOfSequences, SHARED_LAYERS } from './layers.js';
import { camel, classInSnakeCase, numbered } from './names.js';
import { fromKeras, isRecord } from './values.js';

/** Where a layer's weights lie in the file of weights, and in the model. */
export interface LayerPlace {
  /** Such as `layers/conv2d_1`. */
  readonly stored: string;
  /** Its path in the model, such as `enc_conv2`. */
  readonly path: string;
}

/** A model of Keras as Weft builds it, with its first weights. */
export interface BuiltModel {
  readonly model: BaseModel;
  readonly places: readonly LayerPlace[];
}

/** How deep models may lie in models. */
const DEEPEST = 100;

/** Options that mean nothing here: how random numbers are seeded, and what belongs to one that is switched off. */
const IGNORED = ['seed', 'renorm_momentum', 'fill_mode', 'fill_value', 'value_range', 'data_format'];

/**
 * Builds the model that `config.json` of a `.keras` file describes.
 *
 * @throws KerasError that lists all layers that Weft does not have, or names what does not fit
 */
export function modelFromKeras(config: unknown): BuiltModel {
  const unknown = new Set<string>();
  const places: LayerPlace[] = [];
  const converted = modelConfig(config, { unknown, places, prefix: '', stored: '', depth: 0 });
  if (unknown.size > 0) {
    throw new KerasError(
      `Weft does not have these layers: ${[...unknown].slice(0, 50).join(', ')}. It has ${Object.keys(SHARED_LAYERS).join(', ')}, Sequential and functional models.`,
    );
  }
  try {
    return { model: modelFromConfig(converted), places };
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof TypeError)) throw cause;
    throw new KerasError(`The layers make no model: ${cause.message}`, { cause });
  }
}

interface Walk {
  readonly unknown: Set<string>;
  readonly places: LayerPlace[];
  /** Of paths in the model, and in the file of weights. */
  readonly prefix: string;
  readonly stored: string;
  readonly depth: number;
}

const isModel = ({ type }: Entry) => type === 'Sequential' || type === 'Functional' || type === 'Model';

function modelConfig(value: unknown, walk: Walk): Data {
  const { type, config } = entryOf(value);
  const { name, trainable, layers } = config;
  if (walk.depth > DEEPEST) throw new KerasError(`Models lie deeper than ${DEEPEST} in one another.`);
  if (!Array.isArray(layers)) throw new KerasError(`${type}: its layers are not listed. Save the model by Keras 3.`);
  const entries = layers.map(entryOf);
  const unique = numbered();
  const made = new Map<string, Data>();
  for (const entry of entries) {
    const isInput = entry.type === 'InputLayer';
    // A Sequential keeps no weights for its input.
    const stored = isInput && type === 'Sequential' ? '' : `layers/${unique(classInSnakeCase(entry.type))}`;
    if (!isInput) made.set(entry.name, blockConfig(entry, walk, stored));
  }
  const options = { name, ...(trainable === false && { trainable }) };
  const blocks = [...made.values()];
  if (type === 'Sequential') return { ...options, ...sequentialInput(entries, config), layers: blocks };
  return { ...options, layers: blocks, ...graphOf(entries, made, config) };
}

function blockConfig(entry: Entry, walk: Walk, stored: string): Data {
  const path = `${walk.prefix}${entry.name}`;
  const place = `${walk.stored}${stored}`;
  if (!isModel(entry)) {
    walk.places.push({ stored: place, path });
    return { type: entry.type, config: layerConfig(entry, walk) };
  }
  const inner = { ...walk, prefix: `${path}/`, stored: `${place}/`, depth: walk.depth + 1 };
  const config = modelConfig(entry.value, inner);
  return { type: 'nodes' in config ? 'Model' : 'Sequential', config };
}

function layerConfig({ type, module, name, config }: Entry, { unknown }: Walk): Data {
  const isOurs = /^keras\.(?:src\.)?layers\b/.test(module) && Object.hasOwn(SHARED_LAYERS, type);
  if (!isOurs) {
    unknown.add(`${type.slice(0, 60)} '${name.slice(0, 60)}'`);
    return {};
  }
  const label = `${type} '${name}'`;
  const converted: Record<string, unknown> = { name };
  if (config.trainable === false) converted.trainable = false;
  for (const [key, value] of Object.entries(config)) {
    const option = camel(key);
    if (['name', 'trainable'].includes(key) || value === null) continue;
    if (key === 'dtype') checkPolicy(label, value);
    else if (option === 'activityRegularizer' || SHARED_LAYERS[type].includes(option)) {
      const ours = fromKeras(label, option, isOfSequences(type) ? alone(value) : value);
      if (ours !== undefined) converted[option] = ours;
    } else if (key === 'data_format' ? value !== 'channels_last' : value !== false && !IGNORED.includes(key)) {
      throw new KerasError(`${label}: Weft has no ${key}, which is ${shown(value)}.`);
    }
  }
  return converted;
}

/** The one number of a list. */
const alone = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value);

/** @throws KerasError if the layer does not compute in float32 */
function checkPolicy(label: string, dtype: unknown): void {
  const policy = isRecord(dtype) && isRecord(dtype.config) ? dtype.config.name : dtype;
  if (policy === 'float32' || (typeof policy === 'string' && policy.startsWith('mixed_'))) return;
  throw new KerasError(`${label} computes in ${shown(policy)}; Weft has float32.`);
}

function sequentialInput(entries: readonly Entry[], { build_input_shape: built }: Data): Data {
  const input = entries.find(({ type }) => type === 'InputLayer');
  if (input) {
    const { shape, dtype } = inputOf(input);
    return { inputShape: shape, ...(dtype !== 'float32' && { inputDtype: dtype }) };
  }
  return { inputShape: exampleShape('The model', built) };
}

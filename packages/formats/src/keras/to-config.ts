import type { Data } from './entry.js';
import { KerasError } from './error.js';
import { ACTIVATION_LAYERS, SHARED_LAYERS } from './layers.js';
import { snake } from './names.js';
import { toKeras } from './values.js';

/**
 * A model's configuration with the layers as Keras has them; the loader builds it.
 *
 * @param config what `config()` of a model gives
 * @throws KerasError that lists all layers that Keras does not have
 */
export function kerasPlan(config: Data): Data {
  const unknown = new Set<string>();
  const plan = planOf(config, unknown);
  if (unknown.size === 0) return plan;
  throw new KerasError(
    `Keras does not have these layers: ${[...unknown].join(', ')}. It has ${[...Object.keys(SHARED_LAYERS), ...Object.keys(ACTIVATION_LAYERS)].join(', ')}. A model without them can be exported, such as the encoder or decoder of an autoencoder.`,
  );
}

const LAYER = { module: 'keras.layers' } as const;

function planOf(
  { name, layers, inputShape, inputDtype = 'float32', inputs, nodes, outputs }: Data,
  unknown: Set<string>,
): Data {
  const entries = (layers as readonly Data[]).map(({ type, config }) => {
    const isModel = type === 'Sequential' || type === 'Model';
    return isModel ? planOf(config as Data, unknown) : layerOf(String(type), config as Data, unknown);
  });
  return nodes === undefined
    ? { name, input_shape: inputShape, dtype: inputDtype, layers: entries }
    : { name, inputs, layers: entries, nodes, outputs };
}

function layerOf(type: string, config: Data, unknown: Set<string>): Data {
  const { name, trainable, ...options } = config;
  const common = { name, ...(trainable === false && { trainable }) };
  if (Object.hasOwn(ACTIVATION_LAYERS, type) && options.approximate !== true) {
    return { ...LAYER, class_name: 'Activation', config: { ...common, activation: ACTIVATION_LAYERS[type] } };
  }
  const known = Object.hasOwn(SHARED_LAYERS, type) ? [...SHARED_LAYERS[type], 'activityRegularizer'] : undefined;
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null);
  if (!known || given.some(([option]) => !known.includes(option)) || leaps(options)) {
    unknown.add(`${type} '${name}'`);
    return {};
  }
  const converted = given.map(([option, value]) => [snake(option), toKeras(option, value)]);
  return { ...LAYER, class_name: type, config: { ...common, ...Object.fromEntries(converted) } };
}

const largest = (sizes: unknown) => Math.max(1, ...(Array.isArray(sizes) ? sizes : [sizes ?? 1]));

/** Whether a kernel with gaps moves by more than a pixel, which Keras refuses. */
const leaps = ({ strides, dilationRate }: Data) => largest(strides) > 1 && largest(dilationRate) > 1;

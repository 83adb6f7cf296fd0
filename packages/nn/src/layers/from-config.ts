import { Activation } from './activation.js';
import { Conv2D } from './conv2d.js';
import { Dense } from './dense.js';
import { Dropout } from './dropout.js';
import type { Layer } from './layer.js';
import { AveragePooling2D, MaxPooling2D } from './pooling2d.js';
import { Flatten, Reshape } from './reshape.js';
import { Sequential, type SequentialOptions } from './sequential.js';
import { UpSampling2D } from './upsampling2d.js';

/** Classes of layers by type; each takes what `config()` of its layers gave. */
export type LayerClasses = Readonly<Record<string, new (config: never) => Layer>>;

const known: LayerClasses = {
  Activation,
  AveragePooling2D,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  MaxPooling2D,
  Reshape,
  UpSampling2D,
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The model that `Sequential.config()` described, with its first weights: the same bits if it was no slice.
 *
 * @param config plain data, such as parsed JSON; nothing is taken for granted
 * @param custom classes of layers of your own, by type
 * @throws RangeError naming what is missing, unknown or not what it must be
 */
export function sequentialFromConfig(config: unknown, custom: LayerClasses = {}): Sequential {
  if (!isRecord(config) || !Array.isArray(config.layers)) {
    throw new RangeError('sequentialFromConfig: expected { name, inputShape, seed, purpose, layers }.');
  }
  const classes = new Map([...Object.entries(known), ...Object.entries(custom)]);
  const layers = config.layers.map((entry: unknown, position) => {
    if (!isRecord(entry) || typeof entry.type !== 'string' || !isRecord(entry.config)) {
      throw new RangeError(`sequentialFromConfig: the layer at position ${position} is not { type, config }.`);
    }
    const layerClass = classes.get(entry.type);
    if (!layerClass) {
      throw new RangeError(
        `sequentialFromConfig: there is no layer '${entry.type}'. Known are ${[...classes.keys()].join(', ')}; ` +
          'pass classes of your own as the second argument.',
      );
    }
    return new layerClass(entry.config as never);
  });
  // Sequential checks the options itself: what a file says has no types.
  const { name, inputShape, seed, purpose } = config;
  return new Sequential(layers, { name, inputShape, seed, purpose } as SequentialOptions);
}

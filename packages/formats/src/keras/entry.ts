import { shown } from '../safetensors/shown.js';
import { KerasError } from './error.js';
import { isRecord } from './values.js';

export type Data = Readonly<Record<string, unknown>>;

/** Of a layer, or of a model in a model: what Keras has serialised. */
export interface Entry {
  /** As it stands in the file. */
  readonly value: unknown;
  readonly type: string;
  readonly module: string;
  readonly name: string;
  readonly config: Data;
  /** Where its inputs come from, in a functional model. */
  readonly nodes: readonly unknown[];
}

/** @throws KerasError if it is none */
export function entryOf(value: unknown): Entry {
  const { class_name: type, module, config, inbound_nodes: nodes } = isRecord(value) ? value : {};
  const name = isRecord(config) ? config.name : undefined;
  if (typeof type !== 'string' || !isRecord(config) || typeof name !== 'string') {
    throw new KerasError('A layer is not described by class_name and config with a name.');
  }
  return {
    value,
    type,
    module: typeof module === 'string' ? module : '',
    name,
    config,
    nodes: Array.isArray(nodes) ? nodes : [],
  };
}

/** Shape and dtype of an input, without the batch. */
export function inputOf({ name, config }: Entry): {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: unknown;
} {
  return { name, shape: exampleShape(`Input '${name}'`, config.batch_shape), dtype: config.dtype ?? 'float32' };
}

/** @throws KerasError unless all axes but the batch have a length */
export function exampleShape(label: string, shape: unknown): number[] {
  const [, ...axes] = Array.isArray(shape) ? shape : [];
  if (Array.isArray(shape) && shape.length > 0 && axes.every(Number.isSafeInteger)) return axes;
  throw new KerasError(
    `${label} has the shape ${shown(shape)}; Weft needs the length of each axis but the batch. Build the model for one size, and save it again.`,
  );
}

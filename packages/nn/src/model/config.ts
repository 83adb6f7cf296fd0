import type { Block } from './block.js';

/** A layer or a model within a model, as plain data. */
export interface LayerConfig {
  /** The class's name, such as `Conv2D`. */
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A layer or a model as plain data, under the name that a model has for it. */
export function blockConfig(block: Block, name: string): LayerConfig {
  return { type: block.type, config: { ...(block.config() as Record<string, unknown>), name } };
}

/** The options of a model that all kinds have, as plain data. */
export function optionsConfig(model: {
  readonly name: string;
  readonly seed: number;
  readonly stream: number;
  readonly trainable: boolean;
}): { name: string; seed: number; stream: number; trainable?: boolean } {
  const { name, seed, stream, trainable } = model;
  return { name, seed, stream, ...(!trainable && { trainable }) };
}

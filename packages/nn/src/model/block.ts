import type { DType, Shape, Tensor } from '@weft/core';
import type { ModelWeight } from '../weights/weight.js';
import type { CallContext } from './context.js';

/** One of something, several in order, or several by name. */
export type Nest<T> = T | readonly T[] | Readonly<Record<string, T>>;
/** One, or several by name. */
export type Named<T> = T | Readonly<Record<string, T>>;

/** What is known of a tensor before it has values. */
export interface Shaped {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A layer or a model: what can stand in a model. */
export interface Block {
  /** Empty until it is given or chosen. */
  readonly name: string;
  /** What kind it is, as Keras names it, such as `Conv2D` or `Sequential`. */
  readonly type: string;
  /** Whether training may change its weights. */
  trainable: boolean;
  /** @internal Takes a name that a model has chosen for it, as it has none. */
  takeName(name: string): void;
  /** @internal Makes the weights for inputs, whose shapes are without the batch; gives shapes of outputs, likewise. */
  connect(inputs: Nest<Shaped>): Named<Shape>;
  /** @internal Weights, with paths from here. */
  listWeights(): readonly ModelWeight[];
  /** @internal The outputs for some inputs. */
  invoke(inputs: Nest<Tensor>, context: CallContext): Named<Tensor>;
  /** Plain data from which the same block is built again. */
  config(): object;
}

/** Whether a part of a nest is one of its leaves: a tensor, symbolic or not. */
function isLeaf(value: unknown): boolean {
  const { shape, dtype } = (value ?? {}) as { shape?: unknown; dtype?: unknown };
  return Array.isArray(shape) && typeof dtype === 'string';
}

/** Tensors replaced one by one; lists stay lists, and records records. */
export function mapNest<T extends { readonly shape: Shape }, U>(nest: Nest<T>, change: (leaf: T) => U): Nest<U> {
  if (Array.isArray(nest)) return (nest as readonly T[]).map(change);
  if (isLeaf(nest)) return change(nest as T);
  return Object.fromEntries(Object.entries(nest as Record<string, T>).map(([name, leaf]) => [name, change(leaf)]));
}

/** The tensors of a nest, in their order. */
export function leavesOf<T extends { readonly shape: Shape }>(nest: Nest<T>): readonly T[] {
  if (Array.isArray(nest)) return nest;
  return isLeaf(nest) ? [nest as T] : Object.values(nest as Record<string, T>);
}

/** Whether it is a record of tensors by name. */
export function isRecordOf<T extends { readonly shape: Shape }>(nest: Nest<T>): nest is Readonly<Record<string, T>> {
  return typeof nest === 'object' && nest !== null && !Array.isArray(nest) && !isLeaf(nest);
}

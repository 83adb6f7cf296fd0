import type { Shape } from '@weft/core';
import { sameShape } from '@weft/core/program';
import type { Table } from './data.js';

/** Outputs of a model. */
export type Outputs = readonly { readonly name: string; readonly shape: Shape }[];

/**
 * How many classes the labels of a target may name: those along the last axis of its output.
 *
 * @returns undefined if the target has no label in the place of several classes
 */
export function classesOf(outputs: Outputs, target: string, { shape }: Pick<Table, 'shape'>): number | undefined {
  const output = outputs.find(({ name }) => name === target)?.shape ?? [];
  const places = output.slice(0, -1);
  const classes = output[output.length - 1] ?? 1;
  return classes > 1 && (sameShape(shape, places) || sameShape(shape, [...places, 1])) ? classes : undefined;
}

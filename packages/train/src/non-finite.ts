import type { Shape } from '@weft/core';
import type { Sequential } from '@weft/nn';
import type { Examples, ExampleValues } from './examples.js';

/** A number in the data that is not finite. */
export interface NonFiniteValue {
  readonly array: string;
  /** Number of the example, from 0. */
  readonly example: number;
  /** Its place in the example. */
  readonly place: readonly number[];
  readonly value: number;
}

/** The first number that is not finite in one of the arrays; undefined if there is none, as in arrays of bytes. */
export function findNonFinite(model: Sequential, { x, y }: Examples): NonFiniteValue | undefined {
  return firstIn('x', x, model.inputShape) ?? (y && firstIn('y', y, model.outputShape));
}

function firstIn(array: string, values: ExampleValues, shape: Shape): NonFiniteValue | undefined {
  if (!(values instanceof Float32Array)) return undefined;
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return undefined;
  const size = shape.reduce((product, length) => product * length, 1);
  let rest = index % size;
  const place = shape
    .toReversed()
    .map((length) => {
      const position = rest % length;
      rest = Math.floor(rest / length);
      return position;
    })
    .reverse();
  return { array, example: Math.floor(index / size), place, value: values[index] };
}

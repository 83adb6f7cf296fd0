import { sizeOf } from '@weft/core/program';
import type { NamedExamples, Table } from './data.js';
import { tablesOf } from './step/trace-batch.js';

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
export function findNonFinite(examples: NamedExamples): NonFiniteValue | undefined {
  for (const table of tablesOf(examples)) {
    const found = firstIn(table);
    if (found) return found;
  }
  return undefined;
}

function firstIn({ label, values, shape }: Table): NonFiniteValue | undefined {
  if (!(values instanceof Float32Array)) return undefined;
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return undefined;
  const size = sizeOf(shape);
  let rest = index % size;
  const place = shape
    .toReversed()
    .map((length) => {
      const position = rest % length;
      rest = Math.floor(rest / length);
      return position;
    })
    .reverse();
  return { array: label, example: Math.floor(index / size), place, value: values[index] };
}

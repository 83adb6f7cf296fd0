import { sizeOf } from '@weft/core/program';
import type { NamedExamples, Table } from './data.js';
import { classesOf, type Outputs } from './labels.js';
import { tablesOf } from './step/trace-batch.js';

/** A number in the data that is not finite, or a label that is no class. */
export interface NonFiniteValue {
  readonly array: string;
  /** Number of the example, from 0. */
  readonly example: number;
  /** Its place in the example. */
  readonly place: readonly number[];
  readonly value: number;
  /** How many classes the output has, where the value is a label that is none of them. */
  readonly classes?: number;
}

/**
 * What may be wrong with the data where a loss is not finite: the first number that is not finite in one of the arrays,
 * else the first label that is no class; undefined if there is none.
 */
export function findNonFinite(examples: NamedExamples, outputs: Outputs): NonFiniteValue | undefined {
  for (const table of tablesOf(examples)) {
    const found = table.values instanceof Float32Array && firstIn(table, Number.isFinite);
    if (found) return found;
  }
  for (const [name, table] of Object.entries(examples.targets)) {
    const classes = classesOf(outputs, name, table);
    if (classes === undefined || table.scale !== 1) continue;
    const found = firstIn(table, (value) => Number.isInteger(value) && value >= 0 && value < classes);
    if (found) return { ...found, classes };
  }
  return undefined;
}

function firstIn({ label, values, shape }: Table, isRight: (value: number) => boolean): NonFiniteValue | undefined {
  const index = values.findIndex((value) => !isRight(value));
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

import { div, mul, placeholder, type Tensor, takeRows } from '@weft/core';
import type { NamedExamples, Table } from '../data.js';

/** The tensors of a batch before anything is computed of them, and what stands for them among a program's inputs. */
export interface BatchTensors {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly targets: Readonly<Record<string, Tensor>>;
  readonly sampleWeight: Tensor | undefined;
  /** Low and high words of the seed, uint32 [2]. */
  readonly seed: Tensor;
  /** uint32 [batch, 2]: (number of the example, 0), the same in every epoch. */
  readonly exampleKeys: Tensor;
  /** uint32 [batch, 2]: (number of the example, epoch + 1), new in every epoch. */
  readonly epochKeys: Tensor;
  /** Placeholders in the order in which programs have them as their first inputs. */
  readonly placeholders: readonly Tensor[];
  /** Positions of those whose axis 0 is that of the examples. */
  readonly examples: readonly number[];
}

/** All tables of some examples, in the order of their placeholders; one that is used twice stands once. */
export function tablesOf({ inputs, targets, sampleWeight }: NamedExamples): Table[] {
  const tables = [...Object.values(inputs), ...Object.values(targets), ...(sampleWeight ? [sampleWeight] : [])];
  return tables.filter((table, index) => tables.findIndex((other) => isSame(other, table)) === index);
}

const isSame = (a: Table, b: Table) =>
  a.values === b.values && a.scale === b.scale && a.shape.join() === b.shape.join();

/** Placeholders for a batch of examples. */
export function batchTensors(examples: NamedExamples, batch: number): BatchTensors {
  const index = placeholder({ shape: [batch], dtype: 'uint32' }, 'index');
  const exampleKeys = placeholder({ shape: [batch, 2], dtype: 'uint32' }, 'exampleKeys');
  const epochKeys = placeholder({ shape: [batch, 2], dtype: 'uint32' }, 'epochKeys');
  const seed = placeholder({ shape: [2], dtype: 'uint32' }, 'seed');
  const tables = tablesOf(examples);
  const stored = tables.map(({ label, dtype, shape }) =>
    placeholder({ shape: [examples.count, ...shape], dtype }, label),
  );
  const taken = tables.map((table, which) => scaled(takeRows(stored[which], index), table));
  const tensorOf = (table: Table) => taken[tables.findIndex((other) => isSame(other, table))];
  const named = (record: Readonly<Record<string, Table>>) =>
    Object.fromEntries(Object.entries(record).map(([name, table]) => [name, tensorOf(table)]));
  return {
    inputs: named(examples.inputs),
    targets: named(examples.targets),
    sampleWeight: examples.sampleWeight && tensorOf(examples.sampleWeight),
    seed,
    exampleKeys,
    epochKeys,
    placeholders: [index, exampleKeys, epochKeys, seed, ...stored],
    examples: [0, 1, 2],
  };
}

/** Numbers times their scale. One over a whole number is divided by, which rounds once: x / 255 is x / 255. */
function scaled(x: Tensor, { scale }: Table): Tensor {
  if (scale === 1) return x;
  const inverse = Math.round(1 / scale);
  return inverse > 1 && 1 / inverse === scale ? div(x, inverse) : mul(x, scale);
}

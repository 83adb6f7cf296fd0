import { sizeOf } from '@weft/core/program';
import type { ExampleValues, NamedExamples, Table } from '../data.js';
import type { ExampleOrder, SessionMemory } from '../step/session.js';

/** The arrays of some examples by what errors call them. */
export function allTables({ inputs, targets, sampleWeight }: NamedExamples): Map<string, Table> {
  const named = (role: string, tables: Readonly<Record<string, Table>>) =>
    Object.entries(tables).map(([name, table]): [string, Table] => [
      Object.keys(tables).length === 1 ? role : `${role}.${name}`,
      table,
    ]);
  return new Map([
    ...named('x', inputs),
    ...named('y', targets),
    ...(sampleWeight ? [['sampleWeight', sampleWeight] as const] : []),
  ]);
}

/** Which of two batches that are in memory at the same time. */
export type Half = 0 | 1;

/**
 * Shared memory for two batches of a stream: workers compute one while the other is written. Programs see it as arrays
 * of examples, of which each batch takes the first or the second half.
 */
export class Ring {
  /** Examples to a half. */
  readonly capacity: number;
  /** What programs see. The arrays here stay zeros: they say how much memory is needed. */
  readonly examples: NamedExamples;

  /** @param first batch, the largest */
  constructor(first: NamedExamples) {
    this.capacity = first.count;
    const count = 2 * first.count;
    const known = new Map<ExampleValues, Table>();
    const room = (table: Table, label: string): Table => {
      const { dtype, shape, values } = table;
      const length = count * sizeOf(shape);
      const made = { ...table, label, values: arrayLike(dtype, length) };
      known.set(values, made);
      return made;
    };
    const rooms = (tables: Readonly<Record<string, Table>>, make: (table: Table) => Table) =>
      Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, make(table)]));
    const labelOf = ({ label }: Table) => label.slice(label.lastIndexOf(': ') + 1).trim();
    const inputs = rooms(first.inputs, (table) => room(table, labelOf(table)));
    const ofInputs = new Map(known);
    this.examples = {
      count,
      inputs,
      // Targets that were left out are the inputs, which lie in memory once.
      targets: rooms(first.targets, (table) => {
        const input = ofInputs.get(table.values);
        return input ? { ...input, label: labelOf(table) } : room(table, labelOf(table));
      }),
      sampleWeight: first.sampleWeight && room(first.sampleWeight, labelOf(first.sampleWeight)),
    };
  }

  /**
   * Writes a batch.
   *
   * @param before examples of the epoch that came before it, for the keys of draws of a batch without numbers
   */
  write(session: SessionMemory, order: ExampleOrder, half: Half, batch: NamedExamples, before: number, epoch: number) {
    const rooms = allTables(this.examples);
    for (const [name, { values, shape }] of allTables(batch)) {
      const view = session.writable(rooms.get(name) as Table);
      view.set(values, half * this.capacity * sizeOf(shape));
    }
    const begin = half * this.capacity;
    for (let at = 0; at < batch.count; at++) {
      const number = batch.numbers?.[at] ?? before + at;
      order.index[begin + at] = begin + at;
      order.exampleKeys.set([number, 0], 2 * (begin + at));
      order.epochKeys.set([number, epoch + 1], 2 * (begin + at));
    }
  }
}

function arrayLike(dtype: Table['dtype'], length: number): ExampleValues {
  if (dtype === 'uint8') return new Uint8Array(length);
  return dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
}

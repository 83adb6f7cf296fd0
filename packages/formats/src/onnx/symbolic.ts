import type { DType } from '@weft/core';
import type { Operation, Program } from '@weft/core/program';

/** A length: a number, or so many for each example of a batch. */
export type Length = number | { readonly batch: number };

/** The type of a value whose axes may be as long as the batch. */
export interface SymbolicType {
  readonly shape: readonly Length[];
  readonly dtype: DType;
}

/** A program for any batch: lengths that follow the batch are symbolic, in types and in attributes. */
export interface SymbolicProgram {
  readonly values: readonly SymbolicType[];
  readonly inputs: readonly number[];
  readonly operations: readonly Operation[];
  readonly outputs: readonly number[];
}

/** Where a program does not follow the batch by lengths alone. */
export class BatchDependence extends Error {}

/**
 * One program for any batch, from the programs for two batches: numbers that differ must be multiples of the batch.
 *
 * @throws BatchDependence saying where they differ in another way
 */
export function symbolicProgram(first: Program, second: Program, batches: readonly [number, number]): SymbolicProgram {
  const [count, other] = [first, second].map(({ operations }) => operations.length);
  if (count !== other) throw new BatchDependence(`it has ${count} operations for one batch and ${other} for another`);
  const operations = first.operations.map((operation, index) => {
    const twin = second.operations[index];
    const isSame = operation.name === twin.name && operation.inputs.join() === twin.inputs.join();
    if (!isSame) throw new BatchDependence(`${operation.name} is ${twin.name} for another batch`);
    return {
      ...operation,
      attributes: unified(operation.attributes, twin.attributes, batches, operation.name) as Operation['attributes'],
    };
  });
  const values = first.values.map(
    (type, index) => unified(type, second.values[index], batches, 'a shape') as SymbolicType,
  );
  return { values, inputs: first.inputs, operations, outputs: first.outputs };
}

function unified(a: unknown, b: unknown, batches: readonly [number, number], where: string): unknown {
  if (a === b) return a;
  if (typeof a === 'number' && typeof b === 'number') {
    const perExample = (b - a) / (batches[1] - batches[0]);
    if (Number.isInteger(perExample) && perExample > 0 && perExample * batches[0] === a) return { batch: perExample };
    throw new BatchDependence(`${where} has ${a} for a batch of ${batches[0]} and ${b} for one of ${batches[1]}`);
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    return a.map((each, index) => unified(each, b[index], batches, where));
  }
  const areRecords = typeof a === 'object' && typeof b === 'object' && a && b && !Array.isArray(a) && !Array.isArray(b);
  if (areRecords && Object.keys(a).join() === Object.keys(b).join()) {
    const twin = b as Readonly<Record<string, unknown>>;
    return Object.fromEntries(Object.entries(a).map(([key, each]) => [key, unified(each, twin[key], batches, where)]));
  }
  throw new BatchDependence(`${where} differs from batch to batch`);
}

/** Whether two lengths are the same for every batch. */
const sameLength = (a: Length, b: Length): boolean =>
  typeof a === 'number' || typeof b === 'number' ? a === b : a.batch === b.batch;

/** Whether two shapes are the same for every batch. */
export const sameLengths = (a: readonly Length[], b: readonly Length[]): boolean =>
  a.length === b.length && a.every((length, axis) => sameLength(length, b[axis]));

/** What a length that follows the batch is called. */
export const lengthName = (perExample: number): string => (perExample === 1 ? 'batch' : `${perExample}*batch`);

import type { ValueType } from '../tensor/shape.js';
import type { Attributes } from '../tensor/tensor.js';

/** One step of a program: values in, values out, all by number. */
export interface Operation {
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly attributes: Attributes;
}

/**
 * A computation as plain data: it can be stored as JSON and sent to a worker.
 *
 * Values are numbered; `values[i]` is the type of value i. Operations stand in an order in which they can be run.
 */
export interface Program {
  readonly values: readonly ValueType[];
  /** Values given from outside. */
  readonly inputs: readonly number[];
  readonly operations: readonly Operation[];
  /** Values asked for; one may be asked for twice, or be an input. */
  readonly outputs: readonly number[];
}

/** How often each value is used: by operations, and as an output. */
export function useCounts(program: Program): number[] {
  const counts = new Array<number>(program.values.length).fill(0);
  for (const { inputs } of program.operations) for (const value of inputs) counts[value]++;
  for (const value of program.outputs) counts[value]++;
  return counts;
}

/** The values that gradients are asked for in: a pass before `differentiate` must neither replace nor bypass them. */
export function differentiatedValues(program: Program): Set<number> {
  const gradients = program.operations.filter(({ name }) => name === 'gradient');
  return new Set(gradients.flatMap(({ inputs: [_loss, ...parameters] }) => parameters));
}

import { definitionOf } from '../operations/table.js';
import type { TypedArray } from '../tensor/shape.js';
import type { Program } from '../trace/program.js';
import { typedArrayFor } from './typed-array.js';

/**
 * Runs a program with the reference kernels: slow, clear, and the oracle for everything else.
 *
 * @param inputs arrays for the program's inputs, in their order
 * @returns arrays for its outputs, in their order; those that are inputs are the same array
 */
export function runReference(program: Program, inputs: readonly TypedArray[]): TypedArray[] {
  const arrays = new Array<TypedArray>(program.values.length);
  program.inputs.forEach((value, which) => {
    arrays[value] = inputs[which];
  });
  for (const { name, inputs, outputs, attributes } of program.operations) {
    for (const value of outputs) arrays[value] = typedArrayFor(program.values[value]);
    definitionOf(name).reference({
      inputs: inputs.map((value) => arrays[value]),
      outputs: outputs.map((value) => arrays[value]),
      inputTypes: inputs.map((value) => program.values[value]),
      outputTypes: outputs.map((value) => program.values[value]),
      attributes,
    });
  }
  return program.outputs.map((value) => arrays[value]);
}

import { broadcastTo, placeholder, type Tensor } from '@weft/core';
import { applyOperation, isOfKind, type Program, sameShape, sizeOf, trace } from '@weft/core/program';

/**
 * A program that computes each element of arrays of one shape from the same place of others, as a program on flat
 * vectors of some length. Any slice of the arrays can then be computed by itself.
 *
 * @param elements positions of the inputs that are such arrays; the others are the same for all elements
 * @returns undefined if the program does anything else, such as a sum over an array
 */
export function onFlatSlices(program: Program, elements: ReadonlySet<number>, length: number): Program | undefined {
  const [first] = elements;
  const { shape } = program.values[program.inputs[first]];
  // For arrays of one element it is unknown what belongs to the element and what to all.
  if (sizeOf(shape) === 1) return undefined;
  const tensors = new Map<number, Tensor>();
  const ofElements = new Set<number>();
  const inputs = program.inputs.map((value, which) => {
    const type = program.values[value];
    if (elements.has(which)) ofElements.add(value);
    const tensor = placeholder(elements.has(which) ? { ...type, shape: [length] } : type, `input ${which}`);
    tensors.set(value, tensor);
    return tensor;
  });
  for (const { name, inputs: from, outputs, attributes } of program.operations) {
    const operands = from.map((value) => tensors.get(value) as Tensor);
    const reads = from.filter((value) => ofElements.has(value)).length;
    if (
      reads === 0 &&
      name === 'broadcast' &&
      operands[0].size === 1 &&
      sameShape(attributes.shape as number[], shape)
    ) {
      tensors.set(outputs[0], broadcastTo(operands[0], [length]));
      ofElements.add(outputs[0]);
      continue;
    }
    if (reads > 0 && !(reads === from.length && isOfKind(name, 'elementwise'))) return undefined;
    for (const [which, result] of applyOperation(name, operands, attributes).entries()) {
      tensors.set(outputs[which], result);
      if (reads > 0) ofElements.add(outputs[which]);
    }
  }
  if (!program.outputs.every((value) => ofElements.has(value))) return undefined;
  return trace(
    program.outputs.map((value) => tensors.get(value) as Tensor),
    inputs,
  ).program;
}

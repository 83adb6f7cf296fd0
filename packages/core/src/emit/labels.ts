import { matmulSizes } from '../operations/matmul.js';
import { isOfKind } from '../operations/table.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import type { Program } from '../trace/program.js';

/** Names of operations in a label at most, and characters of one: profilers cut longer ones anyway. */
const NAMES = 3;
const LENGTH = 56;

/**
 * What a kernel is called in profilers: its kind, its size and the element-wise operations in it, such as
 * `matmul_6272x9x32_add_relu`.
 */
export function kernelLabel(kind: string, body: Program): string {
  const anchor = body.operations.find(({ name }) => name === kind);
  const walked = body.operations.filter(({ name }) => isOfKind(name, 'elementwise', 'reduction'));
  const names = [...new Set(walked.map(({ name }) => name))].slice(0, NAMES);
  const { values } = body;
  const largest = [...body.outputs, ...body.inputs]
    .map((value) => values[value].shape)
    .reduce<Shape>((most, shape) => (sizeOf(shape) > sizeOf(most) ? shape : most), []);
  let size: Shape = anchor ? values[anchor.outputs[0]].shape : largest;
  if (anchor?.name === 'matmul') {
    const attributes = anchor.attributes as { transposeA: boolean; transposeB: boolean };
    const { batch, m, k, n } = matmulSizes(values[anchor.inputs[0]].shape, values[anchor.inputs[1]].shape, attributes);
    size = batch === 1 ? [m, k, n] : [batch, m, k, n];
  }
  const parts = [kind, size.join('x'), ...names];
  return parts.filter(Boolean).join('_').slice(0, LENGTH);
}

/** The label of a function's name: what stands before the first space. */
export function labelOf(name: string): string {
  return name.split(' ', 1)[0];
}

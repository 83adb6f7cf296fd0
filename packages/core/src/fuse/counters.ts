import type { DepthwiseAttributes } from '../operations/depthwise.js';
import { matmulSizes } from '../operations/matmul.js';
import { windowPositions } from '../operations/window.js';
import { byteLength } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { KernelAttributes } from './kernels.js';

/** What running a program once takes. Unlike time, it is the same in every run, so that tests can hold it. */
export interface ProgramCounts {
  /** Operations by name; kernels of a fused program by kind. */
  readonly operations: Readonly<Record<string, number>>;
  /** Bytes of all operands of all operations: what is read twice by one operation counts once. */
  readonly bytesRead: number;
  /** Bytes of all results. */
  readonly bytesWritten: number;
  /** Multiplications of matrix products and depthwise convolutions, each with its addition. */
  readonly multiplyAccumulates: number;
}

/**
 * Counts the operations of a program, fused or not, the bytes that they move and the products that they compute.
 * Reshapes move nothing.
 *
 * @example
 * const { program } = trace([matmul(ones([2, 3]), ones([3, 4]))]);
 * countProgram(program).multiplyAccumulates; // 24
 */
export function countProgram(program: Program): ProgramCounts {
  const operations: Record<string, number> = {};
  let [bytesRead, bytesWritten, multiplyAccumulates] = [0, 0, 0];
  const bytesOf = (values: readonly number[]) =>
    [...new Set(values)].reduce((total, value) => total + byteLength(program.values[value]), 0);
  for (const operation of program.operations) {
    const { name, inputs, outputs, attributes } = operation;
    if (name === 'reshape') continue;
    const kernel = name === 'kernel' ? (attributes as KernelAttributes) : undefined;
    const key = kernel?.kind ?? name;
    operations[key] = (operations[key] ?? 0) + 1;
    bytesRead += bytesOf(inputs);
    bytesWritten += bytesOf(outputs);
    const { body } = kernel ?? { body: program };
    for (const inner of kernel ? body.operations : [operation]) multiplyAccumulates += productsOf(body, inner);
  }
  return { operations, bytesRead, bytesWritten, multiplyAccumulates };
}

function productsOf({ values }: Program, { name, inputs, attributes }: Operation): number {
  if (name.startsWith('depthwise')) {
    const { window, shape } = attributes as DepthwiseAttributes;
    const [rows, columns] = windowPositions(name, shape, window);
    return shape[0] * rows * columns * shape[3] * window.size[0] * window.size[1];
  }
  if (name !== 'matmul') return 0;
  const transpositions = attributes as { transposeA: boolean; transposeB: boolean };
  const { batch, m, k, n } = matmulSizes(values[inputs[0]].shape, values[inputs[1]].shape, transpositions);
  return batch * m * k * n;
}

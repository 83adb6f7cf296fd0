import { apply } from '../operations/definition.js';
import { matmulDefinition } from '../operations/matmul.js';
import { transpose } from '../operations/reshape.js';
import type { Program } from '../trace/program.js';
import { rewrite } from '../trace/trace.js';

/**
 * Writes the transposition of a right factor as an operation of its own: kernels read B by rows. B is usually
 * a weight, so it is transposed once per step and not once per micro-batch.
 */
export function transposedFactors(program: Program): Program {
  return rewrite(program, ({ name, attributes }, [a, b]) => {
    if (name !== 'matmul' || !attributes.transposeB) return undefined;
    const permutation = b.shape.length === 3 ? [0, 2, 1] : [1, 0];
    const transposeA = attributes.transposeA as boolean;
    return [apply(matmulDefinition, [a, transpose(b, permutation)], { transposeA, transposeB: false })];
  });
}

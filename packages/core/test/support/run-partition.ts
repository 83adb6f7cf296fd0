import { runReference } from '../../src/run/reference.js';
import type { StepProgram } from '../../src/shard/build.js';
import type { Partition } from '../../src/shard/partition.js';
import { type Access, bytesOfRow } from '../../src/shard/plan.js';
import { sizeOf, type TypedArray } from '../../src/tensor/shape.js';

/**
 * Runs a partition with the reference kernels, micro-batch by micro-batch, on plain arrays.
 *
 * @param inputs whole arrays for the inputs of the partitioned program, in their order
 */
export function runPartition(
  { slots, before, phases, outputs }: Partition,
  inputs: readonly TypedArray[],
  batch: number,
  microBatch: number,
): TypedArray[] {
  const memory = slots.map(({ type }) => new Float32Array(sizeOf(type.shape)).fill(Number.NaN));
  const arrayOf = (access: Access) => (access.of === 'input' ? inputs[access.index] : memory[access.index]);
  const part = (access: Access, begin: number, count: number) => {
    const array = arrayOf(access);
    if (access.mode === 'whole') return array;
    const length = array.length / batch;
    return array.subarray(begin * length, (begin + count) * length);
  };
  const run = ({ program, inputs: from, outputs: to }: StepProgram, begin: number, count: number) => {
    const results = runReference(
      program,
      from.map((access) => part(access, begin, count)),
    );
    to.forEach((access, which) => {
      part(access, begin, count).set(results[which]);
    });
  };
  if (before) run(before, 0, batch);
  for (const phase of phases) {
    for (let begin = 0; begin < batch; begin += microBatch) {
      const count = Math.min(microBatch, batch - begin);
      run(phase.micro(count, begin > 0), begin, count);
    }
    if (phase.whole) run(phase.whole, 0, batch);
  }
  for (const slot of slots) if (slot.kind === 'rows') bytesOfRow(slot, batch);
  return outputs.map((access) => arrayOf(access));
}

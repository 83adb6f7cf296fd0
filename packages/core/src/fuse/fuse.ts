import type { Program } from '../trace/program.js';
import { Grouping, type GroupingRule } from './grouping.js';
import { writeKernels } from './kernels.js';
import { joinLoops } from './rules/loops.js';
import { placesBesidePools, placesWithPools } from './rules/pool-places.js';
import { poolInTiles } from './rules/pooled-tiles.js';
import { rootOf } from './space.js';
import { viewsToStore } from './views.js';

/** Where an operation is computed: the first rule that knows a group decides; others begin one of their own. */
const RULES: readonly GroupingRule[] = [joinLoops, placesWithPools, poolInTiles];

/**
 * Groups operations into kernels, each computed in one go. Nothing but the grouping changes: a kernel holds the
 * operations it stands for as a program of its own, so that reference kernels can run what was fused.
 *
 * - Element-wise chains, and reductions of their results, become one loop; broadcasts are strides of zero in it.
 * - Element-wise chains after a matrix product, tiles or pooling run on results before they are stored.
 * - The largest pixel under a window and its place are found together.
 *
 * @example
 * const { program } = trace([relu(add(placeholder({ shape: [4], dtype: 'float32' }, 'x'), 1))]);
 * fuse(lower(program)).operations.length; // 1
 */
export function fuse(input: Program): Program {
  const program = { ...input, operations: placesBesidePools(input.operations) };
  const grouping = new Grouping(program);
  const stored = viewsToStore(program, grouping.producer);
  program.operations.forEach((operation, index) => {
    const { name, inputs } = operation;
    if (name === 'reshape' || name === 'constant') return;
    // Before its first reader, whichever it is: all read what is stored.
    for (const value of inputs)
      if (stored.has(rootOf(grouping.producer, value))) grouping.materialise(value, index - 0.5);
    if (name === 'broadcast') return;
    grouping.add(groupFor(grouping, operation, index), operation, index);
  });
  for (const value of program.outputs) grouping.materialise(value, program.operations.length);
  const groups = [...grouping.groups].sort((a, b) => a.position - b.position);
  return writeKernels(program, groups, (value) => !grouping.isView(value));
}

function groupFor(...[grouping, operation, index]: Parameters<GroupingRule>) {
  for (const rule of RULES) {
    const group = rule(grouping, operation, index);
    if (group) return group;
  }
  return grouping.begin(operation, index);
}

import { isOfKind } from '../../operations/table.js';
import type { Program } from '../../trace/program.js';
import type { Group } from '../group.js';
import type { Grouping, GroupingRule } from '../grouping.js';
import { refine, rootOf, type Space, stridesIn, type View, viewOf } from '../space.js';
import { isInLoop, loopShape } from '../views.js';

/** Operations in one kernel at most: longer chains gain nothing more, and their code would not end. */
const LARGEST_GROUP = 128;

/** What an operation asks of the loop that it joins. */
interface Loop {
  readonly shape: Space;
  readonly views: readonly View[];
  readonly isReduction: boolean;
}

/**
 * Element-wise operations and reductions join the loops and anchors that they read from, which become one; broadcasts
 * are strides of zero in it.
 */
export const joinLoops: GroupingRule = (grouping, operation, index) => {
  if (!isInLoop(operation)) return undefined;
  const { program, producer, groupOf } = grouping;
  const { name, inputs } = operation;
  const shape = loopShape(program, operation);
  const views = inputs
    .filter((value) => grouping.isView(value))
    .map((value) => viewOf(program, producer, value) as View);
  const isReduction = isOfKind(name, 'reduction');
  const candidates = candidatesOf(grouping, inputs);
  const joined = join(program, candidates, { shape, views, isReduction });
  for (const merged of candidates) {
    if (merged !== joined && merged.operations.length === 0) grouping.groups.splice(grouping.groups.indexOf(merged), 1);
  }
  for (const member of joined?.operations ?? []) {
    for (const value of member.outputs) groupOf.set(value, joined as Group);
  }
  const group = joined ?? grouping.begin(operation, index);
  group.views.push(...views);
  group.space = [shape, ...views.map((view) => view.shape)].reduce<Space | undefined>(
    (space, next) => space && refine(space, next),
    group.space ?? shape,
  );
  if (isReduction) group.hasReduction = true;
  return group;
};

/** Open groups that operands are computed in. */
function candidatesOf(grouping: Grouping, inputs: readonly number[]): Group[] {
  const { producer, groupOf } = grouping;
  // What has been reduced is known when its loop is over: nothing in that loop can read it.
  const isReduced = (value: number) => isOfKind(producer[value]?.name ?? '', 'reduction');
  const read = inputs.map((value) => grouping.sourceOf(value)).filter((value) => value !== undefined);
  const over = new Set(read.filter(isReduced).map((value) => groupOf.get(value)));
  const sources = inputs.filter((value) => !grouping.isView(value)).map((value) => rootOf(producer, value));
  const found = sources.map((value) => groupOf.get(value)).filter((group) => group?.open && !over.has(group));
  return [...new Set(found as Group[])];
}

/**
 * Merges those groups that a loop over a shape can be part of, the latest first. Open groups can't depend on each
 * other: an operation that had read them would have closed them.
 *
 * @returns the group that the loop may join, or undefined; groups merged into it are left empty
 */
function join(program: Program, candidates: readonly Group[], loop: Loop): Group | undefined {
  let joined: Group | undefined;
  for (const group of [...candidates].sort((a, b) => b.position - a.position)) {
    const space = commonSpace(program, loop, group, joined);
    if (!space) continue;
    // The kernel has the form of its anchor, if there is one.
    const { anchor, kind } = joined && !group.anchor ? joined : group;
    if (joined) {
      joined.operations.push(...group.operations.splice(0));
      joined.views.push(...group.views);
      joined.hasReduction ||= group.hasReduction;
    } else {
      joined = group;
    }
    Object.assign(joined, { space, anchor, kind });
  }
  return joined;
}

/** The axes of one kernel that holds a loop, a group and what has been joined already; undefined if there is none. */
function commonSpace(program: Program, loop: Loop, group: Group, joined: Group | undefined): Space | undefined {
  const anchor = joined?.anchor ?? group.anchor;
  const hasReduction = loop.isReduction || group.hasReduction || joined?.hasReduction === true;
  if ((joined?.anchor && group.anchor) || (anchor && hasReduction)) return undefined;
  if (group.operations.length + (joined?.operations.length ?? 0) >= LARGEST_GROUP) return undefined;
  const space = [loop.shape, joined?.space ?? loop.shape, ...loop.views.map((view) => view.shape)].reduce<
    Space | undefined
  >((a, b) => a && refine(a, b), group.space);
  if (!space || !anchor) return space;
  const width = program.values[anchor.outputs[0]].shape.at(-1) ?? 1;
  const views = [...loop.views, ...group.views, ...(joined?.views ?? [])];
  return views.every((view) => isAlongLastAxis(space, view, width)) ? space : undefined;
}

/** Whether a view reads one number, or a vector along the innermost `width` elements. */
function isAlongLastAxis(space: Space, view: View, width: number): boolean {
  const strides = stridesIn(space, view);
  if (strides.every((stride) => stride === 0)) return true;
  let inside = 1;
  for (let axis = space.length - 1; axis >= 0; axis--) {
    if (space[axis] > 1 && strides[axis] !== (inside < width ? inside : 0)) return false;
    inside *= space[axis];
  }
  return true;
}

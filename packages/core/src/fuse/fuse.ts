import { isOfKind } from '../operations/table.js';
import type { Tiling } from '../operations/tiles.js';
import type { Operation, Program } from '../trace/program.js';
import type { Group } from './group.js';
import { writeKernels } from './kernels.js';
import { producers, refine, rootOf, type Space, stridesIn, type View, viewOf } from './space.js';

/** Operations in one kernel at most: longer chains gain nothing more, and their code would not end. */
const LARGEST_GROUP = 128;

/**
 * Groups operations into kernels, each computed in one go. Nothing but the grouping changes: a kernel holds the
 * operations it stands for as a program of its own, so that reference kernels can run what was fused.
 *
 * - Element-wise chains, and reductions of their results, become one loop; broadcasts are strides of zero in it.
 * - Element-wise chains after a matrix product, tiles or pooling run on results before they are stored.
 * - The largest pixel under a window and its place are found together.
 */
export function fuse(input: Program): Program {
  const program = { ...input, operations: placesBesidePools(input.operations) };
  const producer = producers(program);
  const groups: Group[] = [];
  const groupOf = new Map<number, Group>();
  const materialised = new Set<number>();
  const stored = viewsToStore(program, producer);

  const isView = (value: number) => !materialised.has(rootOf(producer, value)) && isViewOf(producer, value);
  /** The stored value that an operand is read from. */
  const sourceOf = (value: number) =>
    isView(value) ? viewOf(program, producer, value)?.source : rootOf(producer, value);

  const begin = (operation: Operation, position: number): Group => {
    const isAnchor = isOfKind(operation.name, 'anchor');
    const group: Group = {
      operations: [],
      anchor: isAnchor ? operation : undefined,
      hasReduction: false,
      space: undefined,
      views: [],
      open: isAnchor || isInLoop(operation),
      position,
    };
    groups.push(group);
    return group;
  };
  const close = (value: number | undefined, except?: Group) => {
    const group = value === undefined ? undefined : groupOf.get(value);
    if (group && group !== except) group.open = false;
  };
  const materialise = (value: number, position: number) => {
    const root = rootOf(producer, value);
    if (!isView(value)) return;
    const operation = producer[root] as Operation;
    const group = begin(operation, position);
    group.open = false;
    for (const inner of operation.inputs) close(sourceOf(inner));
    group.operations.push(operation);
    groupOf.set(root, group);
    materialised.add(root);
  };

  program.operations.forEach((operation, index) => {
    const { name, inputs, outputs } = operation;
    if (name === 'reshape' || name === 'constant') return;
    // Before its first reader, whoever it is: all read what is stored.
    for (const value of inputs) if (stored.has(rootOf(producer, value))) materialise(value, index - 0.5);
    if (name === 'broadcast') return;
    const inLoop = isInLoop(operation);

    let group: Group | undefined;
    if (inLoop) {
      const shape = loopShape(program, operation);
      const views = inputs.filter(isView).map((value) => viewOf(program, producer, value) as View);
      const sources = [...new Set(inputs.filter((value) => !isView(value)).map((value) => rootOf(producer, value)))];
      // What has been reduced is known when its loop is over: nothing in that loop can read it.
      const read = inputs.map(sourceOf).filter((value) => value !== undefined);
      const over = new Set(read.filter((value) => isReduction(producer[value])).map((value) => groupOf.get(value)));
      const candidates = sources
        .map((value) => groupOf.get(value))
        .filter((g): g is Group => g?.open === true && !over.has(g));
      group = join(program, [...new Set(candidates)], { shape, views, isReduction: isOfKind(name, 'reduction') });
      for (const merged of new Set(candidates))
        if (merged !== group && merged.operations.length === 0) groups.splice(groups.indexOf(merged), 1);
      for (const member of group?.operations ?? [])
        for (const value of member.outputs) groupOf.set(value, group as Group);
      group ??= begin(operation, index);
      group.views.push(...views);
      group.space = [shape, ...views.map((view) => view.shape)].reduce<Space | undefined>(
        (space, next) => space && refine(space, next),
        group.space ?? shape,
      );
      if (isOfKind(name, 'reduction')) group.hasReduction = true;
    } else if (name === 'maxPool2dPlace') {
      const beside = groups.find(
        (g) => g.open && g.anchor && isSamePool(g.anchor, operation) && g.operations.at(-1) === g.anchor,
      );
      group = beside ?? begin(operation, index);
    } else if (name === 'maxPool2d' && isPooledAlone(program, producer[inputs[0]], operation)) {
      group = groupOf.get(inputs[0]) as Group;
      group.anchor = operation;
      group.space = program.values[outputs[0]].shape;
    } else {
      group = begin(operation, index);
      if (isOfKind(name, 'anchor')) group.space = program.values[outputs[0]].shape;
    }
    for (const value of inputs) close(sourceOf(value), group);
    group.operations.push(operation);
    group.position = index;
    for (const value of outputs) groupOf.set(value, group);
  });
  for (const value of program.outputs) materialise(value, program.operations.length);
  groups.sort((a, b) => a.position - b.position);
  return writeKernels(program, groups, (value) => !isView(value));
}

function isElementwise({ name }: Operation): boolean {
  return isOfKind(name, 'elementwise');
}

function isReduction(operation: Operation | undefined): boolean {
  return operation !== undefined && isOfKind(operation.name, 'reduction');
}

/** Whether an operation is computed element by element in a loop, with others. */
function isInLoop(operation: Operation): boolean {
  return isElementwise(operation) || isReduction(operation);
}

/** The elements that an operation computed in a loop walks. */
function loopShape(program: Program, operation: Operation): Space {
  return program.values[isReduction(operation) ? operation.inputs[0] : operation.outputs[0]].shape;
}

/**
 * Views that cannot be computed on the way by all who read them: what is asked for, what other operations than loops
 * read, what a loop would have to cut into other axes than its own, and, since only a plain value can be read by
 * strides, views of which there are views.
 */
function viewsToStore(program: Program, producer: readonly (Operation | undefined)[]): Set<number> {
  const read = program.operations.flatMap((operation) => {
    const { name, inputs, outputs } = operation;
    if (name === 'reshape') return [];
    if (name === 'broadcast') return viewOf(program, producer, outputs[0])?.source === undefined ? [] : inputs;
    return isInLoop(operation) ? viewsAcross(program, producer, operation) : inputs;
  });
  const views = [...read, ...program.outputs].filter((value) => isViewOf(producer, value));
  return new Set(views.map((value) => rootOf(producer, value)));
}

/** Views among the inputs of an operation that its loop has no axes for, such as [3,2] reshaped to [2,3]. */
function viewsAcross(
  program: Program,
  producer: readonly (Operation | undefined)[],
  operation: Operation,
): readonly number[] {
  let space = loopShape(program, operation);
  return operation.inputs.filter((value) => {
    const view = viewOf(program, producer, value);
    const refined = view && refine(space, view.shape);
    space = refined ?? space;
    return view && !refined;
  });
}

function isViewOf(producer: readonly (Operation | undefined)[], value: number): boolean {
  const name = producer[rootOf(producer, value)]?.name;
  return name === 'constant' || name === 'broadcast';
}

function isSamePool(pool: Operation, place: Operation): boolean {
  return (
    pool.name === 'maxPool2d' &&
    pool.inputs[0] === place.inputs[0] &&
    JSON.stringify(pool.attributes) === JSON.stringify(place.attributes)
  );
}

/** Whether tiles make up whole images that nobody reads but a pooling: then the images need not be stored. */
function isPooledAlone(program: Program, tiles: Operation | undefined, pool: Operation): boolean {
  if (tiles?.name !== 'scatterTiles') return false;
  const { image, grid, step, rows, columns, origin } = tiles.attributes as Tiling;
  const isWhole = image.every((length, axis) => {
    const tile = (axis === 0 ? rows : columns)[0].length;
    return origin[axis] <= 0 && origin[axis] + (grid[axis] - 1) * step[axis] + tile >= length && tile >= step[axis];
  });
  const [value] = tiles.outputs;
  const readers = program.operations.filter(({ inputs }) => inputs.includes(value));
  return isWhole && !program.outputs.includes(value) && readers.every((o) => o === pool || isSamePool(pool, o));
}

/** Puts each `maxPool2dPlace` right behind the pooling it belongs to, so that both can be found in one go. */
function placesBesidePools(operations: readonly Operation[]): Operation[] {
  const places = operations.filter(({ name }) => name === 'maxPool2dPlace');
  const moved = new Set<Operation>();
  const result = operations.flatMap((operation) => {
    const mine = places.filter((place) => !moved.has(place) && isSamePool(operation, place));
    for (const place of mine) moved.add(place);
    return [operation, ...mine];
  });
  const seen = new Set<Operation>();
  return result.filter((operation) => {
    if (seen.has(operation)) return false;
    seen.add(operation);
    return true;
  });
}

/**
 * Merges those groups that a loop over a shape can be part of, the latest first. Open groups can't depend on each
 * other: whatever they were read by would have closed them.
 *
 * @returns the group that the loop may join, or undefined; groups merged into it are left empty
 */
function join(
  program: Program,
  candidates: readonly Group[],
  loop: { shape: Space; views: readonly View[]; isReduction: boolean },
): Group | undefined {
  let joined: Group | undefined;
  for (const group of [...candidates].sort((a, b) => b.position - a.position)) {
    const views = [...loop.views, ...group.views, ...(joined?.views ?? [])];
    const space = [loop.shape, joined?.space ?? loop.shape, ...loop.views.map((view) => view.shape)].reduce<
      Space | undefined
    >((a, b) => a && refine(a, b), group.space);
    const anchor = joined?.anchor ?? group.anchor;
    const hasReduction = loop.isReduction || group.hasReduction || joined?.hasReduction === true;
    if (!space || (joined?.anchor && group.anchor) || (anchor && hasReduction)) continue;
    if (group.operations.length + (joined?.operations.length ?? 0) >= LARGEST_GROUP) continue;
    if (anchor) {
      const width = program.values[anchor.outputs[0]].shape.at(-1) ?? 1;
      if (!views.every((view) => isAlongLastAxis(space, view, width))) continue;
    }
    if (joined) {
      joined.operations.push(...group.operations.splice(0));
      joined.views.push(...group.views);
    } else {
      joined = group;
    }
    Object.assign(joined, { space, anchor });
    if (group.hasReduction) joined.hasReduction = true;
  }
  return joined;
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

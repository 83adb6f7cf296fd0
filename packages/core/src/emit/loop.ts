import { producers, refine, rootOf, type Space, stridesIn, type View, viewOf } from '../fuse/space.js';
import { broadcastStrides } from '../operations/broadcast.js';
import { isOfKind } from '../operations/table.js';
import { rowMajorStrides, sizeOf } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local } from './assembler.js';
import { Expressions } from './expressions.js';
import { constantOf, local } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import type { ModuleBuilder } from './module.js';
import { type Access, collapse, stridedLoop, type Walk } from './strided.js';
import { interruptions, planReductions, type Reduction, ReductionWriter } from './sums.js';

/** What a loop walks, before a line of code is written. Arrays are numbered: the kernel's inputs, then its outputs. */
interface LoopPlan {
  readonly walk: Walk;
  /** Arrays that are read or stored element by element; `walk.strides` begins with theirs. */
  readonly arrays: readonly number[];
  /** By root value: which of them it is read from. */
  readonly readAt: ReadonlyMap<number, number>;
  /** By root value: one number for all elements. */
  readonly constants: ReadonlyMap<number, View>;
  readonly stores: readonly { readonly value: number; readonly at: number }[];
  readonly reductions: readonly Reduction[];
  readonly workspace: number;
}

/**
 * Element-wise operations, views and reductions in one pass over their elements. Each element is read once, each
 * result is written once; reductions are added up in registers along the innermost axis, in memory along others.
 */
export function emitLoop(module: ModuleBuilder, body: Program, name: string): Kernel {
  const space = spaceOf(body);
  const plan = space && planLoop(body, space);
  const callee = module.define(name, kernelParameters(body), (f, workspace, ...pointers) => {
    if (plan) writeLoop(f, module, body, plan, workspace, pointers);
  });
  return { callee, workspace: plan?.workspace ?? 0 };
}

/** The axes that all values of a loop can be walked along. */
function spaceOf(body: Program): Space | undefined {
  const producer = producers(body);
  const walked = body.operations.flatMap(({ name, inputs, outputs }) => {
    if (isOfKind(name, 'elementwise')) return [...outputs, ...inputs];
    return isOfKind(name, 'reduction') ? inputs : [];
  });
  const values = walked.length > 0 ? walked : body.outputs;
  const shapes = values.flatMap((value) => {
    const view = viewOf(body, producer, value);
    return view ? [body.values[value].shape, view.shape] : [body.values[value].shape];
  });
  return shapes.reduce<Space | undefined>((space, shape) => space && refine(space, shape), shapes[0]);
}

function planLoop(body: Program, space: Space): LoopPlan {
  const producer = producers(body);
  const whole = rowMajorStrides(space);
  const accesses: { array: number; strides: readonly number[] }[] = [];
  const readAt = new Map<number, number>();
  const constants = new Map<number, View>();
  const addOperand = (value: number) => {
    const root = rootOf(producer, value);
    if (readAt.has(root) || constants.has(root)) return;
    const view = viewOf(body, producer, value);
    const strides = view ? (view.source === undefined ? [] : stridesIn(space, view)) : whole;
    const array = body.inputs.indexOf(view?.source ?? root);
    if (view && strides.every((stride) => stride === 0)) constants.set(root, view);
    else if (array >= 0) readAt.set(root, accesses.push({ array, strides }) - 1);
  };
  for (const { name, inputs } of body.operations) {
    if (!isOfKind(name, 'view')) inputs.forEach(addOperand);
  }
  const stores: { value: number; at: number }[] = [];
  const reduced: Pick<Reduction, 'operation' | 'array' | 'size' | 'strides'>[] = [];
  body.outputs.forEach((value, which) => {
    const array = body.inputs.length + which;
    const operation = producer[value] as Operation;
    if (isOfKind(operation.name, 'reduction')) {
      const strides = reductionStrides(body, space, operation);
      reduced.push({ operation, array, size: sizeOf(body.values[value].shape), strides });
    } else {
      if (viewOf(body, producer, value)) addOperand(value);
      stores.push({ value, at: accesses.push({ array, strides: whole }) - 1 });
    }
  });
  const walk = collapse(space, [...accesses, ...reduced]);
  const inWalk = reduced.map((reduction, which) => ({ ...reduction, strides: walk.strides[accesses.length + which] }));
  const arrays = accesses.map(({ array }) => array);
  return { walk, arrays, readAt, constants, stores, ...planReductions(walk, inWalk) };
}

/** Strides of a reduction's result along the axes of the loop over its input. */
function reductionStrides(body: Program, space: Space, { inputs, attributes }: Operation): number[] {
  const { shape } = body.values[inputs[0]];
  const axes = attributes.axes as number[];
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return stridesIn(space, { shape, strides: broadcastStrides(kept, shape) });
}

function writeLoop(
  f: FunctionBuilder,
  module: ModuleBuilder,
  body: Program,
  plan: LoopPlan,
  workspace: Local,
  pointers: readonly Local[],
): void {
  const { walk, readAt, stores } = plan;
  const producer = producers(body);
  const accesses = plan.arrays.map((array, at): Access => ({ pointer: pointers[array], strides: walk.strides[at] }));
  const constants = new Map([...plan.constants].map(([root, view]) => [root, holdConstant(f, body, view, pointers)]));
  const writers = plan.reductions.map(
    (reduction) => new ReductionWriter(f, module, reduction, pointers[reduction.array], workspace),
  );
  for (const writer of writers) writer.begin(accesses);
  stridedLoop(f, walk.lengths, accesses, {
    ...interruptions(plan.reductions, writers),
    enter() {
      for (const writer of writers) writer.enter();
    },
    each(walking, width) {
      const expressions = new Expressions(f, width, body.values, producer, (value) => {
        const root = rootOf(producer, value);
        const access = readAt.get(root);
        if (access === undefined) return local(constants.get(root) as Local);
        const isRepeated = walk.strides[access].at(-1) === 0;
        return (g) => g.get(walking[access]).load(isRepeated ? 'splat' : width);
      });
      // All is read before anything is stored: results may take the places of operands.
      const results = stores.map(({ value }) => expressions.value(value));
      const operands = writers.map(({ operand }) => expressions.value(operand));
      for (const [which, { at }] of stores.entries()) f.storeLocal(walking[at], results[which], width);
      for (const [which, writer] of writers.entries()) writer.add(walking, operands[which], width);
    },
    leave(walking) {
      for (const writer of writers) writer.leave(walking);
    },
  });
}

/** Reads one number for all elements once, before the loop. */
function holdConstant(f: FunctionBuilder, body: Program, view: View, pointers: readonly Local[]): Local {
  const held = f.local('v128');
  const { source } = view;
  f.set(
    held,
    source === undefined ? constantOf(view) : (g) => g.get(pointers[body.inputs.indexOf(source)]).load('splat'),
  );
  return held;
}

import { producers, refine, rootOf, type Space, stridesIn, type View, viewOf } from '../fuse/space.js';
import { broadcastStrides } from '../operations/broadcast.js';
import { isOfKind } from '../operations/table.js';
import { rowMajorStrides, sizeOf } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.js';
import { defineCallees, Expressions } from './expressions.js';
import { binary, float, local } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import { type Access, stridedLoop } from './strided.js';

/** Vectors summed up in one register before they are added to memory, so that long sums stay accurate. */
const STRETCH = 256;

interface Reduction {
  readonly operation: Operation;
  readonly access: number;
  readonly accumulator: Local;
}

/**
 * Element-wise operations, views and reductions in one pass over their elements. Each element is read once, each
 * result is written once; reductions are added up in registers along the innermost axis, in memory along others.
 */
export function emitLoop(module: ModuleBuilder, body: Program, name: string): Kernel {
  defineCallees(module, body);
  const parameters = kernelParameters(body);
  const index = module.define(name, parameters, (f, _workspace, ...pointers) => {
    const space = spaceOf(body);
    if (space === undefined) return;
    writeLoop(f, module, body, space, pointers);
  });
  return { index, workspace: 0 };
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

function writeLoop(f: FunctionBuilder, module: ModuleBuilder, body: Program, space: Space, pointers: readonly Local[]) {
  const producer = producers(body);
  const whole = rowMajorStrides(space);
  const accesses: Access[] = [];
  const accessOf = new Map<number, number>();
  const pointerOf = (value: number) => pointers[body.inputs.indexOf(value)];
  const addAccess = (key: number, access: Access) => {
    if (!accessOf.has(key)) accessOf.set(key, accesses.push(access) - 1);
  };
  const constants = new Map<number, Local>();
  const addOperand = (value: number) => {
    const view = viewOf(body, producer, value);
    if (view) addView(value, view);
    else if (body.inputs.includes(rootOf(producer, value))) {
      addAccess(rootOf(producer, value), { pointer: pointerOf(rootOf(producer, value)), strides: whole });
    }
  };
  const addView = (value: number, view: View) => {
    const strides = view.source === undefined ? [] : stridesIn(space, view);
    if (strides.some((stride) => stride !== 0)) {
      addAccess(rootOf(producer, value), { pointer: pointerOf(view.source as number), strides });
    } else if (!constants.has(rootOf(producer, value))) {
      // One number for all elements is read once.
      const held = f.local('v128');
      f.set(
        held,
        view.source === undefined
          ? float(view.constant as number)
          : (g) => g.get(pointerOf(view.source as number)).load('splat'),
      );
      constants.set(rootOf(producer, value), held);
    }
  };

  const computed = body.operations.filter(({ name }) => name !== 'reshape' && name !== 'constant');
  for (const { name, inputs } of computed) if (name !== 'broadcast') inputs.forEach(addOperand);
  const reductions: Reduction[] = [];
  const stores: { value: number; access: number }[] = [];
  body.outputs.forEach((value, which) => {
    const pointer = pointers[body.inputs.length + which];
    const operation = producer[value] as Operation;
    if (isOfKind(operation.name, 'reduction')) {
      const { shape } = body.values[operation.inputs[0]];
      const axes = operation.attributes.axes as number[];
      const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
      const strides = stridesIn(space, { source: value, shape, strides: broadcastStrides(kept, shape) });
      fill(f, pointer, sizeOf(body.values[value].shape), operation.name === 'sum' ? 0 : -Infinity);
      reductions.push({ operation, access: accesses.push({ pointer, strides }) - 1, accumulator: f.local('v128') });
    } else {
      if (viewOf(body, producer, value)) addOperand(value);
      stores.push({ value, access: accesses.push({ pointer, strides: whole }) - 1 });
    }
  });

  stridedLoop(f, space, accesses, {
    ...(reductions.length > 0 && { stretch: STRETCH }),
    enter() {
      for (const { operation, accumulator } of reductions) {
        f.set(accumulator, float(operation.name === 'sum' ? 0 : -Infinity));
      }
    },
    each(walking, width) {
      const expressions = new Expressions(f, module, producer, (value) => {
        const root = rootOf(producer, value);
        const access = accessOf.get(root);
        if (access === undefined) return constants.get(root) as Local;
        const isRepeated = innermost(space, accesses[access]) === 0;
        return (g) => g.get(walking[access]).load(isRepeated ? 'splat' : width);
      });
      for (const { value, access } of stores) {
        const result = expressions.value(value);
        f.get(walking[access]).get(result).store(width);
      }
      for (const { operation, access, accumulator } of reductions) {
        const combine = operation.name === 'sum' ? 'f32x4.add' : 'f32x4.max';
        let result = expressions.value(operation.inputs[0]);
        if (innermost(space, accesses[access]) === 0) {
          if (width === 'lane') result = onlyLaneZero(f, result, operation.name === 'sum' ? 0 : -Infinity);
          f.set(accumulator, binary(combine, local(accumulator), local(result)));
        } else {
          f.get(walking[access]);
          binary(combine, (g) => g.get(walking[access]).load(width), local(result))(f);
          f.store(width);
        }
      }
    },
    leave(walking) {
      for (const { operation, access, accumulator } of reductions) {
        if (innermost(space, accesses[access]) !== 0) continue;
        const combine = operation.name === 'sum' ? 'f32x4.add' : 'f32x4.max';
        for (const lanes of [
          [2, 3, 0, 1],
          [1, 0, 3, 2],
        ]) {
          f.set(
            accumulator,
            binary(combine, local(accumulator), (g) => g.get(accumulator).get(accumulator).shuffle(lanes)),
          );
        }
        f.get(walking[access]);
        binary(combine, (g) => g.get(walking[access]).load('lane'), local(accumulator))(f);
        f.store('lane');
      }
    },
  });
}

/** How many elements the innermost axis that is longer than one moves an access. */
function innermost(space: Space, { strides }: Access): number {
  for (let axis = space.length - 1; axis >= 0; axis--) if (space[axis] !== 1) return strides[axis];
  return 0;
}

function onlyLaneZero(f: FunctionBuilder, value: Local, neutral: number): Local {
  const result = f.local('v128');
  f.set(result, (g) => g.get(value).f32x4(neutral).shuffle([0, 4, 4, 4]));
  return result;
}

/** Sets floats to one value. */
export function fill(f: FunctionBuilder, pointer: Local, count: number, value: number): void {
  stridedLoop(f, [count], [{ pointer, strides: [1] }], {
    each: ([at], width) => f.get(at).f32x4(value).store(width),
  });
}

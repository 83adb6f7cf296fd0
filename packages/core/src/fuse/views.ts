import { isOfKind } from '../operations/table.js';
import type { Operation, Program } from '../trace/program.js';
import { refine, rootOf, type Space, viewOf } from './space.js';

type Producers = readonly (Operation | undefined)[];

/** Whether an operation is computed element by element in a loop, with others. */
export function isInLoop({ name }: Operation): boolean {
  return isOfKind(name, 'elementwise', 'reduction');
}

/** The elements that an operation computed in a loop walks. */
export function loopShape(program: Program, { name, inputs, outputs }: Operation): Space {
  return program.values[isOfKind(name, 'reduction') ? inputs[0] : outputs[0]].shape;
}

/** Whether a value is a number or a broadcast, perhaps reshaped, which kernels compute on the way. */
export function isViewOf(producer: Producers, value: number): boolean {
  const name = producer[rootOf(producer, value)]?.name;
  return name === 'constant' || name === 'broadcast';
}

/**
 * Views that cannot be computed on the way by all who read them: what is asked for, what other operations than loops
 * read, what a loop would have to cut into other axes than its own, and, since only a plain value can be read by
 * strides, views of which there are views.
 */
export function viewsToStore(program: Program, producer: Producers): Set<number> {
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
function viewsAcross(program: Program, producer: Producers, operation: Operation): readonly number[] {
  let space = loopShape(program, operation);
  return operation.inputs.filter((value) => {
    const view = viewOf(program, producer, value);
    const refined = view && refine(space, view.shape);
    space = refined ?? space;
    return view && !refined;
  });
}

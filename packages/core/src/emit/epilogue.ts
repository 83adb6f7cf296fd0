import { producers, rootOf, type View, viewOf } from '../fuse/space.js';
import { sizeOf } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local } from './assembler.js';
import { Expressions } from './expressions.js';
import { float } from './functions.js';
import type { ModuleBuilder } from './module.js';
import type { Width } from './strided.js';

/** Where four results of an anchor stand. Offsets are in bytes, and the same for all arrays of the results' size. */
export interface Position {
  /** Address in an array of the results' size, relative to its beginning. */
  readonly element: Local;
  /** Address in a vector along the last axis, relative to its beginning. */
  readonly column: Local;
  /** Further bytes for both. */
  readonly elementOffset: number;
  readonly columnOffset: number;
  readonly width: Width;
}

/**
 * What follows an anchor in its kernel: element-wise operations on results that are still in registers, and the
 * stores. Arrays of the results' size are read and written at the results' place, vectors along the last axis.
 */
export class Epilogue {
  private readonly producer: (Operation | undefined)[];
  private readonly anchors: readonly number[];

  /**
   * @param anchors values that the kernel hands over in registers
   */
  constructor(
    private readonly module: ModuleBuilder,
    private readonly body: Program,
    anchors: readonly number[],
  ) {
    this.producer = producers(body);
    this.anchors = anchors;
  }

  /** Writes the operations and stores for four results. `pointers` are those of the kernel's inputs and outputs. */
  write(f: FunctionBuilder, pointers: readonly Local[], results: readonly Local[], at: Position): void {
    const { body, producer } = this;
    const pointerOf = (value: number) => pointers[body.inputs.indexOf(value)];
    const expressions = new Expressions(f, this.module, producer, (value) => {
      const anchor = this.anchors.indexOf(value);
      if (anchor >= 0) return results[anchor];
      const view = viewOf(body, producer, value);
      if (view) return (g) => this.readView(g, view, pointerOf(view.source ?? -1), at);
      return (g) => {
        g.get(pointerOf(rootOf(producer, value)))
          .get(at.element)
          .op('add')
          .load(at.width, at.elementOffset);
      };
    });
    // All is read before anything is stored: results may take the places of operands.
    const values = body.outputs.map((value) => expressions.value(value));
    values.forEach((result, which) => {
      f.get(pointers[body.inputs.length + which])
        .get(at.element)
        .op('add');
      f.get(result).store(at.width, at.elementOffset);
    });
  }

  private readView(f: FunctionBuilder, view: View, pointer: Local | undefined, at: Position): void {
    if (view.source === undefined || !pointer) float(view.constant as number)(f);
    else if (sizeOf(this.body.values[view.source].shape) === 1) f.get(pointer).load('splat');
    else f.get(pointer).get(at.column).op('add').load(at.width, at.columnOffset);
  }
}

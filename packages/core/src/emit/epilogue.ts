import { producers, rootOf, viewOf } from '../fuse/space.js';
import { sizeOf } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { Code, FunctionBuilder, Local, Width } from './assembler.js';
import { Expressions } from './expressions.js';
import { constantOf } from './functions.js';
import { keepAddress, widthOf } from './pairs.js';

/** Where results of an anchor stand, in bytes from the beginning of any array of their size. */
interface Position {
  /** Relative to the beginning of an array of the results' size. */
  readonly element: Local;
  /** Relative to the beginning of a vector along the last axis. */
  readonly column: Local;
}

/** Writes what follows for some results: their locals, and how many bytes further than the position they stand. */
interface ResultWriter {
  write(results: readonly Local[], width: Width, elementOffset?: number, columnOffset?: number): void;
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
    private readonly body: Program,
    anchors: readonly number[],
  ) {
    this.producer = producers(body);
    this.anchors = anchors;
  }

  /**
   * Prepares the addresses of a position, for as long as it does not move. `pointers` are those of the kernel's inputs
   * and outputs.
   */
  at(f: FunctionBuilder, pointers: readonly Local[], position: Position): ResultWriter {
    const { body, producer } = this;
    const addresses = new Map<string, Local>();
    const addressOf = (array: number, offset: Local) => {
      const key = `${array} ${offset.index}`;
      const known = addresses.get(key);
      if (known) return known;
      const address = keepAddress(f, pointers[array], offset);
      addresses.set(key, address);
      return address;
    };
    const write: ResultWriter['write'] = (results, width, elementOffset = 0, columnOffset = 0) => {
      const read = (value: number): Code | Local => {
        const anchor = this.anchors.indexOf(value);
        if (anchor >= 0) return results[anchor];
        const view = viewOf(body, producer, value);
        const array = body.inputs.indexOf(view ? (view.source ?? -1) : rootOf(producer, value));
        if (view && array < 0) return constantOf(view);
        if (view && sizeOf(body.values[body.inputs[array]].shape) === 1)
          return (g) => g.get(pointers[array]).load('splat');
        const address = addressOf(array, view ? position.column : position.element);
        return (g) => g.get(address).load(width, view ? columnOffset : elementOffset);
      };
      const expressions = new Expressions(f, widthOf(results[0]), body.values, producer, read);
      // All is read before anything is stored: results may take the places of operands.
      const values = body.outputs.map((value) => expressions.value(value));
      values.forEach((result, which) => {
        f.storeLocal(addressOf(body.inputs.length + which, position.element), result, width, elementOffset);
      });
    };
    return { write };
  }
}

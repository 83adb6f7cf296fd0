import { producers, rootOf } from '../fuse/space.js';
import type { CopyName } from '../operations/kinds.js';
import { rowMajorStrides, sizeOf } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder } from './assembler.js';
import { type Kernel, kernelParameters } from './kernel.js';
import type { ModuleBuilder } from './module.js';
import { type Access, collapse, copyEach, fill, stridedLoop } from './strided.js';
import { transposeBlock } from './transpose.js';

/** A copy of elements from one strided walk to another: where it begins and the strides, on both sides. */
interface Copy {
  readonly space: readonly number[];
  readonly input: number;
  readonly from: Omit<Access, 'pointer'>;
  readonly to: Omit<Access, 'pointer'>;
}

type Vector = readonly number[];
const dot = (a: Vector, b: Vector) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** Operations that move elements without computing: each is a few strided copies, over zeros where not all is covered. */
const COPIES: Readonly<Record<CopyName | 'reshape', (operation: Operation, body: Program) => Copy[]>> = {
  transpose({ inputs: [x], attributes }, { values }) {
    const strides = rowMajorStrides(values[x].shape);
    const permutation = attributes.permutation as Vector;
    const space = permutation.map((axis) => values[x].shape[axis]);
    return [
      {
        space,
        input: 0,
        from: { strides: permutation.map((axis) => strides[axis]) },
        to: { strides: rowMajorStrides(space) },
      },
    ];
  },
  slice({ inputs: [x], attributes }, { values }) {
    const strides = rowMajorStrides(values[x].shape);
    const { begin, size, step } = attributes as { begin: Vector; size: Vector; step: Vector };
    const from = { strides: strides.map((stride, axis) => stride * step[axis]), offset: dot(begin, strides) };
    return [{ space: size, input: 0, from, to: { strides: rowMajorStrides(size) } }];
  },
  pad({ inputs: [x], outputs: [y], attributes }, { values }) {
    const strides = rowMajorStrides(values[y].shape);
    const { before, interior } = attributes as { before: Vector; interior: Vector };
    const to = { strides: strides.map((stride, axis) => stride * (interior[axis] + 1)), offset: dot(before, strides) };
    return [{ space: values[x].shape, input: 0, from: { strides: rowMajorStrides(values[x].shape) }, to }];
  },
  concatenate({ inputs, outputs: [y], attributes }, { values }) {
    const axis = attributes.axis as number;
    const strides = rowMajorStrides(values[y].shape);
    let at = 0;
    return inputs.map((x, input) => {
      const { shape } = values[x];
      const copy = {
        space: shape,
        input,
        from: { strides: rowMajorStrides(shape) },
        to: { strides, offset: at * strides[axis] },
      };
      at += shape[axis];
      return copy;
    });
  },
  reshape({ inputs: [x] }, { values }) {
    const space = [sizeOf(values[x].shape)];
    return [{ space, input: 0, from: { strides: [1] }, to: { strides: [1] } }];
  },
};

function copiesOf({ name }: Operation) {
  if (Object.hasOwn(COPIES, name)) return COPIES[name as keyof typeof COPIES];
  throw new TypeError(`emitModule: there is no WebAssembly that copies as "${name}" does.`);
}

/** Transposition, slices, padding, concatenation, and reshapes that need memory of their own. */
export function emitCopies(module: ModuleBuilder, body: Program, name: string): Kernel {
  const operation = body.operations.at(-1) as Operation;
  const producer = producers(body);
  const copies = copiesOf(operation)(operation, body);
  const size = sizeOf(body.values[operation.outputs[0]].shape);
  const covered = copies.reduce((total, { space }) => total + sizeOf(space), 0);
  const parameters = kernelParameters(body);
  const callee = module.define(name, parameters, (f, _workspace, ...pointers) => {
    const out = pointers[body.inputs.length];
    if (covered < size) fill(f, out, size, 0);
    for (const { space, input, from, to } of copies) {
      if (sizeOf(space) === 0) continue;
      const source = pointers[body.inputs.indexOf(rootOf(producer, operation.inputs[input]))];
      copyElements(module, f, space, { ...from, pointer: source }, { ...to, pointer: out });
    }
  });
  return { callee, workspace: 0 };
}

/**
 * Copies elements. Where they lie side by side along one axis of the source and another of the target, blocks of four by
 * four are transposed, by a function of its own: no compiler makes wider registers of it.
 */
function copyElements(
  module: ModuleBuilder,
  f: FunctionBuilder,
  space: readonly number[],
  from: Access,
  to: Access,
): void {
  const { lengths, strides } = collapse(space, [from, to]);
  const [fast, last] = [strides[0].lastIndexOf(1), lengths.length - 1];
  const isBlocked =
    strides[1][last] === 1 && fast >= 0 && fast < last && lengths[fast] % 4 === 0 && lengths[last] % 4 === 0;
  if (!isBlocked) {
    stridedLoop(f, space, [from, to], { each: copyEach(f) });
    return;
  }
  const inBlocks = (list: readonly number[], change: (x: number) => number) =>
    list.map((x, axis) => (axis === fast || axis === last ? change(x) : x));
  const blocks = inBlocks(lengths, (length) => length / 4);
  const key = `transposition_${lengths.join('x')} ${JSON.stringify(strides)}`;
  const callee = module.define(key, ['i32', 'i32'], (g, ...pointers) => {
    const accesses = pointers.map((pointer, which) => ({
      pointer,
      strides: inBlocks(strides[which], (stride) => stride * 4),
    }));
    stridedLoop(g, blocks, accesses, {
      each: ([a, b]) => transposeBlock(g, a, strides[0][last] * 4, b, strides[1][fast] * 4),
    });
  });
  for (const { pointer, offset = 0 } of [from, to])
    f.get(pointer)
      .i32(offset * 4)
      .op('add');
  f.call(callee);
}

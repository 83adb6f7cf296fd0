import { producers, rootOf } from '../fuse/space.js';
import { sizeOf, type ValueType } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local } from './assembler.js';
import { binary, local } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import type { ModuleBuilder } from './module.js';
import { halfOf, keep, keepAddress } from './pairs.js';
import { copyEach, fill, stridedLoop } from './strided.js';

/** Rows of a table by number; bytes become floats on the way. */
export function emitTakeRows(module: ModuleBuilder, body: Program, name: string): Kernel {
  const operation = body.operations.find((each) => each.name === 'takeRows') as Operation;
  const type = body.values[operation.inputs[0]];
  const isBytes = type.dtype === 'uint8';
  const length = sizeOf(type.shape.slice(1));
  const callee = module.define(name, kernelParameters(body), (f, _workspace, ...pointers) => {
    const [table, index] = operandsOf(body, operation, pointers);
    const out = keepAddress(f, pointers[body.inputs.length]);
    const rows = { table, rows: type.shape[0], rowBytes: length * (isBytes ? 1 : 4) };
    forEachRow(f, rows, index, body.values[operation.inputs[1]], (row) => {
      if (isBytes) copyBytes(f, row, out, length);
      else stridedLoop(f, [length], [row, out].map(contiguous), { each: copyEach(f) });
      f.increase(out, length * 4);
    });
  });
  return { callee, workspace: 0 };
}

/** Rows added to those of a table that begins with zeros, one after another. */
export function emitScatterRows(module: ModuleBuilder, body: Program, name: string): Kernel {
  const operation = body.operations.find((each) => each.name === 'scatterRows') as Operation;
  const [most, ...row] = body.values[operation.outputs[0]].shape;
  const length = sizeOf(row);
  const callee = module.define(name, kernelParameters(body), (f, _workspace, ...pointers) => {
    const [x, index] = operandsOf(body, operation, pointers);
    const from = keepAddress(f, x);
    const out = pointers[body.inputs.length];
    fill(f, out, most * length, 0);
    const rows = { table: out, rows: most, rowBytes: length * 4 };
    forEachRow(f, rows, index, body.values[operation.inputs[1]], (to) => {
      stridedLoop(f, [length], [from, to].map(contiguous), {
        each([term, total], width) {
          const sum = binary(
            'f32x4.add',
            (g) => g.get(total).load(width),
            (g) => g.get(term).load(width),
          );
          f.storeLocal(total, keep(f, sum, width), width);
        },
      });
      f.increase(from, length * 4);
    });
  });
  return { callee, workspace: 0 };
}

const contiguous = (pointer: Local) => ({ pointer, strides: [1] });

/** Where the operands of an operation lie. */
function operandsOf(body: Program, { inputs }: Operation, pointers: readonly Local[]): Local[] {
  const producer = producers(body);
  return inputs.map((value) => pointers[body.inputs.indexOf(rootOf(producer, value))]);
}

/** Calls for each row number with the address of its row: the nearest there is, so that nothing beyond a table is touched. */
function forEachRow(
  f: FunctionBuilder,
  { table, rows, rowBytes }: { readonly table: Local; readonly rows: number; readonly rowBytes: number },
  index: Local,
  { dtype, shape }: ValueType,
  write: (row: Local) => void,
): void {
  const number = keepAddress(f, index);
  const [at, row] = [f.local('i32'), f.local('i32')];
  f.repeat(sizeOf(shape), () => {
    f.set(at, (g) => g.get(number).loadI32());
    if (dtype === 'int32') {
      f.get(at).i32(0).op('ltS');
      f.ifTrue(() => f.set(at, (g) => g.i32(0)));
    }
    f.get(at).i32(rows).op('geU');
    f.ifTrue(() => f.set(at, (g) => g.i32(rows - 1)));
    f.set(row, (g) => g.get(table).get(at).i32(rowBytes).op('mul').op('add'));
    write(row);
    f.increase(number, 4);
  });
}

/** Bytes as floats of the same number, eight at a time. */
export function copyBytes(f: FunctionBuilder, source: Local, target: Local, length: number): void {
  const from = f.local('i32');
  const to = f.local('i32');
  f.set(from, local(source));
  f.set(to, local(target));
  f.repeat(Math.floor(length / 8), () => {
    const eight = keep(f, (g) => g.get(from).loadEightBytes().vector('i16x8.extend_low_i8x16_u'));
    const floats = f.local('pair');
    for (const half of ['low', 'high'] as const) {
      f.set(halfOf(floats, half === 'low' ? 0 : 1), (g) =>
        g.get(eight).vector(`i32x4.extend_${half}_i16x8_u`).vector('f32x4.convert_i32x4_u'),
      );
    }
    f.storeLocal(to, floats, 'pair');
    f.increase(from, 8);
    f.increase(to, 32);
  });
  f.repeat(length % 8, () => {
    f.get(to).get(from).loadByte().vector('i32x4.splat').vector('f32x4.convert_i32x4_u').store('lane');
    f.increase(from, 1);
    f.increase(to, 4);
  });
}

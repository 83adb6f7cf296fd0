import { producers, rootOf } from '../fuse/space.js';
import { sizeOf } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local } from './assembler.js';
import { local } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import type { ModuleBuilder } from './module.js';
import { halfOf, keep } from './pairs.js';
import { copyEach, stridedLoop } from './strided.js';

/** Rows of a table by number; bytes become floats on the way. */
export function emitTakeRows(module: ModuleBuilder, body: Program, name: string): Kernel {
  const operation = body.operations.find((each) => each.name === 'takeRows') as Operation;
  const producer = producers(body);
  const [table, rows] = operation.inputs.map((value) => body.inputs.indexOf(rootOf(producer, value)));
  const type = body.values[operation.inputs[0]];
  const [most] = type.shape;
  const isSigned = body.values[operation.inputs[1]].dtype === 'int32';
  const count = body.values[operation.inputs[1]].shape[0];
  const length = sizeOf(type.shape.slice(1));
  const rowBytes = length * (type.dtype === 'uint8' ? 1 : 4);
  const parameters = kernelParameters(body);
  const callee = module.define(name, parameters, (f, _workspace, ...pointers) => {
    const number = f.local('i32');
    const out = f.local('i32');
    f.set(number, local(pointers[rows]));
    f.set(out, local(pointers[body.inputs.length]));
    const source = f.local('i32');
    const row = f.local('i32');
    f.repeat(count, () => {
      f.set(row, (g) => g.get(number).loadI32());
      if (isSigned) {
        f.get(row).i32(0).op('ltS');
        f.ifTrue(() => f.set(row, (g) => g.i32(0)));
      }
      // The nearest row there is: kernels never read beyond a table.
      f.get(row).i32(most).op('geU');
      f.ifTrue(() => f.set(row, (g) => g.i32(most - 1)));
      f.set(source, (g) => g.get(pointers[table]).get(row).i32(rowBytes).op('mul').op('add'));
      if (type.dtype === 'uint8') copyBytes(f, source, out, length);
      else {
        stridedLoop(
          f,
          [length],
          [
            { pointer: source, strides: [1] },
            { pointer: out, strides: [1] },
          ],
          {
            each: copyEach(f),
          },
        );
      }
      f.increase(number, 4);
      f.increase(out, length * 4);
    });
  });
  return { callee, workspace: 0 };
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

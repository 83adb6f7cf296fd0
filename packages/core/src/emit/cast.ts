import { sizeOf } from '../tensor/shape.js';
import type { Program } from '../trace/program.js';
import { binary, float, local } from './functions.js';
import type { SimdInstruction } from './instructions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import type { ModuleBuilder } from './module.js';
import { halfOf, WIDTH_BYTES } from './pairs.js';
import { copyBytes } from './rows.js';
import { stridedLoop } from './strided.js';

/** The instruction that turns four numbers into others; undefined where the bits stay. */
export function castInstruction({ from, to }: Readonly<Record<string, unknown>>): SimdInstruction | undefined {
  if (to === 'int32') return from === 'float32' ? 'i32x4.trunc_sat_f32x4_s' : undefined;
  return from === 'int32' ? 'f32x4.convert_i32x4_s' : 'f32x4.convert_i32x4_u';
}

/** Bytes as floats. */
export function emitCastBytes(module: ModuleBuilder, body: Program, name: string): Kernel {
  const length = sizeOf(body.values[body.inputs[0]].shape);
  const callee = module.define(name, kernelParameters(body), (f, _workspace, bytes, out) => {
    copyBytes(f, bytes, out, length);
  });
  return { callee, workspace: 0 };
}

/** 0, 1, 2, ... */
export function emitIota(module: ModuleBuilder, body: Program, name: string): Kernel {
  const length = sizeOf(body.values[body.outputs[0]].shape);
  const callee = module.define(name, kernelParameters(body), (f, _workspace, out) => {
    const next = f.local('pair');
    const first = halfOf(next, 0);
    f.set(first, (g) => {
      g.i32x4(1).i32x4(0).shuffle([4, 0, 4, 0]);
      g.i32x4(2).i32x4(0).shuffle([4, 4, 0, 0]).vector('i32x4.add').vector('f32x4.convert_i32x4_s');
    });
    f.set(halfOf(next, 1), binary('f32x4.add', local(first), float(4)));
    stridedLoop(f, [length], [{ pointer: out, strides: [1] }], {
      each([at], width) {
        const held = width === 'pair' ? next : first;
        f.storeLocal(at, held, width);
        f.set(held, binary('f32x4.add', local(held), float(WIDTH_BYTES[width] / 4)));
      },
    });
  });
  return { callee, workspace: 0 };
}

import { producers, rootOf } from '../fuse/space.js';
import type { PoolAttributes } from '../operations/pooling.js';
import { windowPositions } from '../operations/window.js';
import type { Operation, Program } from '../trace/program.js';
import type { Code, FunctionBuilder, Local } from './assembler.js';
import { Epilogue } from './epilogue.js';
import { binary, float, local, select } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import type { ModuleBuilder } from './module.js';
import { keep, keepAddress } from './pairs.js';
import { fill } from './strided.js';
import { forEachWindow, type WindowPlace } from './windows.js';

/** The pooling of a kernel: finds the largest pixel of a window and its place, and then computes the epilogue. */
export class MaxPooling {
  readonly attributes: PoolAttributes;
  /** The value that is pooled. */
  readonly source: number;
  private readonly epilogue: Epilogue;

  constructor(body: Program) {
    const find = (operation: string) => body.operations.find((o) => o.name === operation);
    const [pool, place] = [find('maxPool2d'), find('maxPool2dPlace')];
    const anchor = (pool ?? place) as Operation;
    this.attributes = anchor.attributes as PoolAttributes;
    this.source = anchor.inputs[0];
    this.epilogue = new Epilogue(body, [pool?.outputs[0] ?? -1, place?.outputs[0] ?? -1]);
  }

  /** Code for one window. */
  window(f: FunctionBuilder, pointers: readonly Local[]): (at: WindowPlace) => void {
    return ({ element, column, width, forEachPlace }) => {
      const held = (code: Code) => keep(f, code, width);
      const largest = held(float(-Infinity));
      const where = held(float(-1));
      forEachPlace((place, address, isFirst) => {
        const value = held((g) => g.get(address).load(width));
        if (isFirst) {
          f.set(largest, local(value));
          f.set(where, float(place));
          return;
        }
        // The first of equals stays. NaN is larger than all, and the first NaN stays: no comparison with it holds.
        const isNumber = binary('f32x4.eq', local(largest), local(largest));
        const isLarger = binary('v128.andnot', isNumber, binary('f32x4.le', local(value), local(largest)));
        // Where a window may begin in the padding, nobody knows which place is the first: any beats none.
        const isNone = binary('f32x4.lt', local(where), float(0));
        const better = held(isFirst === undefined ? binary('v128.or', isLarger, isNone) : isLarger);
        f.set(largest, select(local(better), local(value), local(largest)));
        f.set(where, select(local(better), float(place), local(where)));
      });
      this.epilogue.at(f, pointers, { element, column }).write([largest, where], width);
    };
  }
}

/** The largest pixel of each window and its place, with the element-wise operations that follow. */
export function emitMaxPool(module: ModuleBuilder, body: Program, name: string): Kernel {
  const pooling = new MaxPooling(body);
  const x = body.inputs.indexOf(rootOf(producers(body), pooling.source));
  const callee = module.define(name, kernelParameters(body), (f, _workspace, ...pointers) => {
    forEachWindow(f, pooling.attributes, pointers[x], pooling.window(f, pointers));
  });
  return { callee, workspace: 0 };
}

/** Values put back to their places; everything else becomes zero. */
export function emitMaxUnpool(module: ModuleBuilder, body: Program, name: string): Kernel {
  const anchor = body.operations.find((operation) => operation.name === 'maxUnpool2d') as Operation;
  const { window, shape } = anchor.attributes as PoolAttributes;
  const producer = producers(body);
  const [values, places] = anchor.inputs.map((value) => body.inputs.indexOf(rootOf(producer, value)));
  const [rows, columns] = windowPositions('maxUnpool2d', shape, window);
  const overlaps = window.size.some((size, axis) => size > window.strides[axis]);
  const covers =
    !overlaps &&
    window.size[0] * rows === shape[1] &&
    window.size[1] * columns === shape[2] &&
    window.padding.flat().every((p) => p === 0);
  const callee = module.define(name, kernelParameters(body), (f, _workspace, ...pointers) => {
    const out = pointers[body.inputs.length];
    if (!covers)
      fill(
        f,
        out,
        shape.reduce((a, b) => a * b, 1),
        0,
      );
    forEachWindow(f, { window, shape }, out, ({ element, width, forEachPlace }) => {
      const held = (code: Code) => keep(f, code, width);
      const [value, where] = [values, places].map((array) => {
        const address = keepAddress(f, pointers[array], element);
        return held((g) => g.get(address).load(width));
      });
      forEachPlace((place, address) => {
        const mine = binary('v128.and', local(value), binary('f32x4.eq', local(where), float(place)));
        const before: Code = (g) => g.get(address).load(width);
        f.storeLocal(address, held(overlaps ? binary('f32x4.add', before, mine) : mine), width);
      });
    });
  });
  return { callee, workspace: 0 };
}

/** The pixel at a place of each window. */
export function emitTakePlaces(module: ModuleBuilder, body: Program, name: string): Kernel {
  const anchor = body.operations.find((operation) => operation.name === 'takePlaces2d') as Operation;
  const producer = producers(body);
  const [images, places] = anchor.inputs.map((value) => body.inputs.indexOf(rootOf(producer, value)));
  const callee = module.define(name, kernelParameters(body), (f, _workspace, ...pointers) => {
    forEachWindow(f, anchor.attributes as PoolAttributes, pointers[images], ({ element, width, forEachPlace }) => {
      const held = (code: Code) => keep(f, code, width);
      const value = held(float(0));
      const wanted = keepAddress(f, pointers[places], element);
      const where = held((g) => g.get(wanted).load(width));
      forEachPlace((place, address) => {
        const isMine = binary('f32x4.eq', local(where), float(place));
        f.set(
          value,
          select(isMine, (g) => g.get(address).load(width), local(value)),
        );
      });
      f.storeLocal(keepAddress(f, pointers[body.inputs.length], element), value, width);
    });
  });
  return { callee, workspace: 0 };
}

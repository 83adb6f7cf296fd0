import { producers, rootOf } from '../fuse/space.js';
import type { PoolAttributes } from '../operations/pooling.js';
import { windowPositions } from '../operations/window.js';
import type { Operation, Program } from '../trace/program.js';
import type { Code, FunctionBuilder, Local, ModuleBuilder } from './assembler.js';
import { Epilogue } from './epilogue.js';
import { defineCallees } from './expressions.js';
import { binary, float, keep, local, select } from './functions.js';
import type { Kernel } from './kernel.js';
import { fill } from './loop.js';
import type { Width } from './strided.js';

const parametersOf = (body: Program) =>
  ['i32', ...body.inputs.map(() => 'i32'), ...body.outputs.map(() => 'i32')] as 'i32'[];

/** What is written for one window: pointers at its first pixel and its result, for four channels or one. */
type WindowCode = (at: WindowPlace) => void;

interface WindowPlace {
  /** Bytes from the beginning of the pooled arrays. */
  readonly element: Local;
  /** Bytes from the beginning of a vector of channels. */
  readonly column: Local;
  readonly width: Width;
  /** Writes code for each place of the window that is not in the padding, and gives the address of its pixel. */
  forEachPlace(body: (place: number, address: Code) => void): void;
}

/** Walks all windows of all images, and the channels of each. */
function forEachWindow(f: FunctionBuilder, { window, shape }: PoolAttributes, images: Local, body: WindowCode): void {
  const [batch, height, width, channels] = shape;
  const [rows, columns] = windowPositions('maxPool2d', shape, window);
  const [padTop, padLeft] = [window.padding[0][0], window.padding[1][0]];
  const rowBytes = width * channels * 4;
  const pixelBytes = channels * 4;
  const reach = [
    (rows - 1) * window.strides[0] + window.size[0] - padTop,
    (columns - 1) * window.strides[1] + window.size[1] - padLeft,
  ];
  const checks = [padTop > 0 || reach[0] > height, padLeft > 0 || reach[1] > width];
  const [image, row, window_, pixel, element, column, top, left] = Array.from({ length: 8 }, () => f.local('i32'));
  f.set(image, (g) =>
    g
      .get(images)
      .i32(-padTop * rowBytes - padLeft * pixelBytes)
      .op('add'),
  );
  const isWithin = (position: Local, offset: number, length: number) => {
    f.get(position).i32(offset).op('add').i32(length).op('ltU');
  };
  const walkChannels = (count: number, width: Width) => {
    f.repeat(count, () => {
      const forEachPlace: WindowPlace['forEachPlace'] = (visit) => {
        for (let place = 0; place < window.size[0] * window.size[1]; place++) {
          const [i, j] = [Math.floor(place / window.size[1]), place % window.size[1]];
          // A window may begin in the padding, before the image: the sum wraps around, as an offset would not.
          const address: Code = (g) =>
            g
              .get(pixel)
              .i32(i * rowBytes + j * pixelBytes)
              .op('add');
          const write = () => visit(place, address);
          const inRow = () => {
            if (!checks[1]) write();
            else {
              isWithin(left, j, shape[2]);
              f.ifTrue(write);
            }
          };
          if (!checks[0]) inRow();
          else {
            isWithin(top, i, height);
            f.ifTrue(inRow);
          }
        }
      };
      body({ element, column, width, forEachPlace });
      const bytes = width === 'vector' ? 16 : 4;
      for (const pointer of [pixel, element, column]) f.increase(pointer, bytes);
    });
  };
  f.repeat(batch, () => {
    f.set(row, local(image));
    f.set(top, (g) => g.i32(-padTop));
    f.repeat(rows, () => {
      f.set(window_, local(row));
      f.set(left, (g) => g.i32(-padLeft));
      f.repeat(columns, () => {
        f.set(pixel, local(window_));
        f.set(column, (g) => g.i32(0));
        walkChannels(Math.floor(channels / 4), 'vector');
        walkChannels(channels % 4, 'lane');
        f.increase(window_, window.strides[1] * pixelBytes);
        f.increase(left, window.strides[1]);
      });
      f.increase(row, window.strides[0] * rowBytes);
      f.increase(top, window.strides[0]);
    });
    f.increase(image, height * rowBytes);
  });
}

/** The largest pixel of each window and its place, with the element-wise operations that follow. */
export function emitMaxPool(module: ModuleBuilder, body: Program, name: string): Kernel {
  defineCallees(module, body);
  const find = (operation: string) => body.operations.find((o) => o.name === operation);
  const [pool, placeOf] = [find('maxPool2d'), find('maxPool2dPlace')];
  const anchor = (pool ?? placeOf) as Operation;
  const x = body.inputs.indexOf(rootOf(producers(body), anchor.inputs[0]));
  const epilogue = new Epilogue(module, body, [pool?.outputs[0] ?? -1, placeOf?.outputs[0] ?? -1]);
  const index = module.define(name, parametersOf(body), (f, _workspace, ...pointers) => {
    const [largest, where] = [f.local('v128'), f.local('v128')];
    forEachWindow(f, anchor.attributes as PoolAttributes, pointers[x], ({ element, column, width, forEachPlace }) => {
      f.set(largest, float(-Infinity));
      f.set(where, float(-1));
      forEachPlace((place, address) => {
        const value = keep(f, (g) => {
          address(g);
          g.load(width);
        });
        // The first of equals stays; NaN is larger than all, and the first NaN stays; -infinity beats nothing yet.
        const isLarger = binary('f32x4.gt', local(value), local(largest));
        const isFirstNaN = binary(
          'v128.andnot',
          binary('f32x4.ne', local(value), local(value)),
          binary('f32x4.ne', local(largest), local(largest)),
        );
        const isNone = binary('f32x4.lt', local(where), float(0));
        const better = keep(f, binary('v128.or', binary('v128.or', isLarger, isFirstNaN), isNone));
        f.set(largest, select(local(better), local(value), local(largest)));
        f.set(where, select(local(better), float(place), local(where)));
      });
      epilogue.write(f, pointers, [largest, where], { element, column, elementOffset: 0, columnOffset: 0, width });
    });
  });
  return { index, workspace: 0 };
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
  const index = module.define(name, parametersOf(body), (f, _workspace, ...pointers) => {
    const out = pointers[body.inputs.length];
    if (!covers)
      fill(
        f,
        out,
        shape.reduce((a, b) => a * b, 1),
        0,
      );
    const [value, where] = [f.local('v128'), f.local('v128')];
    forEachWindow(f, { window, shape }, out, ({ element, width, forEachPlace }) => {
      f.set(value, (g) => g.get(pointers[values]).get(element).op('add').load(width));
      f.set(where, (g) => g.get(pointers[places]).get(element).op('add').load(width));
      forEachPlace((place, address) => {
        const mine = binary('v128.and', local(value), binary('f32x4.eq', local(where), float(place)));
        const before: Code = (g) => {
          address(g);
          g.load(width);
        };
        address(f);
        if (overlaps) binary('f32x4.add', before, mine)(f);
        else mine(f);
        f.store(width);
      });
    });
  });
  return { index, workspace: 0 };
}

/** The pixel at a place of each window. */
export function emitTakePlaces(module: ModuleBuilder, body: Program, name: string): Kernel {
  const anchor = body.operations.find((operation) => operation.name === 'takePlaces2d') as Operation;
  const producer = producers(body);
  const [images, places] = anchor.inputs.map((value) => body.inputs.indexOf(rootOf(producer, value)));
  const index = module.define(name, parametersOf(body), (f, _workspace, ...pointers) => {
    const [value, where] = [f.local('v128'), f.local('v128')];
    forEachWindow(f, anchor.attributes as PoolAttributes, pointers[images], ({ element, width, forEachPlace }) => {
      f.set(value, float(0));
      f.set(where, (g) => g.get(pointers[places]).get(element).op('add').load(width));
      forEachPlace((place, address) => {
        const isMine = binary('f32x4.eq', local(where), float(place));
        const pixel: Code = (g) => {
          address(g);
          g.load(width);
        };
        f.set(value, select(isMine, pixel, local(value)));
      });
      f.get(pointers[body.inputs.length]).get(element).op('add').get(value).store(width);
    });
  });
  return { index, workspace: 0 };
}

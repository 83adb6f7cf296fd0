import { producers, rootOf } from '../fuse/space.js';
import type { Matrix, Tiling } from '../operations/tiles.js';
import type { Operation, Program } from '../trace/program.js';
import type { Code, FunctionBuilder, Local } from './assembler.js';
import { Epilogue } from './epilogue.js';
import { binary, local } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import { applyMatrix, distinctRows } from './matrix.js';
import type { ModuleBuilder } from './module.js';
import { keep, keepAddress, WIDTH_BYTES, widthsOf } from './pairs.js';
import { MaxPooling } from './pooling.js';
import {
  forEachChannel,
  forEachTile,
  heldWidth,
  type Layout,
  layoutOf,
  onAddresses,
  overlap,
  scratchBytes,
} from './tile-layout.js';
import { forEachWindowOfImage, geometryOf } from './windows.js';

/**
 * Tiles to images. Each image is put together in a plane large enough for all tiles; then its part inside of the image
 * is stored, or its largest pixels are, with the element-wise operations that follow.
 */
export function emitScatterTiles(module: ModuleBuilder, body: Program, name: string): Kernel {
  const anchor = body.operations.find((operation) => operation.name === 'scatterTiles') as Operation;
  const tiling = anchor.attributes as Tiling;
  const [batch, height, width, channels] = body.values[anchor.outputs[0]].shape;
  const layout = layoutOf(tiling, batch, channels, module.widest);
  const producer = producers(body);
  const source = body.inputs.indexOf(rootOf(producer, anchor.inputs[0]));
  const { from, size } = overlap(layout);
  const { rows, columns, dilation, step } = tiling;
  // Tiles that do not overlap are stored; others are added to zeros.
  const overlaps = rows[0].length > step[0] || columns[0].length > step[1] || dilation.some((d) => d > 1);
  const covers = !overlaps && rows[0].length === step[0] && columns[0].length === step[1];
  const pitch = layout.extent[1] * channels * 4;
  const planeBytes = layout.extent[0] * pitch;
  const isPooled = body.operations.some((operation) => operation.name === 'maxPool2d');
  const pooling = isPooled ? new MaxPooling(body) : undefined;
  const epilogue = new Epilogue(body, [anchor.outputs[0]]);
  const callee = module.define(name, kernelParameters(body), (f, workspace, ...pointers) => {
    const image = keepAddress(f, workspace, (from[0] * layout.extent[1] + from[1]) * channels * 4);
    const windowCode = pooling?.window(f, pointers);
    const tile = f.local('i32');
    const scratch = f.local('i32');
    const element = f.local('i32');
    const column = f.local('i32');
    f.set(tile, local(pointers[source]));
    f.set(scratch, (g) => g.get(workspace).i32(planeBytes).op('add'));
    f.repeat(batch, () => {
      if (!covers) f.get(workspace).i32(0).i32(planeBytes).fillMemory();
      forEachTile(f, layout, workspace, pitch, tile, (pixel, at, run) =>
        scatterOne(module, f, run, pitch, pixel, at, scratch, overlaps),
      );
      if (pooling && windowCode) {
        const geometry = { ...geometryOf(pooling.attributes), rowBytes: pitch };
        forEachWindowOfImage(f, geometry, image, { element, column }, windowCode);
      } else {
        storeImage(f, layout, epilogue, pointers, workspace, { from, size, element, column, height, width });
      }
    });
  });
  return { callee, workspace: planeBytes + scratchBytes(layout) };
}

function scatterOne(
  module: ModuleBuilder,
  f: FunctionBuilder,
  layout: Layout,
  pitch: number,
  pixel: Local,
  tile: Local,
  scratch: Local,
  adds: boolean,
): void {
  const { tiling, channels, componentBytes, heldBytes } = layout;
  const { dilation } = tiling;
  // Components of equal rows are added up before anything else: that is the adjoint of computing them once.
  const down = distinctRows(tiling.rows);
  const along = distinctRows(tiling.columns);
  const transposedOf = (matrix: Matrix): Matrix => matrix[0].map((_, column) => matrix.map((row) => row[column]));
  const rows = transposedOf(down.rows);
  const columns = transposedOf(along.rows);
  const products = columns[0].length;
  const places = rows.length * products;
  along.places.forEach((columnPlaces, v) => {
    const [first] = columnPlaces;
    const components = down.places.map((rowPlaces) =>
      rowPlaces.flatMap((row) => columnPlaces.map((column) => row * tiling.columns.length + column - first)),
    );
    const addresses = [
      { base: tile, offset: first * componentBytes },
      { base: scratch, offset: v * heldBytes },
    ];
    onAddresses(module, f, ['scatter_up', layout, components], addresses, (g, source, target) => {
      const walks = [{ pointer: source }, { pointer: target, held: places }];
      forEachChannel(g, layout, walks, ([from, held], width) => {
        const read = components.map((same) =>
          same
            .map(
              (component): Code =>
                (h) =>
                  h.get(from).load(width, component * componentBytes),
            )
            .reduce((sum, component) => binary('f32x4.add', sum, component)),
        );
        applyMatrix(g, rows, read, width, (p, value) => {
          g.storeLocal(held, value, heldWidth(width), p * products * heldBytes);
        });
      });
    });
  });
  for (let p = 0; p < rows.length; p++) {
    const addresses = [
      { base: scratch, offset: p * products * heldBytes },
      { base: pixel, offset: p * dilation[0] * pitch },
    ];
    onAddresses(module, f, ['scatter_across', layout, adds], addresses, (g, source, target) => {
      const walks = [{ pointer: source, held: places }, { pointer: target }];
      forEachChannel(g, layout, walks, ([held, at], width) => {
        const read = columns[0].map(
          (_, v) => (h: FunctionBuilder) => h.get(held).load(heldWidth(width), v * heldBytes),
        );
        applyMatrix(g, columns, read, width, (q, value) => {
          const offset = q * dilation[1] * channels * 4;
          const sum = (h: FunctionBuilder) => h.get(at).load(width, offset).get(value).vector('f32x4.add');
          g.storeLocal(at, adds ? keep(g, sum, width) : value, width, offset);
        });
      });
    });
  }
}

/** Stores the part of the plane that lies in the image; pixels that no tile reaches are zeros. */
function storeImage(
  f: FunctionBuilder,
  { tiling: { origin }, extent, channels }: Layout,
  epilogue: Epilogue,
  pointers: readonly Local[],
  plane: Local,
  at: {
    from: number[];
    size: number[];

    element: Local;
    column: Local;
    height: number;
    width: number;
  },
): void {
  const { from, size, element, column, height, width } = at;
  const walk = (count: number, source: Local | undefined) => {
    for (const { width: access, times } of widthsOf(count)) {
      f.repeat(times, () => {
        const value = keep(f, (g) => (source ? g.get(source).load(access) : g.f32x4(0)), access);
        epilogue.at(f, pointers, { element, column }).write([value], access);
        for (const pointer of source ? [source, element, column] : [element, column]) {
          f.increase(pointer, WIDTH_BYTES[access]);
        }
      });
    }
  };
  const pixels = (count: number, source?: Local) => {
    // Pixels of one channel are walked four at a time: a vector along the channels is one number then.
    if (channels === 1) walk(count, source);
    else {
      f.repeat(count, () => {
        f.set(column, (g) => g.i32(0));
        walk(channels, source);
      });
    }
  };
  if (size[0] === 0 || size[1] === 0) {
    // All tiles lie beside the image.
    pixels(height * width);
    return;
  }
  const row = f.local('i32');
  const pointer = f.local('i32');
  const first = [from[0] + origin[0], from[1] + origin[1]];
  const offset = (from[0] * extent[1] + from[1]) * channels * 4;
  f.set(row, (g) => g.get(plane).i32(offset).op('add'));
  pixels(first[0] * width);
  f.repeat(size[0], () => {
    f.set(pointer, local(row));
    pixels(first[1]);
    pixels(size[1], pointer);
    pixels(width - first[1] - size[1]);
    f.increase(row, extent[1] * channels * 4);
  });
  pixels((height - first[0] - size[0]) * width);
}

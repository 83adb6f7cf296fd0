import { producers, rootOf } from '../fuse/space.js';
import type { Matrix, Tiling } from '../operations/tiles.js';
import type { Operation, Program } from '../trace/program.js';
import type { Code, FunctionBuilder, Local } from './assembler.js';
import { Epilogue } from './epilogue.js';
import { defineCallees } from './expressions.js';
import { binary, local } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import { applyMatrix, distinctRows } from './matrix.js';
import type { ModuleBuilder } from './module.js';
import { MaxPooling } from './pooling.js';
import type { Width } from './strided.js';
import {
  CHANNEL_BYTES,
  forEachChannel,
  forEachTile,
  keepAddress,
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
  defineCallees(module, body);
  const anchor = body.operations.find((operation) => operation.name === 'scatterTiles') as Operation;
  const tiling = anchor.attributes as Tiling;
  const [batch, height, width, channels] = body.values[anchor.outputs[0]].shape;
  const layout = layoutOf(tiling, batch, channels);
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
  const pooling = isPooled ? new MaxPooling(module, body) : undefined;
  const epilogue = new Epilogue(module, body, [anchor.outputs[0]]);
  const index = module.define(name, kernelParameters(body), (f, workspace, ...pointers) => {
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
      forEachTile(f, layout, workspace, pitch, tile, (pixel) =>
        scatterOne(module, f, layout, pitch, pixel, tile, scratch, overlaps),
      );
      if (pooling && windowCode) {
        const geometry = { ...geometryOf(pooling.attributes), rowBytes: pitch };
        forEachWindowOfImage(f, geometry, image, { element, column }, windowCode);
      } else {
        storeImage(f, layout, epilogue, pointers, workspace, { from, size, element, column, height, width });
      }
    });
  });
  return { index, workspace: planeBytes + scratchBytes(tiling, channels) };
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
  const { tiling, channels, componentBytes } = layout;
  const { dilation } = tiling;
  // Components of equal rows are added up before anything else: that is the adjoint of computing them once.
  const down = distinctRows(tiling.rows);
  const along = distinctRows(tiling.columns);
  const transposedOf = (matrix: Matrix): Matrix => matrix[0].map((_, column) => matrix.map((row) => row[column]));
  const rows = transposedOf(down.rows);
  const columns = transposedOf(along.rows);
  const products = columns[0].length;
  const heldBytes = rows.length * products * 16;
  along.places.forEach((columnPlaces, v) => {
    const [first] = columnPlaces;
    const components = down.places.map((rowPlaces) =>
      rowPlaces.flatMap((row) => columnPlaces.map((column) => row * tiling.columns.length + column - first)),
    );
    const addresses = [
      { base: tile, offset: first * componentBytes },
      { base: scratch, offset: v * 16 },
    ];
    onAddresses(module, f, channels, ['scatter_up', layout, components], addresses, (g, source, target) => {
      const walks = [
        { pointer: source, bytes: CHANNEL_BYTES },
        { pointer: target, bytes: heldBytes },
      ];
      forEachChannel(g, channels, walks, ([from, held], width) => {
        const read = components.map((same) =>
          same
            .map(
              (component): Code =>
                (h) =>
                  h.get(from).load(width, component * componentBytes),
            )
            .reduce((sum, component) => binary('f32x4.add', sum, component)),
        );
        applyMatrix(g, rows, read, (p, value) => {
          g.get(held)
            .get(value)
            .store('vector', p * products * 16);
        });
      });
    });
  });
  for (let p = 0; p < rows.length; p++) {
    const addresses = [
      { base: scratch, offset: p * products * 16 },
      { base: pixel, offset: p * dilation[0] * pitch },
    ];
    onAddresses(module, f, channels, ['scatter_across', layout, adds], addresses, (g, source, target) => {
      const walks = [
        { pointer: source, bytes: heldBytes },
        { pointer: target, bytes: CHANNEL_BYTES },
      ];
      forEachChannel(g, channels, walks, ([held, at], width) => {
        const read = columns[0].map((_, v) => (h: FunctionBuilder) => h.get(held).load('vector', v * 16));
        applyMatrix(g, columns, read, (q, value) => {
          const offset = q * dilation[1] * channels * 4;
          g.get(at);
          if (adds) g.get(at).load(width, offset).get(value).vector('f32x4.add');
          else g.get(value);
          g.store(width, offset);
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
  const store = (value: Local, access: Width) => {
    epilogue.write(f, pointers, [value], { element, column, elementOffset: 0, columnOffset: 0, width: access });
    const bytes = access === 'vector' ? 16 : 4;
    f.increase(element, bytes);
    f.increase(column, bytes);
  };
  const value = f.local('v128');
  const walk = (count: number, read: ((width: Width) => void) | undefined) => {
    const go = (times: number, access: Width) =>
      f.repeat(times, () => {
        f.set(value, (g) => (read ? read(access) : g.f32x4(0)));
        store(value, access);
      });
    go(Math.floor(count / 4), 'vector');
    go(count % 4, 'lane');
  };
  const pixels = (count: number, read: ((width: Width) => void) | undefined) => {
    // Pixels of one channel are walked four at a time: a vector along the channels is one number then.
    if (channels === 1) walk(count, read);
    else {
      f.repeat(count, () => {
        f.set(column, (g) => g.i32(0));
        walk(channels, read);
      });
    }
  };
  if (size[0] === 0 || size[1] === 0) {
    // All tiles lie beside the image.
    pixels(height * width, undefined);
    return;
  }
  const row = f.local('i32');
  const pointer = f.local('i32');
  const first = [from[0] + origin[0], from[1] + origin[1]];
  const offset = (from[0] * extent[1] + from[1]) * channels * 4;
  f.set(row, (g) => g.get(plane).i32(offset).op('add'));
  pixels(first[0] * width, undefined);
  f.repeat(size[0], () => {
    f.set(pointer, local(row));
    pixels(first[1], undefined);
    pixels(size[1], (access) => {
      f.get(pointer).load(access);
      f.increase(pointer, access === 'vector' ? 16 : 4);
    });
    pixels(width - first[1] - size[1], undefined);
    f.increase(row, extent[1] * channels * 4);
  });
  pixels((height - first[0] - size[0]) * width, undefined);
}

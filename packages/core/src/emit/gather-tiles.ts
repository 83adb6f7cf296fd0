import type { Tiling } from '../operations/tiles.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local } from './assembler.js';
import { local } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import { applyMatrix, distinctRows } from './matrix.js';
import type { ModuleBuilder } from './module.js';
import { keep, WIDTH_BYTES, widthsOf } from './pairs.js';
import { copyEach, stridedLoop } from './strided.js';
import {
  forEachChannel,
  forEachTile,
  heldWidth,
  isCopy,
  type Layout,
  layoutOf,
  onAddresses,
  overlap,
  scratchBytes,
} from './tile-layout.js';

/**
 * Images to tiles. Where tiles stick out of the image, each image is first copied into a plane with zeros around
 * it, so that the transformation itself knows no borders.
 */
export function emitGatherTiles(module: ModuleBuilder, body: Program, name: string): Kernel {
  const anchor = body.operations.find((operation) => operation.name === 'gatherTiles') as Operation;
  const tiling = anchor.attributes as Tiling;
  const [batch, height, width, channels] = body.values[anchor.inputs[0]].shape;
  const layout = layoutOf(tiling, batch, channels, module.widest);
  const { from, size } = overlap(layout);
  const isInside = tiling.origin.every((o) => o >= 0) && size.every((s, axis) => s === layout.extent[axis]);
  const pitch = (isInside ? width : layout.extent[1]) * channels * 4;
  const planeBytes = isInside ? 0 : layout.extent[0] * layout.extent[1] * channels * 4;
  const callee = module.define(name, kernelParameters(body), (f, workspace, x, tiles) => {
    const image = f.local('i32');
    const plane = f.local('i32');
    const target = f.local('i32');
    const scratch = f.local('i32');
    f.set(image, local(x));
    f.set(target, local(tiles));
    f.set(scratch, (g) => g.get(workspace).i32(planeBytes).op('add'));
    if (!isInside) f.get(workspace).i32(0).i32(planeBytes).fillMemory();
    f.repeat(batch, () => {
      if (isInside) {
        f.set(plane, (g) =>
          g
            .get(image)
            .i32((tiling.origin[0] * width + tiling.origin[1]) * channels * 4)
            .op('add'),
        );
      } else {
        copyPart(f, image, workspace, layout, { from, size, width, channels });
        f.set(plane, local(workspace));
      }
      forEachTile(f, layout, plane, pitch, target, (pixel, at, run) =>
        gatherOne(module, f, run, pitch, pixel, at, scratch),
      );
      f.increase(image, height * width * channels * 4);
    });
  });
  return { callee, workspace: planeBytes + scratchBytes(layout) };
}

/** Copies the part of an image that tiles touch into the plane. */
function copyPart(
  f: FunctionBuilder,
  image: Local,
  plane: Local,
  { tiling: { origin }, extent }: Layout,
  { from, size, width, channels }: { from: number[]; size: number[]; width: number; channels: number },
): void {
  const source = {
    pointer: image,
    strides: [width * channels, 1],
    offset: ((from[0] + origin[0]) * width + from[1] + origin[1]) * channels,
  };
  const target = {
    pointer: plane,
    strides: [extent[1] * channels, 1],
    offset: (from[0] * extent[1] + from[1]) * channels,
  };
  stridedLoop(f, [size[0], size[1] * channels], [source, target], {
    each: copyEach(f),
  });
}

function gatherOne(
  module: ModuleBuilder,
  f: FunctionBuilder,
  layout: Layout,
  pitch: number,
  pixel: Local,
  tile: Local,
  scratch: Local,
): void {
  const { tiling, channels, componentBytes, heldBytes } = layout;
  const { rows, columns, dilation } = tiling;
  const pixelBytes = channels * 4;
  if (isCopy(tiling)) {
    const isRun = tiling.components === 'last' && dilation[1] === 1;
    for (let i = 0; i < rows.length; i++) {
      const runs = isRun ? 1 : columns.length;
      for (let j = 0; j < runs; j++) {
        const from = i * dilation[0] * pitch + j * dilation[1] * pixelBytes;
        const to = (i * columns.length + j) * componentBytes;
        copyRun(f, pixel, from, tile, to, isRun ? columns.length * channels : channels);
      }
    }
    return;
  }
  // Down the columns of the tile into scratch, then along its rows into the components. All channels of a row of
  // components are written before the next row: planes of components lie at distances that share a cache set, which
  // holds one row's lines but not all.
  const down = distinctRows(rows);
  const along = distinctRows(columns);
  const width = columns[0].length;
  const places = down.rows.length * width;
  for (let q = 0; q < width; q++) {
    const addresses = [
      { base: pixel, offset: q * dilation[1] * pixelBytes },
      { base: scratch, offset: q * heldBytes },
    ];
    onAddresses(module, f, ['gather_down', layout, pitch], addresses, (g, from, to) => {
      const walks = [{ pointer: from }, { pointer: to, held: places }];
      forEachChannel(g, layout, walks, ([at, held], access) => {
        const read = rows[0].map((_, p) => (h: FunctionBuilder) => h.get(at).load(access, p * dilation[0] * pitch));
        applyMatrix(g, down.rows, read, access, (u, value) => {
          g.storeLocal(held, value, heldWidth(access), u * width * heldBytes);
        });
      });
    });
  }
  rows.forEach((_, row) => {
    const u = down.places.findIndex((places) => places.includes(row));
    const addresses = [
      { base: scratch, offset: u * width * heldBytes },
      { base: tile, offset: row * columns.length * componentBytes },
    ];
    onAddresses(module, f, ['gather_along', layout], addresses, (g, from, to) => {
      const walks = [{ pointer: from, held: places }, { pointer: to }];
      forEachChannel(g, layout, walks, ([held, at], access) => {
        const read = columns[0].map(
          (_, q) => (h: FunctionBuilder) => h.get(held).load(heldWidth(access), q * heldBytes),
        );
        applyMatrix(g, along.rows, read, access, (v, value) => {
          for (const column of along.places[v]) g.storeLocal(at, value, access, column * componentBytes);
        });
      });
    });
  });
}

/** Copies floats that lie side by side, without a loop where there are few. */
function copyRun(
  f: FunctionBuilder,
  from: Local,
  fromOffset: number,
  to: Local,
  toOffset: number,
  count: number,
): void {
  if (count > 64) {
    const source = { pointer: from, strides: [1], offset: fromOffset / 4 };
    const target = { pointer: to, strides: [1], offset: toOffset / 4 };
    stridedLoop(f, [count], [source, target], {
      each: copyEach(f),
    });
    return;
  }
  for (const { width, times, first } of widthsOf(count)) {
    for (let time = 0; time < times; time++) {
      const at = first * 4 + time * WIDTH_BYTES[width];
      const value = keep(f, (g) => g.get(from).load(width, fromOffset + at), width);
      f.storeLocal(to, value, width, toOffset + at);
    }
  }
}

import { producers, rootOf } from '../fuse/space.js';
import { componentsOf, type Matrix, type Tiling } from '../operations/tiles.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.js';
import { Epilogue } from './epilogue.js';
import { defineCallees } from './expressions.js';
import { local } from './functions.js';
import type { Kernel } from './kernel.js';
import { applyMatrix } from './matrix.js';
import { MaxPooling } from './pooling.js';
import { stridedLoop, type Width } from './strided.js';
import { forEachWindowOfImage, geometryOf } from './windows.js';

/** A tiling in bytes: where pixels and components lie. */
interface Layout {
  readonly tiling: Tiling;
  readonly batch: number;
  readonly channels: number;
  /** Height and width of the part of the plane that tiles touch, which may stick out of the image. */
  readonly extent: readonly [number, number];
  /** Bytes from one component of a tile to the next, and from one tile to the next. */
  readonly componentBytes: number;
  readonly tileBytes: number;
}

function layoutOf(tiling: Tiling, batch: number, channels: number): Layout {
  const { grid, step, dilation, rows, columns } = tiling;
  const tiles = batch * grid[0] * grid[1];
  const first = tiling.components === 'first';
  return {
    tiling,
    batch,
    channels,
    extent: [
      (grid[0] - 1) * step[0] + (rows[0].length - 1) * dilation[0] + 1,
      (grid[1] - 1) * step[1] + (columns[0].length - 1) * dilation[1] + 1,
    ],
    componentBytes: (first ? tiles : 1) * channels * 4,
    tileBytes: (first ? 1 : componentsOf(tiling)) * channels * 4,
  };
}

/** The part of the plane that lies in the image: from where to where, in pixels of the plane. */
function overlap({ tiling: { image, origin }, extent }: Layout): { from: number[]; size: number[] } {
  const from = origin.map((o) => Math.max(0, -o));
  return { from, size: from.map((at, axis) => Math.max(0, Math.min(extent[axis], image[axis] - origin[axis]) - at)) };
}

const isIdentity = (matrix: Matrix) =>
  matrix.length === matrix[0].length && matrix.every((row, i) => row.every((x, j) => x === Number(i === j)));

const parametersOf = (body: Program) =>
  ['i32', ...body.inputs.map(() => 'i32'), ...body.outputs.map(() => 'i32')] as 'i32'[];

/**
 * Images to tiles. Where tiles stick out of the image, each image is first copied into a plane with zeros around
 * it, so that the transformation itself knows no borders.
 */
export function emitGatherTiles(module: ModuleBuilder, body: Program, name: string): Kernel {
  const anchor = body.operations.find((operation) => operation.name === 'gatherTiles') as Operation;
  const tiling = anchor.attributes as Tiling;
  const [batch, height, width, channels] = body.values[anchor.inputs[0]].shape;
  const layout = layoutOf(tiling, batch, channels);
  const { from, size } = overlap(layout);
  const isInside = tiling.origin.every((o) => o >= 0) && size.every((s, axis) => s === layout.extent[axis]);
  const pitch = (isInside ? width : layout.extent[1]) * channels * 4;
  const planeBytes = isInside ? 0 : layout.extent[0] * layout.extent[1] * channels * 4;
  const index = module.define(name, parametersOf(body), (f, workspace, x, tiles) => {
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
      forEachTile(f, layout, plane, pitch, target, (pixel, tile) => gatherOne(f, layout, pitch, pixel, tile, scratch));
      f.increase(image, height * width * channels * 4);
    });
  });
  return { index, workspace: planeBytes + scratchBytes(tiling, channels) };
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
    each: ([a, b], width) => f.get(b).get(a).load(width).store(width),
  });
}

/** Bytes in which a tile is kept between its two one-dimensional transformations: a vector for four channels or one. */
function scratchBytes({ rows, columns }: Tiling, channels: number): number {
  const vectors = Math.floor(channels / 4) + (channels % 4);
  return Math.max(rows.length, rows[0].length) * Math.max(columns.length, columns[0].length) * 16 * vectors;
}

/** Walks the grid of one image: `pixel` points at the first pixel of each tile, `tile` at its first component. */
function forEachTile(
  f: FunctionBuilder,
  { tiling: { grid, step }, channels, tileBytes }: Layout,
  plane: Local,
  pitch: number,
  tile: Local,
  body: (pixel: Local, tile: Local) => void,
): void {
  const pixel = f.local('i32');
  const row = f.local('i32');
  f.set(row, local(plane));
  f.repeat(grid[0], () => {
    f.set(pixel, local(row));
    f.repeat(grid[1], () => {
      body(pixel, tile);
      f.increase(pixel, step[1] * channels * 4);
      f.increase(tile, tileBytes);
    });
    f.increase(row, step[0] * pitch);
  });
}

/** A pointer that is walked along the channels of a tile, and the bytes from one vector of channels to the next. */
interface ChannelWalk {
  readonly pointer: Local;
  readonly bytes: number;
}

/** Walks the channels of a tile by vectors, and the last few one by one. */
function forEachChannel(
  f: FunctionBuilder,
  channels: number,
  walks: readonly ChannelWalk[],
  body: (pointers: Local[], width: Width) => void,
): void {
  const walking = walks.map(({ pointer }) => keepAddress(f, pointer));
  const go = (count: number, width: Width) =>
    f.repeat(count, () => {
      body(walking, width);
      walking.forEach((at, which) => {
        const { bytes } = walks[which];
        f.increase(at, bytes === CHANNEL_BYTES && width === 'lane' ? 4 : bytes);
      });
    });
  go(Math.floor(channels / 4), 'vector');
  go(channels % 4, 'lane');
}

/** Bytes of a vector of channels where channels lie side by side. */
const CHANNEL_BYTES = 16;

function keepAddress(f: FunctionBuilder, pointer: Local, offset = 0): Local {
  const address = f.local('i32');
  f.set(address, (g) => g.get(pointer).i32(offset).op('add'));
  return address;
}

function gatherOne(f: FunctionBuilder, layout: Layout, pitch: number, pixel: Local, tile: Local, scratch: Local): void {
  const { tiling, channels, componentBytes } = layout;
  const { rows, columns, dilation } = tiling;
  const pixelBytes = channels * 4;
  if (isIdentity(rows) && isIdentity(columns)) {
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
  const kept = { pointer: scratch, bytes: rows.length * columns[0].length * 16 };
  forEachChannel(f, channels, [{ pointer: pixel, bytes: CHANNEL_BYTES }, kept], ([at, held], width) => {
    for (let q = 0; q < columns[0].length; q++) {
      const read = rows[0].map(
        (_, p) => (g: FunctionBuilder) => g.get(at).load(width, p * dilation[0] * pitch + q * dilation[1] * pixelBytes),
      );
      applyMatrix(f, rows, read, (u, value) => {
        f.get(held)
          .get(value)
          .store('vector', (u * columns[0].length + q) * 16);
      });
    }
  });
  for (let u = 0; u < rows.length; u++) {
    forEachChannel(f, channels, [kept, { pointer: tile, bytes: CHANNEL_BYTES }], ([held, to], width) => {
      const read = columns[0].map(
        (_, q) => (g: FunctionBuilder) => g.get(held).load('vector', (u * columns[0].length + q) * 16),
      );
      applyMatrix(f, columns, read, (v, value) => {
        f.get(to)
          .get(value)
          .store(width, (u * columns.length + v) * componentBytes);
      });
    });
  }
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
      each: ([a, b], width) => f.get(b).get(a).load(width).store(width),
    });
    return;
  }
  for (let at = 0; at < count; at += count - at >= 4 ? 4 : 1) {
    const width = count - at >= 4 ? 'vector' : 'lane';
    f.get(to)
      .get(from)
      .load(width, fromOffset + at * 4)
      .store(width, toOffset + at * 4);
  }
}

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
  const index = module.define(name, parametersOf(body), (f, workspace, ...pointers) => {
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
        scatterOne(f, layout, pitch, pixel, tile, scratch, overlaps),
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
  f: FunctionBuilder,
  { tiling, channels, componentBytes }: Layout,
  pitch: number,
  pixel: Local,
  tile: Local,
  scratch: Local,
  adds: boolean,
): void {
  const { dilation } = tiling;
  const transposedOf = (matrix: Matrix): Matrix => matrix[0].map((_, column) => matrix.map((row) => row[column]));
  const rows = transposedOf(tiling.rows);
  const columns = transposedOf(tiling.columns);
  const products = columns[0].length;
  const kept = { pointer: scratch, bytes: rows.length * products * 16 };
  for (let v = 0; v < products; v++) {
    forEachChannel(f, channels, [{ pointer: tile, bytes: CHANNEL_BYTES }, kept], ([from, held], width) => {
      const read = rows[0].map(
        (_, u) => (g: FunctionBuilder) => g.get(from).load(width, (u * products + v) * componentBytes),
      );
      applyMatrix(f, rows, read, (p, value) => {
        f.get(held)
          .get(value)
          .store('vector', (p * products + v) * 16);
      });
    });
  }
  forEachChannel(f, channels, [{ pointer: pixel, bytes: CHANNEL_BYTES }, kept], ([at, held], width) => {
    for (let p = 0; p < rows.length; p++) {
      const read = columns[0].map(
        (_, v) => (g: FunctionBuilder) => g.get(held).load('vector', (p * products + v) * 16),
      );
      applyMatrix(f, columns, read, (q, value) => {
        const offset = p * dilation[0] * pitch + q * dilation[1] * channels * 4;
        f.get(at);
        if (adds) f.get(at).load(width, offset).get(value).vector('f32x4.add');
        else f.get(value);
        f.store(width, offset);
      });
    }
  });
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

import { producers, rootOf } from '../fuse/space.js';
import { matmulSizes } from '../operations/matmul.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local } from './assembler.js';
import { Epilogue } from './epilogue.js';
import { float, local } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import { labelOf } from './labels.js';
import { defineTile, type Tile } from './matmul-tile.js';
import type { ModuleBuilder } from './module.js';
import { keep, WIDTH_BYTES, widthsOf } from './pairs.js';
import type { MatmulTiles } from './tiles.js';

/** Steps of the inner length that are added up in registers before they go to memory: a panel of B stays in cache. */
const BLOCK = 256;

/** With more blocks than this, what an addition rounds away is given to the next one. */
const PLAIN_BLOCKS = 8;

/** Fewer rows than this do not pay for packing B. */
const PACKING_ROWS = 12;

/** A right factor of this many bytes stays in the first-level cache as it is. */
const UNPACKED_BYTES = 16384;

interface Sizes {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** How a product is cut, and what is constant in its code. */
interface Cut extends Sizes {
  readonly transposeA: boolean;
  readonly blocks: number;
  /** Whether B is packed before each panel, or comes in panels. */
  readonly isPacked: boolean;
  readonly hasPanels: boolean;
  /** Bytes of the workspace: a packed panel, the sums of blocks of all rows of a panel, and as many for what those lose. */
  readonly panelBytes: number;
  readonly partialBytes: number;
  readonly lostAt: number;
}

/** Defines the function of a register tile. */
type DefineTile = (tile: Tile) => FunctionBuilder;
/** Writes the product of a panel. */
type WritePanel = (f: FunctionBuilder, locals: Locals) => void;

/**
 * Matrix products `[batch, m, k] x [batch, k, n]`, where A may be transposed, by register tiles.
 *
 * Columns are taken in panels, and what is left in a narrower one. A panel of B is packed, to be read in order,
 * unless B is small enough for the first-level cache or there are too few rows to pay for it, or is in panels already (`packFactors`). Every
 * result adds its k in ascending order, in blocks of a fixed length, for any tile: tiles do not change bits.
 */
export function emitMatmul(module: ModuleBuilder, body: Program, name: string): Kernel {
  const anchor = body.operations.find((operation) => operation.name === 'matmul') as Operation;
  const [typeA, typeB] = anchor.inputs.map((value) => body.values[value]);
  const transposeA = anchor.attributes.transposeA as boolean;
  const sizes = matmulSizes(typeA.shape, typeB.shape, { transposeA, transposeB: false });
  const producer = producers(body);
  const [left, right] = anchor.inputs.map((value) => rootOf(producer, value));
  // A transposition before B says that it comes in panels.
  const panels = producer[right];
  const operands = [left, panels ? rootOf(producer, panels.inputs[0]) : right].map((value) =>
    body.inputs.indexOf(value),
  );
  const epilogue = new Epilogue(body, [anchor.outputs[0]]);
  const { tiles } = module;
  const cut = cutProduct(sizes, transposeA, panels !== undefined, tiles);
  const parameters = kernelParameters(body);
  const define: DefineTile = (tile) => {
    const key = `${labelOf(name)}.tile_${tile.rows}x${tile.columns} ${name} ${JSON.stringify(tile)}`;
    return defineTile(module, key, tile, epilogue, parameters.length - 1);
  };
  // Callees come first: all tiles are defined before the function that calls them.
  const writePanels: WritePanel[] = [];
  for (let column = 0; column < cut.n; column += tiles.panel) {
    writePanels.push(...panelBlocks(cut, tiles, column, define));
  }
  const callee = module.define(name, parameters, (f, workspace, ...pointers) => {
    const locals = localsOf(f, workspace, pointers);
    f.set(locals.batchA, local(pointers[operands[0]]));
    f.set(locals.batchB, local(pointers[operands[1]]));
    f.repeat(cut.batch, () => {
      for (const write of writePanels) write(f, locals);
      f.increase(locals.batchA, cut.m * cut.k * 4);
      f.increase(locals.batchB, cut.k * cut.n * 4);
      f.increase(locals.batchC, cut.m * cut.n * 4);
    });
  });
  return { callee, workspace: cut.panelBytes + cut.partialBytes + cut.lostAt };
}

function cutProduct({ batch, m, n, k }: Sizes, transposeA: boolean, hasPanels: boolean, { panel }: MatmulTiles): Cut {
  const isLarge = n % panel !== 0 || Math.min(k, BLOCK) * n * 4 > UNPACKED_BYTES;
  const isPacked = !hasPanels && m >= PACKING_ROWS && n !== panel && isLarge;
  const blocks = Math.ceil(k / BLOCK);
  const partialBytes = blocks > 1 ? (m + 4) * panel * 4 : 0;
  return {
    ...{ batch, m, n, k, transposeA, blocks, isPacked, hasPanels, partialBytes },
    panelBytes: isPacked ? Math.min(k, BLOCK) * panel * 4 : 0,
    lostAt: blocks > PLAIN_BLOCKS ? partialBytes : 0,
  };
}

/** All rows of the columns of a panel, block after block of the inner length. */
function panelBlocks(cut: Cut, { panel, rows: rowsOf }: MatmulTiles, column: number, define: DefineTile): WritePanel[] {
  const { m, n, k, transposeA, isPacked, hasPanels, lostAt } = cut;
  const valid = Math.min(panel, n - column);
  const columns = (Math.ceil(valid / 4) * 4) as keyof MatmulTiles['rows'];
  // As even as can be: 16 rows are four tiles of 4, and not three of 5 and one of 1.
  const rows = Math.ceil(m / Math.ceil(m / rowsOf[columns]));
  const tails = m % rows;
  return Array.from({ length: cut.blocks }, (_, block): WritePanel => {
    const steps = Math.min(BLOCK, k - block * BLOCK);
    const shape = {
      columns,
      valid,
      steps,
      rowA: transposeA ? 4 : k * 4,
      stepA: transposeA ? m * 4 : 4,
      stepB: isPacked || hasPanels ? columns * 4 : n * 4,
      pitch: n * 4,
      first: block === 0,
      last: block === cut.blocks - 1,
      lostAt,
    };
    const full = define({ ...shape, rows, times: Math.floor(m / rows) });
    const tail = tails > 0 ? define({ ...shape, rows: tails, times: 1 }) : undefined;
    const beginA = transposeA ? block * BLOCK * m * 4 : block * BLOCK * 4;
    const beginB = (hasPanels ? block * BLOCK * panel + column * k : block * BLOCK * n + column) * 4;
    return (f, l) => {
      f.set(l.b, (g) => g.get(l.batchB).i32(beginB).op('add'));
      if (isPacked) {
        packPanel(f, l, steps, n, columns, valid);
        f.set(l.b, local(l.workspace));
      }
      f.set(l.a, (g) => g.get(l.batchA).i32(beginA).op('add'));
      f.set(l.element, (g) =>
        g
          .get(l.batchC)
          .i32(column * 4)
          .op('add'),
      );
      f.set(l.column, (g) => g.i32(column * 4));
      f.set(l.partial, (g) => g.get(l.workspace).i32(cut.panelBytes).op('add'));
      callTile(f, l, full, { ...shape, rows, times: Math.floor(m / rows) });
      if (tail) callTile(f, l, tail, { ...shape, rows: tails, times: 1 });
    };
  });
}

/** Calls a tile, and moves on to the next. */
function callTile(
  f: FunctionBuilder,
  l: Locals,
  callee: FunctionBuilder,
  { rows: each, times, rowA, pitch, columns }: Tile,
): void {
  f.get(l.a).get(l.b).get(l.element).get(l.column).get(l.partial).i32(0);
  for (const pointer of l.pointers) f.get(pointer);
  f.call(callee);
  const rows = each * times;
  f.increase(l.a, rows * rowA);
  f.increase(l.element, rows * pitch);
  f.increase(l.partial, rows * columns * 4);
}

interface Locals {
  readonly workspace: Local;
  readonly pointers: readonly Local[];
  readonly a: Local;
  readonly b: Local;
  readonly element: Local;
  readonly column: Local;
  readonly partial: Local;
  readonly batchA: Local;
  readonly batchB: Local;
  readonly batchC: Local;
}

function localsOf(f: FunctionBuilder, workspace: Local, pointers: readonly Local[]): Locals {
  const [a, b, element, column, partial, batchA, batchB, batchC] = Array.from({ length: 8 }, () => f.local('i32'));
  return { workspace, pointers, a, b, element, column, partial, batchA, batchB, batchC };
}

/** Copies columns of B, row after row without gaps; columns that are missing become zeros. */
function packPanel(f: FunctionBuilder, l: Locals, steps: number, n: number, columns: number, valid: number): void {
  const from = f.local('i32');
  const to = f.local('i32');
  f.set(from, local(l.b));
  f.set(to, local(l.workspace));
  f.repeat(steps, () => {
    for (const { width, times, first } of widthsOf(valid - (valid % 4))) {
      for (let time = 0; time < times; time++) {
        const at = first * 4 + time * WIDTH_BYTES[width];
        f.storeLocal(
          to,
          keep(f, (g) => g.get(from).load(width, at), width),
          width,
          at,
        );
      }
    }
    if (columns > valid) {
      f.storeLocal(to, keep(f, float(0)), 'vector', (valid - (valid % 4)) * 4);
      for (let lane = valid - (valid % 4); lane < valid; lane++)
        f.get(to)
          .get(from)
          .load('lane', lane * 4)
          .store('lane', lane * 4);
    }
    f.increase(from, n * 4);
    f.increase(to, columns * 4);
  });
}

import { producers, rootOf } from '../fuse/space.js';
import { matmulSizes } from '../operations/matmul.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local } from './assembler.js';
import { Epilogue } from './epilogue.js';
import { defineCallees } from './expressions.js';
import { local } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import { labelOf } from './labels.js';
import { defineTile, type Tile } from './matmul-tile.js';
import type { ModuleBuilder } from './module.js';
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

/**
 * Matrix products `[batch, m, k] x [batch, k, n]`, where A may be transposed, by register tiles.
 *
 * Columns are taken in panels, and what is left in a narrower one. A panel of B is packed, to be read in order,
 * unless B is small enough for the first-level cache or there are too few rows to pay for it. Every
 * result adds its k in ascending order, in blocks of a fixed length, whatever the tile: tiles do not change bits.
 */
export function emitMatmul(module: ModuleBuilder, body: Program, name: string): Kernel {
  defineCallees(module, body);
  const anchor = body.operations.find((operation) => operation.name === 'matmul') as Operation;
  const [typeA, typeB] = anchor.inputs.map((value) => body.values[value]);
  const transposeA = anchor.attributes.transposeA as boolean;
  const sizes = matmulSizes(typeA.shape, typeB.shape, { transposeA, transposeB: false });
  const { m, n, k } = sizes;
  const producer = producers(body);
  const operands = anchor.inputs.map((value) => body.inputs.indexOf(rootOf(producer, value)));
  const epilogue = new Epilogue(module, body, [anchor.outputs[0]]);
  const { panel: width, rows: rowsOf } = module.tiles;
  const isPacked = m >= PACKING_ROWS && n !== width && (n % width !== 0 || Math.min(k, BLOCK) * n * 4 > UNPACKED_BYTES);
  const panelBytes = isPacked ? Math.min(k, BLOCK) * width * 4 : 0;
  const blocks = Math.ceil(k / BLOCK);
  const partialBytes = blocks > 1 ? (m + 4) * width * 4 : 0;
  const lostAt = blocks > PLAIN_BLOCKS ? partialBytes : 0;
  const parameters = kernelParameters(body);

  const tileOf = (tile: Tile) =>
    defineTile(
      module,
      `${labelOf(name)}.tile_${tile.rows}x${tile.columns} ${name} ${JSON.stringify(tile)}`,
      tile,
      epilogue,
      parameters.length - 1,
    );
  const index = (() => {
    // Callees come first: all tiles are defined before the function that calls them.
    const calls: ((f: FunctionBuilder, locals: Locals) => void)[] = [];
    for (let column = 0; column < n; column += width) {
      const valid = Math.min(width, n - column);
      calls.push(panel(sizes, column, valid));
    }
    return module.define(name, parameters, (f, workspace, ...pointers) => {
      const locals: Locals = {
        workspace,
        pointers,
        a: f.local('i32'),
        b: f.local('i32'),
        element: f.local('i32'),
        column: f.local('i32'),
        partial: f.local('i32'),
        batchA: f.local('i32'),
        batchB: f.local('i32'),
        batchC: f.local('i32'),
      };
      f.set(locals.batchA, local(pointers[operands[0]]));
      f.set(locals.batchB, local(pointers[operands[1]]));
      f.repeat(sizes.batch, () => {
        for (const write of calls) write(f, locals);
        f.increase(locals.batchA, m * k * 4);
        f.increase(locals.batchB, k * n * 4);
        f.increase(locals.batchC, m * n * 4);
      });
    });
  })();
  return { index, workspace: panelBytes + partialBytes + lostAt };

  /** All rows of the columns of a panel. */
  function panel({ m, n, k }: Sizes, column: number, valid: number): (f: FunctionBuilder, l: Locals) => void {
    const columns = (Math.ceil(valid / 4) * 4) as keyof MatmulTiles['rows'];
    const rows = Math.min(rowsOf[columns], m);
    const tails = m % rows;
    const writes: ((f: FunctionBuilder, l: Locals) => void)[] = [];
    for (let block = 0; block < blocks; block++) {
      const steps = Math.min(BLOCK, k - block * BLOCK);
      const shape = {
        columns,
        valid,
        steps,
        rowA: transposeA ? 4 : k * 4,
        stepA: transposeA ? m * 4 : 4,
        stepB: isPacked ? columns * 4 : n * 4,
        pitch: n * 4,
        first: block === 0,
        last: block === blocks - 1,
        lostAt,
      };
      const full = tileOf({ ...shape, rows });
      const tail = tails > 0 ? tileOf({ ...shape, rows: tails }) : -1;
      const beginA = transposeA ? block * BLOCK * m * 4 : block * BLOCK * 4;
      const beginB = (block * BLOCK * n + column) * 4;
      writes.push((f, l) => {
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
        f.set(l.partial, (g) => g.get(l.workspace).i32(panelBytes).op('add'));
        const call = (callee: number, count: number) => {
          f.get(l.a).get(l.b).get(l.element).get(l.column).get(l.partial).i32(0);
          for (const pointer of l.pointers) f.get(pointer);
          f.call(callee);
          f.increase(l.a, count * shape.rowA);
          f.increase(l.element, count * n * 4);
          f.increase(l.partial, count * columns * 4);
        };
        f.repeat(Math.floor(m / rows), () => call(full, rows));
        if (tail >= 0) call(tail, tails);
      });
    }
    return (f, l) => {
      for (const write of writes) write(f, l);
    };
  }
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

/** Copies columns of B, row after row without gaps; columns that are missing become zeros. */
function packPanel(f: FunctionBuilder, l: Locals, steps: number, n: number, columns: number, valid: number): void {
  const from = f.local('i32');
  const to = f.local('i32');
  f.set(from, local(l.b));
  f.set(to, local(l.workspace));
  const whole = Math.floor(valid / 4);
  f.repeat(steps, () => {
    for (let vector = 0; vector < whole; vector++) {
      f.get(to)
        .get(from)
        .load('vector', vector * 16)
        .store('vector', vector * 16);
    }
    if (columns > valid) {
      f.get(to)
        .f32x4(0)
        .store('vector', whole * 16);
      for (let lane = whole * 4; lane < valid; lane++)
        f.get(to)
          .get(from)
          .load('lane', lane * 4)
          .store('lane', lane * 4);
    }
    f.increase(from, n * 4);
    f.increase(to, columns * 4);
  });
}

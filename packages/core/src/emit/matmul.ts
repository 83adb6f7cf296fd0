import { producers, rootOf } from '../fuse/space.js';
import { matmulSizes } from '../operations/matmul.js';
import type { Operation, Program } from '../trace/program.js';
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.js';
import { Epilogue } from './epilogue.js';
import { defineCallees } from './expressions.js';
import { binary, local, multiplyAdd } from './functions.js';
import { type Kernel, kernelParameters } from './kernel.js';
import type { MatmulTiles } from './tiles.js';

/** Steps of the inner length that are added up in registers before they go to memory: a panel of B stays in cache. */
const BLOCK = 256;

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

/** One register tile: what is constant in its code. */
interface Tile {
  readonly rows: number;
  /** Columns computed, a multiple of 4, and how many of them are results. */
  readonly columns: number;
  readonly valid: number;
  readonly steps: number;
  /** Bytes from row to row and from step to step of A, and from step to step of B. */
  readonly rowA: number;
  readonly stepA: number;
  readonly stepB: number;
  /** Bytes from row to row of the results. */
  readonly pitch: number;
  /** Whether this is the first or the last block of steps. */
  readonly first: boolean;
  readonly last: boolean;
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
  const parameters = kernelParameters(body);

  const tileOf = (tile: Tile) =>
    defineTile(module, `${name}.tile ${JSON.stringify(tile)}`, tile, epilogue, parameters.length - 1);
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
  return { index, workspace: panelBytes + partialBytes };

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

/**
 * The function of one register tile. Its loop over k is alone in it, at depth one, and between two steps stands a
 * branch that is never taken, on a number that the compiler cannot know (`MatmulTiles.fence`): without them V8 unrolls and moves all loads
 * ahead of the arithmetic, and runs out of registers.
 */
function defineTile(module: ModuleBuilder, name: string, tile: Tile, epilogue: Epilogue, arrays: number): number {
  const parameters = new Array<'i32'>(6 + arrays).fill('i32');
  return module.define(name, parameters, (f, a, b, element, column, partial, zero, ...pointers) => {
    const vectors = tile.columns / 4;
    const sums = Array.from({ length: tile.rows }, () => Array.from({ length: vectors }, () => f.local('v128')));
    const step = (stepOffset: number) => {
      const panel = Array.from({ length: vectors }, (_, v) => {
        const held = f.local('v128');
        f.set(held, (g) => g.get(b).load('vector', v * 16 + stepOffset * tile.stepB));
        return held;
      });
      for (let row = 0; row < tile.rows; row++) {
        const factor = f.local('v128');
        f.set(factor, (g) => g.get(a).load('splat', row * tile.rowA + stepOffset * tile.stepA));
        for (let v = 0; v < vectors; v++) {
          f.set(sums[row][v], multiplyAdd(local(factor), local(panel[v]), local(sums[row][v])));
        }
      }
    };
    const advance = (steps: number) => {
      f.increase(a, steps * tile.stepA);
      f.increase(b, steps * tile.stepB);
    };
    const { unroll, fence } = module.tiles;
    f.block(() => {
      f.repeat(Math.floor(tile.steps / unroll), () => {
        for (let at = 0; at < unroll; at++) {
          if (at > 0 && fence) f.get(zero).branchIf(1);
          step(at);
        }
        advance(unroll);
      });
    });
    for (let at = 0; at < tile.steps % unroll; at++) step(at);
    for (let row = 0; row < tile.rows; row++) {
      for (let v = 0; v < vectors; v++) {
        const sum = sums[row][v];
        const offset = (row * vectors + v) * 16;
        if (!tile.first)
          f.set(
            sum,
            binary('f32x4.add', (g) => g.get(partial).load('vector', offset), local(sum)),
          );
        if (!tile.last) {
          f.get(partial).get(sum).store('vector', offset);
          continue;
        }
        const at = { element, column };
        if (4 * v + 4 <= tile.valid) {
          const place = {
            ...at,
            elementOffset: row * tile.pitch + v * 16,
            columnOffset: v * 16,
            width: 'vector',
          } as const;
          epilogue.write(f, pointers, [sum], place);
          continue;
        }
        for (let lane = 0; 4 * v + lane < tile.valid; lane++) {
          if (lane > 0) f.set(sum, (g) => g.get(sum).get(sum).shuffle([1, 2, 3, 0]));
          const bytes = v * 16 + lane * 4;
          epilogue.write(f, pointers, [sum], {
            ...at,
            elementOffset: row * tile.pitch + bytes,
            columnOffset: bytes,
            width: 'lane',
          });
        }
      }
    }
  });
}

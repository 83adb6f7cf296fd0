import type { FunctionBuilder, Local } from './assembler.js';
import type { Epilogue } from './epilogue.js';
import { binary, float, keep, local, multiplyAdd } from './functions.js';
import type { ModuleBuilder } from './module.js';
import type { Width } from './strided.js';
import { addCompensated } from './sums.js';

/** One register tile: what is constant in its code. */
export interface Tile {
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
  /** Bytes from the sums of the blocks so far to what they have lost by rounding; 0 where that is not kept. */
  readonly lostAt: number;
}

/**
 * The function of one register tile. Its loop over k is alone in it, at depth one, and between two steps stands a
 * branch that is never taken, on a number that the compiler cannot know (`MatmulTiles.fence`): without them V8 unrolls and moves all loads
 * ahead of the arithmetic, and runs out of registers.
 */
export function defineTile(
  module: ModuleBuilder,
  name: string,
  tile: Tile,
  epilogue: Epilogue,
  arrays: number,
): number {
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
        addBlock(f, tile, partial, (row * vectors + v) * 16, sums[row][v]);
        if (tile.last)
          storeResults(f, tile, epilogue, pointers, { element, column }, { row, vector: v, sum: sums[row][v] });
      }
    }
  });
}

/** Hands four results of a tile to the epilogue; at the right edge one by one, if fewer are results. */
function storeResults(
  f: FunctionBuilder,
  tile: Tile,
  epilogue: Epilogue,
  pointers: readonly Local[],
  at: { readonly element: Local; readonly column: Local },
  { row, vector, sum }: { readonly row: number; readonly vector: number; readonly sum: Local },
): void {
  const write = (columnOffset: number, width: Width) => {
    const place = { ...at, elementOffset: row * tile.pitch + columnOffset, columnOffset, width };
    epilogue.write(f, pointers, [sum], place);
  };
  if (4 * vector + 4 <= tile.valid) {
    write(vector * 16, 'vector');
    return;
  }
  for (let lane = 0; 4 * vector + lane < tile.valid; lane++) {
    if (lane > 0) f.set(sum, (g) => g.get(sum).get(sum).shuffle([1, 2, 3, 0]));
    write(vector * 16 + lane * 4, 'lane');
  }
}

/** Adds the sum of a block of steps to those before it; after the last block the register holds the result. */
function addBlock(f: FunctionBuilder, { first, last, lostAt }: Tile, partial: Local, offset: number, sum: Local): void {
  if (!first) {
    const total = keep(f, (g) => g.get(partial).load('vector', offset));
    if (lostAt === 0) {
      f.set(sum, binary('f32x4.add', local(total), local(sum)));
    } else {
      const lost = keep(f, (g) => g.get(partial).load('vector', lostAt + offset));
      addCompensated(f, total, lost, sum);
      f.set(sum, local(total));
      if (!last)
        f.get(partial)
          .get(lost)
          .store('vector', lostAt + offset);
    }
  } else if (lostAt > 0) {
    f.get(partial);
    float(0)(f);
    f.store('vector', lostAt + offset);
  }
  if (!last) f.get(partial).get(sum).store('vector', offset);
}

import type { Code, FunctionBuilder, Local, Width } from './assembler.js';
import type { Epilogue } from './epilogue.js';
import { addCompensated, binary, float, local, multiplyAdd } from './functions.js';
import type { ModuleBuilder } from './module.js';
import { halfOf, keep, kindOf, WIDTH_BYTES, widthsOf } from './pairs.js';

/** One register tile: what is constant in its code. */
export interface Tile {
  readonly rows: number;
  /** Tiles below one another. */
  readonly times: number;
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
): FunctionBuilder {
  const parameters = new Array<'i32'>(6 + arrays).fill('i32');
  return module.define(name, parameters, (f, a, b, element, column, partial, zero, ...pointers) => {
    const groups = groupsOf(tile.columns, module.widest);
    const widths = [...new Set(groups.map(({ width }) => width))];
    const sums = Array.from({ length: tile.rows }, () => groups.map(({ width }) => f.local(kindOf(width))));
    const step = (at: number) => {
      const panel = groups.map(({ width, offset }) =>
        keep(f, (g) => g.get(b).load(width, offset + at * tile.stepB), width),
      );
      for (let row = 0; row < tile.rows; row++) {
        const read: Code = (g) => g.get(a).load('splat', row * tile.rowA + at * tile.stepA);
        const factors = new Map(widths.map((width) => [width, keep(f, read, width)]));
        groups.forEach(({ width }, group) => {
          const factor = factors.get(width) as Local;
          f.set(sums[row][group], multiplyAdd(local(factor), local(panel[group]), local(sums[row][group])));
        });
      }
    };
    const advance = (steps: number) => {
      f.increase(a, steps * tile.stepA);
      f.increase(b, steps * tile.stepB);
    };
    const { unroll, fence } = module.tiles;
    const rowOfB = f.local('i32');
    f.set(rowOfB, local(b));
    const rowOfA = f.local('i32');
    f.repeat(tile.times, () => {
      f.set(rowOfA, local(a));
      f.set(b, local(rowOfB));
      for (const sum of sums.flat()) f.set(sum, float(0));
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
      const results = tile.last ? epilogue.at(f, pointers, { element, column }) : undefined;
      for (let row = 0; row < tile.rows; row++) {
        groups.forEach(({ width, offset }, group) => {
          const sum = sums[row][group];
          addBlock(f, tile, partial, row * tile.columns * 4 + offset, sum, width);
          if (results) storeResults(f, tile, results, row, offset, sum);
        });
      }
      f.set(a, (g) =>
        g
          .get(rowOfA)
          .i32(tile.rows * tile.rowA)
          .op('add'),
      );
      f.increase(element, tile.rows * tile.pitch);
      f.increase(partial, tile.rows * tile.columns * 4);
    });
  });
}

/** The columns of a tile as registers: how wide they are, and how many bytes from the first column. */
function groupsOf(columns: number, widest: 'pair' | 'vector'): { readonly width: Width; readonly offset: number }[] {
  return widthsOf(columns, widest).flatMap(({ width, times, first }) =>
    Array.from({ length: times }, (_, time) => ({ width, offset: first * 4 + time * WIDTH_BYTES[width] })),
  );
}

/** Hands the results of a register to the epilogue; at the right edge one by one, if fewer are results. */
function storeResults(
  f: FunctionBuilder,
  tile: Tile,
  results: ReturnType<Epilogue['at']>,
  row: number,
  offset: number,
  sum: Local,
): void {
  const write = (value: Local, width: Width, at: number) => results.write([value], width, row * tile.pitch + at, at);
  const valid = tile.valid - offset / 4;
  if (sum.kind === 'pair') {
    if (valid >= 8) write(sum, 'pair', offset);
    else for (const half of [0, 1] as const) storeResults(f, tile, results, row, offset + 16 * half, halfOf(sum, half));
    return;
  }
  if (valid >= 4) {
    write(sum, 'vector', offset);
    return;
  }
  for (let lane = 0; lane < valid; lane++) {
    if (lane > 0) f.set(sum, (g) => g.get(sum).get(sum).shuffle([1, 2, 3, 0]));
    write(sum, 'lane', offset + lane * 4);
  }
}

/** Adds the sum of a block of steps to those before it; after the last block the register holds the result. */
function addBlock(
  f: FunctionBuilder,
  { first, last, lostAt }: Tile,
  partial: Local,
  offset: number,
  sum: Local,
  width: Width,
): void {
  if (!first) {
    const total = keep(f, (g) => g.get(partial).load(width, offset), width);
    if (lostAt === 0) {
      f.set(sum, binary('f32x4.add', local(total), local(sum)));
    } else {
      const lost = keep(f, (g) => g.get(partial).load(width, lostAt + offset), width);
      addCompensated(f, total, lost, sum);
      f.set(sum, local(total));
      if (!last) f.storeLocal(partial, lost, width, lostAt + offset);
    }
  } else if (lostAt > 0) {
    f.storeLocal(partial, keep(f, float(0), width), width, lostAt + offset);
  }
  if (!last) f.storeLocal(partial, sum, width, offset);
}

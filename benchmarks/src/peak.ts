import type { Numerics } from './numerics.js';

/**
 * Bytes of a module whose `f(count)` does the arithmetic of a matrix product and nothing else: each step adds the
 * products of some rows, held in registers, and some columns, loaded from the same few addresses, to as many sums.
 */
function probe(rows: number, columns: number, numerics: Numerics): Uint8Array<ArrayBuffer> {
  const unsigned = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) | 128, ...unsigned(Math.floor(value / 128))];
  const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];
  const simd = (instruction: number) => [0xfd, ...unsigned(instruction)];
  const load = (address: number) => [0x41, 0, ...simd(0), 4, ...unsigned(address)];
  const [add, multiply, multiplyAdd] = [simd(228), simd(230), simd(0x105)];
  const get = (local: number) => [0x20, ...unsigned(local)];
  const set = (local: number) => [0x21, ...unsigned(local)];
  const range = (length: number) => Array.from({ length }, (_, index) => index);

  const count = 0;
  const row = (index: number) => 1 + index;
  const column = 1 + rows;
  const sum = (r: number, c: number) => 2 + rows + r * columns + c;
  const begin = range(rows).flatMap((r) => [...load(16 * (columns + r)), ...set(row(r))]);
  const step = range(columns).flatMap((c) => [
    ...[...load(16 * c), ...set(column)],
    ...range(rows).flatMap((r) => [
      ...(numerics === 'relaxed'
        ? [...get(row(r)), ...get(column), ...get(sum(r, c)), ...multiplyAdd]
        : [...get(sum(r, c)), ...get(row(r)), ...get(column), ...multiply, ...add]),
      ...set(sum(r, c)),
    ]),
  ]);
  const next = [...get(count), 0x41, 1, 0x6b, 0x22, count, 0x0d, 0];
  const sums = range(rows).flatMap((r) => range(columns).map((c) => sum(r, c)));
  const total = [...sums.flatMap(get), ...sums.slice(1).flatMap(() => add), ...simd(31), 0];
  const locals = [1, ...unsigned(rows + 1 + sums.length), 0x7b];
  const body = [...locals, ...begin, 0x03, 0x40, ...step, ...next, 0x0b, ...total, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7d]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, 1, 0x66, 0, 0, 1, 0x6d, 2, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

/** Rows and columns of four that are tried: enough sums to hide the latency of an addition, few enough registers. */
const TILES = [
  [2, 3],
  [2, 6],
  [3, 4],
  [4, 3],
] as const;
const STEPS = 50_000;
const TURNS = 60;

/** A probe, ready to run: `run(steps)` gives the sum of a lane of all sums, where all factors are one. */
export function peakProbe(rows: number, columns: number, numerics: Numerics): (steps: number) => number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(probe(rows, columns, numerics)));
  new Float32Array((exports.m as WebAssembly.Memory).buffer).fill(1);
  return exports.f as (steps: number) => number;
}

/**
 * What one core can do at most through WebAssembly, in GFLOP a second: float32 products and sums
 * of four lanes. The best of many short runs, since disturbances only slow down.
 */
export function measurePeak(numerics: Numerics): number {
  const probes = TILES.map(([rows, columns]) => ({
    run: peakProbe(rows, columns, numerics),
    work: STEPS * rows * columns * 8e-9,
  }));
  let best = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { run, work } of probes) {
      const started = performance.now();
      run(STEPS);
      best = Math.max(best, work / ((performance.now() - started) / 1000));
    }
  }
  return best;
}

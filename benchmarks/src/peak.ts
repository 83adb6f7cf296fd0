import type { Numerics } from './numerics.js';

/**
 * Bytes of a module whose `f(steps, one)` multiplies and adds in registers, and gives lane 0 of the sum of all chains.
 *
 * A step of a chain is x ← x · one + one: no step can begin before the last has ended, so that only many chains at
 * once keep the processor busy. They begin at 0, 1, 2 ...: equal ones could be computed once.
 *
 * @param unroll steps in a round of the loop
 */
function probe(chains: number, unroll: number, numerics: Numerics): Uint8Array<ArrayBuffer> {
  const unsigned = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) | 128, ...unsigned(Math.floor(value / 128))];
  const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];
  const simd = (instruction: number) => [0xfd, ...unsigned(instruction)];
  const [splat, add, multiply, multiplyAdd] = [simd(19), simd(228), simd(230), simd(0x105)];
  const get = (local: number) => [0x20, local];
  const set = (local: number) => [0x21, local];

  const [rounds, one, factor] = [0, 1, 2];
  const numbers = Array.from({ length: chains }, (_, chain) => 3 + chain);
  const begin = numbers.flatMap((local, chain) => [
    ...[0x43, ...new Uint8Array(Float32Array.of(chain).buffer)],
    ...[...splat, ...set(local)],
  ]);
  const step = numbers.flatMap((local) => [
    ...(numerics === 'relaxed'
      ? [...get(local), ...get(factor), ...get(factor), ...multiplyAdd]
      : [...get(local), ...get(factor), ...multiply, ...get(factor), ...add]),
    ...set(local),
  ]);
  const next = [...get(rounds), 0x41, 1, 0x6b, 0x22, rounds, 0x0d, 0];
  const total = [...numbers.flatMap(get), ...numbers.slice(1).flatMap(() => add), ...simd(31), 0];
  const body = [
    ...[1, chains + 1, 0x7b],
    ...[...get(one), ...splat, ...set(factor), ...begin],
    ...[0x03, 0x40, ...Array.from({ length: unroll }, () => step).flat(), ...next, 0x0b],
    ...[...total, 0x0b],
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7d, 1, 0x7d]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x66, 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

/** Enough chains to hide the latency of a product and a sum, and as many as 16 registers hold. */
const CHAINS = [10, 12, 13, 14];
const UNROLLS = [1, 2, 4];

/** A tenth of a millisecond or so, often: some of the runs are disturbed by nothing. */
const ROUNDS = 10_000;
const TURNS = 150;

/** A probe, ready to run: `run(rounds)` does `unroll` steps of all chains a round. */
export function peakProbe(chains: number, unroll: number, numerics: Numerics): (rounds: number) => number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(probe(chains, unroll, numerics)));
  const run = exports.f as (rounds: number, one: number) => number;
  return (rounds) => run(rounds, 1);
}

/**
 * What one core can do at most through WebAssembly, in GFLOP a second: float32 products and sums of four lanes, in
 * registers. The best of many short runs, since disturbances only slow down.
 */
export function measurePeak(numerics: Numerics): number {
  const probes = CHAINS.flatMap((chains) =>
    UNROLLS.map((unroll) => ({
      run: peakProbe(chains, unroll, numerics),
      work: ROUNDS * unroll * chains * 8e-9,
    })),
  );
  let best = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { run, work } of probes) {
      const started = performance.now();
      run(ROUNDS);
      best = Math.max(best, work / ((performance.now() - started) / 1000));
    }
  }
  return best;
}

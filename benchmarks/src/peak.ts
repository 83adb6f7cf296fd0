import type { Numerics } from './numerics.js';

/**
 * Bytes of a module whose `probe(steps, one)` multiplies and adds in registers, and stores all chains in its memory.
 *
 * A step of a chain is x ← x · one + one: no step can begin before the last has ended, so that only many chains at
 * once keep the processor busy. They begin at 0, 1, 2 ...: equal ones could be computed once. Two neighbours, stored
 * side by side, are what V8 takes for one vector of 256 bits; the higher goes first, or it stores one of them twice.
 *
 * @param unroll steps in a round of the loop
 */
export function probeModule(chains: number, unroll: number, numerics: Numerics): Uint8Array<ArrayBuffer> {
  const unsigned = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) | 128, ...unsigned(Math.floor(value / 128))];
  const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];
  const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
  const simd = (instruction: number) => [0xfd, ...unsigned(instruction)];
  const [store, constant, splat, add, multiply, multiplyAdd] = [11, 12, 19, 228, 230, 0x105].map(simd);
  const get = (local: number) => [0x20, local];
  const set = (local: number) => [0x21, local];

  const [rounds, one, factor] = [0, 1, 2];
  const numbers = Array.from({ length: chains }, (_, chain) => 3 + chain);
  const begin = numbers.flatMap((local, chain) => [
    ...[...constant, ...new Uint8Array(new Float32Array(4).fill(chain).buffer)],
    ...set(local),
  ]);
  const step = numbers.flatMap((local) => [
    ...(numerics === 'relaxed'
      ? [...get(local), ...get(factor), ...get(factor), ...multiplyAdd]
      : [...get(local), ...get(factor), ...multiply, ...get(factor), ...add]),
    ...set(local),
  ]);
  const next = [...get(rounds), 0x41, 1, 0x6b, 0x22, rounds, 0x0d, 0];
  const results = numbers.flatMap((_, chain) => {
    const which = (chain ^ 1) < chains ? chain ^ 1 : chain;
    return [0x41, 0, ...get(numbers[which]), ...store, 4, ...unsigned(16 * which)];
  });
  const body = [
    ...[1, chains + 1, 0x7b],
    ...[...get(one), ...splat, ...set(factor), ...begin],
    ...[0x03, 0x40, ...Array.from({ length: unroll }, () => step).flat(), ...next, 0x0b],
    ...[...results, 0x0b],
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7d, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...text('probe'), 0, 0, ...text('memory'), 2, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
    ...section(0, [...text('name'), 1, 8, 1, 0, ...text('probe')]),
  ]);
}

/** Enough chains to hide the latency of a product and a sum, and as many as 16 registers hold beside the factor. */
const CHAINS = [10, 12, 13, 14];
const UNROLLS = [1, 2, 4];

/** A tenth of a millisecond or so, often: some of the runs are disturbed by nothing. */
const ROUNDS = 10_000;
const TURNS = 150;

/** A probe, ready to run: `run(rounds)` does `unroll` steps of all chains a round, and gives each chain's lane 0. */
export function peakProbe(chains: number, unroll: number, numerics: Numerics): (rounds: number) => Float32Array {
  const module = new WebAssembly.Module(probeModule(chains, unroll, numerics));
  const { probe, memory } = new WebAssembly.Instance(module).exports as {
    probe: (rounds: number, one: number) => void;
    memory: WebAssembly.Memory;
  };
  return (rounds) => {
    probe(rounds, 1);
    return new Float32Array(memory.buffer, 0, 4 * chains).filter((_, index) => index % 4 === 0);
  };
}

/**
 * What one core can do at most through WebAssembly, in GFLOP a second: float32 products and sums of the lanes that V8
 * uses in this process, in registers. The best of many short runs, since disturbances only slow down.
 */
export function measurePeak(numerics: Numerics): number {
  // A pair takes one register of 256 bits, or two of 128.
  const probes = CHAINS.flatMap((vectors) => [vectors, 2 * vectors]).flatMap((chains) =>
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

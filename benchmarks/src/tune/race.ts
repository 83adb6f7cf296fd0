import { matmul, placeholder } from '@weft/core';
import type { MatmulTiles } from '@weft/core/program';
import { compileOptions, type Numerics } from '../numerics.js';
import { runnable } from '../programs.js';
import { median } from '../statistics.js';

/** Rows, inner length and columns of a product. */
export type ProductSize = readonly [number, number, number];

/** How long a candidate runs in a round, in milliseconds. */
const TURN = 4;

/**
 * GFLOP/s of a product with each of several ways to cut it: candidates take turns round by round, and the median of
 * the rounds counts. The first rounds, in which the engine's optimising compiler comes in, do not.
 */
export function race(
  [m, k, n]: ProductSize,
  candidates: readonly MatmulTiles[],
  numerics: Numerics,
  rounds: number,
): number[] {
  const [a, b] = [
    placeholder({ shape: [m, k], dtype: 'float32' }, 'a'),
    placeholder({ shape: [k, n], dtype: 'float32' }, 'b'),
  ];
  // All have their inputs at the same places; what one leaves in the arena is no other's business.
  const programs = candidates.map((tiles) => runnable([matmul(a, b)], [a, b], { ...compileOptions(numerics), tiles }));
  const work = 2 * m * k * n * 1e-6;
  const runs = Math.max(1, Math.round(TURN / (work / 30)));
  const rates = candidates.map((): number[] => []);
  const warmUps = 3;
  for (let round = 0; round < warmUps + rounds; round++) {
    programs.forEach((program, index) => {
      const started = performance.now();
      for (let run = 0; run < runs; run++) program.run();
      const milliseconds = performance.now() - started;
      if (round >= warmUps) rates[index].push((work * runs) / milliseconds);
    });
  }
  return rates.map(median);
}

/** For each candidate, the geometric mean over products of its share of the fastest's rate. */
export function scores(rates: readonly (readonly number[])[]): number[] {
  const best = rates.map((ofProduct) => Math.max(...ofProduct));
  return rates[0].map((_, candidate) => {
    const logarithms = rates.map((ofProduct, product) => Math.log(ofProduct[candidate] / best[product]));
    return Math.exp(logarithms.reduce((a, b) => a + b, 0) / rates.length);
  });
}

import type { RandomStream } from '@weft/core';

/** A number between two bounds, each value equally likely. */
export function between(random: RandomStream, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** True with the given probability. */
export function chance(random: RandomStream, probability: number): boolean {
  return random.uniform() < probability;
}

/** One of the entries, as likely as its weight is large. */
export function choose<T>(random: RandomStream, weighted: readonly (readonly [T, number])[]): T {
  let rest = random.uniform() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [entry, weight] of weighted) {
    if (rest < weight) return entry;
    rest -= weight;
  }
  return weighted[weighted.length - 1]![0];
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Speeds } from './speeds.js';

/** So many that they are as good as divided. */
const LEAVES = 10_000;

const workersOf = (threads: readonly number[]) => threads.map((each, at) => ({ id: `w${at}`, threads: each }));

/** Rounds whose leaves take each worker so long. */
function measure(speeds: Speeds, times: readonly number[], rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    for (const [at, time] of times.entries()) speeds.note(`w${at}`, 4, 4 * time);
    speeds.endRound();
  }
}

test('before anything is measured, shares are as threads', () => {
  expect(new Speeds().weightsOf(workersOf([4, 2, 1]), LEAVES)).toEqual([100, 50, 25]);
});

test('shares follow the measured speeds to within a part in twenty', () => {
  const times = fc.array(fc.integer({ min: 10, max: 100 }), { minLength: 2, maxLength: 7 });
  fc.assert(
    fc.property(times, (perLeaf) => {
      const speeds = new Speeds();
      const workers = workersOf(perLeaf.map(() => 1));
      speeds.weightsOf(workers, LEAVES);
      measure(speeds, perLeaf, 100);
      const weights = speeds.weightsOf(workers, LEAVES);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const speed = perLeaf.reduce((sum, time) => sum + 1 / time, 0);
      const longest = Math.max(...weights.map((weight, at) => (weight / total) * perLeaf[at]));
      // Of the best there can be, 1 / speed, but for what is not worth a change and rounding.
      expect(longest * speed).toBeLessThan(1 / 0.92 + 0.05);
    }),
  );
});

test('a worker that was so slow that it has no leaves gets some again', () => {
  const speeds = new Speeds();
  const workers = workersOf([1, 1]);
  speeds.weightsOf(workers, LEAVES);
  measure(speeds, [10, 1000], 20);
  expect(speeds.weightsOf(workers, LEAVES)[1]).toBe(1);
  for (let round = 0; round < 300; round++) {
    speeds.note('w0', 8, 80);
    speeds.endRound();
  }
  expect(speeds.weightsOf(workers, LEAVES)[1]).toBeGreaterThan(25);
});

test('noise of a tenth changes nothing', () => {
  const noise = fc.array(fc.integer({ min: 95, max: 105 }), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(noise, noise, (one, other) => {
      const speeds = new Speeds();
      const workers = workersOf([1, 1]);
      const before = speeds.weightsOf(workers, LEAVES);
      for (const [at, time] of one.entries()) measure(speeds, [time, other[at]], 1);
      expect(speeds.weightsOf(workers, LEAVES)).toEqual(before);
    }),
  );
});

test('a leaf is moved only if that makes rounds shorter', () => {
  const workers = workersOf([1, 1]);
  const weightsAfter = (slow: number) => {
    const speeds = new Speeds();
    speeds.weightsOf(workers, 16);
    measure(speeds, [10, slow], 20);
    return speeds.weightsOf(workers, 16);
  };
  // Nine leaves of 10 are no shorter than eight of 11.
  expect(weightsAfter(11.9)).toEqual([100, 100]);
  expect(weightsAfter(13)).toEqual([100, 77]);
});

test('a newcomer gets what its threads promise beside measured workers', () => {
  const speeds = new Speeds();
  speeds.weightsOf(workersOf([2, 2]), LEAVES);
  measure(speeds, [10, 10], 20);
  expect(speeds.weightsOf(workersOf([2, 2, 1]), LEAVES)).toEqual([100, 100, 50]);
});

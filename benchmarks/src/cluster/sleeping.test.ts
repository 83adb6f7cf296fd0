import type { Stage, StepsWork } from '@weft/train/runtime';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { secondsOf } from './sleeping.js';

const micro = (leaves: number): Stage => ({
  kind: 'micro',
  ticket: 0,
  leaves: Array.from({ length: leaves }, () => []),
  first: {},
  next: {},
});
const FINISH: Stage = { kind: 'finish', renewals: [], logs: [] };
const work = (stages: readonly Stage[], next?: StepsWork): StepsWork => ({
  ...{ session: '', count: 1, batchSize: 1, firstStep: 0, endStep: 1, isReported: false, finite: [] },
  stages: { 1: stages },
  next,
});

it('sleeps as long as the thread with most leaves computes, and once for each step', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 9 }), (first, second, threads) => {
      const sleep = { leafSeconds: 4, replicatedSeconds: 1 };
      const all = work([micro(first), FINISH], work([micro(second)]));
      const drawn = (leaves: number) => Math.ceil(leaves / threads);
      expect(secondsOf(all, threads, sleep)).toBe(4 * (drawn(first) + drawn(second)) + 1);
    }),
  );
});

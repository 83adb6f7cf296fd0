import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge, type Standing } from './verdict.js';

const LATE = 100;

const standing = fc.constantFrom<Standing>('lacking', 'opening', 'computing', 'exchanging', 'silent', 'answered');
const standings = fc
  .array(standing, { minLength: 1, maxLength: 6 })
  .map((all) => new Map(all.map((each, at) => [`w${at}`, each])));

test('a round is decided in the end, but if all compute as slowly as each other', () => {
  fc.assert(
    fc.property(standings, (all) => {
      const isSlow = [...all.values()].every((each) => each === 'computing' || each === 'opening');
      expect(judge(all, LATE, 20).isRepeated).toBe(!isSlow);
    }),
  );
});

test('whoever has done its part is never excluded', () => {
  fc.assert(
    fc.property(standings, fc.integer({ min: 0, max: LATE }), (all, lateness) => {
      for (const id of judge(all, lateness, 20).excluded) {
        expect(['silent', 'computing', 'opening']).toContain(all.get(id));
      }
    }),
  );
});

test('somebody always remains who has answered at all', () => {
  fc.assert(
    fc.property(standings, fc.integer({ min: 0, max: LATE }), (all, lateness) => {
      const { excluded } = judge(all, lateness, 20);
      const isHeard = [...all.values()].some((each) => each !== 'silent');
      if (isHeard) expect(excluded.length).toBeLessThan(all.size);
    }),
  );
});

test('before its deadline a round is only given up for those that are silent or lack messages', () => {
  fc.assert(
    fc.property(standings, (all) => {
      const { excluded, resent } = judge(all, 0.9, 1);
      for (const id of excluded) expect(all.get(id)).toBe('silent');
      for (const id of resent) expect(all.get(id)).toBe('lacking');
    }),
  );
});

test('one that is silent among others is excluded at once, and the round is done again', () => {
  fc.assert(
    fc.property(standings, (all) => {
      const some = new Map<string, Standing>([...all, ['dead', 'silent'], ['alive', 'exchanging']]);
      const { excluded, isRepeated } = judge(some, 0, 1);
      expect(excluded).toContain('dead');
      expect(isRepeated).toBe(true);
    }),
  );
});

test('if nobody answers, the network is given time', () => {
  const all = new Map<string, Standing>([
    ['a', 'silent'],
    ['b', 'silent'],
  ]);
  expect(judge(all, LATE, 9)).toEqual({ excluded: [], resent: [], isRepeated: false });
  expect(judge(all, LATE, 10)).toEqual({ excluded: ['a', 'b'], resent: [], isRepeated: true });
});

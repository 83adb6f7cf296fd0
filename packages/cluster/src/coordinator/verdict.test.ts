import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge, type Standing } from './verdict.js';

const standing = fc.constantFrom<Standing>('lacking', 'opening', 'computing', 'exchanging', 'silent', 'answered');
const standings = fc
  .array(standing, { minLength: 1, maxLength: 6 })
  .map((all) => new Map(all.map((each, at) => [`w${at}`, each])));

test('a round is always decided after some inquiries', () => {
  fc.assert(
    fc.property(standings, (all) => {
      const isLate = [...all.values()].every((each) => each === 'computing' || each === 'opening');
      // All compute, each as slowly as the others: that is no fault.
      if (isLate) return;
      const some = Array.from({ length: 12 }, (_, at) => judge(all, at + 1));
      const isDecided = some.some(({ isRepeated }) => isRepeated);
      const waits = [...all.values()].some((each) => each === 'computing' || each === 'opening');
      const isAnyoneReady = [...all.values()].some((each) => each === 'answered' || each === 'exchanging');
      expect(isDecided).toBe(
        !waits || isAnyoneReady || [...all.values()].some((each) => each === 'silent' || each === 'lacking'),
      );
    }),
  );
});

test('whoever has done its part is never excluded', () => {
  fc.assert(
    fc.property(standings, fc.integer({ min: 1, max: 20 }), (all, inquiries) => {
      for (const id of judge(all, inquiries).excluded) {
        expect(['silent', 'computing', 'opening']).toContain(all.get(id));
      }
    }),
  );
});

test('one that is silent among others is excluded at once, and the round is done again', () => {
  fc.assert(
    fc.property(standings, (all) => {
      const some = new Map<string, Standing>([...all, ['dead', 'silent'], ['alive', 'exchanging']]);
      const { excluded, isRepeated } = judge(some, 1);
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
  expect(judge(all, 1)).toEqual({ excluded: [], resent: [], isRepeated: false });
  expect(judge(all, 10)).toEqual({ excluded: ['a', 'b'], resent: [], isRepeated: true });
});

test('messages that were lost are sent again without anybody being excluded', () => {
  const all = new Map<string, Standing>([
    ['a', 'exchanging'],
    ['b', 'lacking'],
  ]);
  expect(judge(all, 1)).toEqual({ excluded: [], resent: ['b'], isRepeated: true });
});

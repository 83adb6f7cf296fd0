import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { Patience } from './patience.js';

const GRACE = 10_000;

test('a deadline rings after its time and every cut of the connection, with the grace time for each', () => {
  const cut = fc.record({ before: fc.nat(400), length: fc.nat(60_000) });
  fc.assert(
    fc.property(fc.array(cut, { maxLength: 4 }), (cuts) => {
      const clock = new ManualClock();
      const patience = new Patience(clock, GRACE, () => {});
      let rung = -1;
      patience.after(2000, () => {
        rung = clock.now();
      });
      for (const { before, length } of cuts) {
        clock.goTo(clock.now() + before);
        patience.pause();
        clock.goTo(clock.now() + length);
        expect(rung).toBe(-1);
        patience.resume();
      }
      const expected = 2000 + cuts.reduce((sum, { length }) => sum + length + GRACE, 0);
      clock.goTo(expected - 1);
      expect(rung).toBe(-1);
      clock.goTo(expected);
      expect(rung).toBe(expected);
    }),
  );
});

test('a process that was stopped blames nobody: its deadlines ring after the grace time', () => {
  const clock = new ManualClock();
  let resumed = 0;
  const patience = new Patience(clock, GRACE, () => resumed++);
  let rung = -1;
  patience.after(2000, () => {
    rung = clock.now();
  });
  clock.jump(60_000);
  clock.goTo(60_000);
  expect([rung, resumed]).toEqual([-1, 1]);
  clock.goTo(60_000 + GRACE);
  expect(rung).toBe(60_000 + GRACE);
});

test('what was cancelled does not ring, also after a pause', () => {
  const clock = new ManualClock();
  const patience = new Patience(clock, GRACE, () => {});
  let rings = 0;
  const cancel = patience.after(100, () => rings++);
  patience.pause();
  cancel();
  patience.resume();
  clock.goTo(10 * GRACE);
  expect(rings).toBe(0);
});

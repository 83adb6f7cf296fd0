import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearScale, logScale } from '../docs/site/live/shared/chart/scale.js';
import { Latest } from '../docs/site/live/shared/latest.js';
import { DEFAULTS, parseSettings, type Settings, settingsText, withRate } from '../docs/site/live/train/settings.js';

const MODELS = ['cae', 'cdae', 'dense'];

const settings: fc.Arbitrary<Settings> = fc.record({
  model: fc.constantFrom(...MODELS),
  data: fc.constantFrom('synthetic', 'file'),
  images: fc.integer({ min: 10, max: 60_000 }),
  epochs: fc.integer({ min: 1, max: 1000 }),
  batchSize: fc.integer({ min: 1, max: 4096 }),
  learningRate: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  noise: fc.double({ min: 0, max: 2, noNaN: true }).map(Math.abs),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  rates: fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 3 })
    .chain((epochs) =>
      fc.tuple(
        ...epochs
          .sort((a, b) => a - b)
          .map((epoch) => fc.double({ min: 1e-6, max: 1, noNaN: true }).map((rate) => ({ epoch, rate }))),
      ),
    ),
});

describe('settings in the address of the page Train', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(settings, (some) => {
        expect(parseSettings(settingsText(some), MODELS)).toEqual({ settings: some, ignored: [] });
      }),
    );
  });

  it('have their usual values where the text says nothing that can be', () => {
    expect(settingsText(DEFAULTS)).toBe('');
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { settings: read } = parseSettings(text, MODELS);
        expect(parseSettings(settingsText(read), MODELS)).toEqual({ settings: read, ignored: [] });
      }),
    );
    const bad = ['epochs=0', 'epochs=1.5', 'epochs=', 'model=toString', 'rates=2:0.1,1:0.1', 'rates=0:0.1', 'hasOwn=1'];
    expect(parseSettings(bad.join('&'), MODELS)).toEqual({ settings: DEFAULTS, ignored: bad });
  });

  it('have one learning rate for each epoch, the last one that was set', () => {
    const rates = withRate(withRate(withRate([], { epoch: 2, rate: 0.1 }), { epoch: 5, rate: 0.2 }), {
      epoch: 3,
      rate: 0.3,
    });
    expect(rates).toEqual([
      { epoch: 2, rate: 0.1 },
      { epoch: 3, rate: 0.3 },
    ]);
  });
});

describe('work of which the newest matters', () => {
  it('is done for the first and the last value, and never twice at a time', async () => {
    const done: number[] = [];
    let atWork = 0;
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const errors: unknown[] = [];
    const latest = new Latest<number>(
      async (value) => {
        expect(++atWork).toBe(1);
        await gate;
        atWork--;
        done.push(value);
        if (value === 1) throw new Error('one');
      },
      (error) => errors.push(error),
    );
    for (const value of [1, 2, 3, 4]) latest.give(value);
    open();
    await expect.poll(() => done).toEqual([1, 4]);
    expect(errors).toEqual([new Error('one')]);
    latest.give(5);
    await expect.poll(() => done).toEqual([1, 4, 5]);
  });
});

describe('scales of charts', () => {
  it('mark round numbers within their range, a few', () => {
    const ends = fc.tuple(
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.double({ min: 1.5, max: 1e4, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, ([low, factor]) => {
        const high = low * factor;
        for (const { at, ticks } of [linearScale(low, high, 50, 350, 5), logScale(low, high, 50, 350)]) {
          expect(at(low)).toBeCloseTo(50, 6);
          expect(at(high)).toBeCloseTo(350, 6);
          expect(ticks.length).toBeLessThanOrEqual(9);
          for (const [index, tick] of ticks.entries()) {
            expect(at(tick)).toBeGreaterThanOrEqual(50 - 1e-6);
            expect(at(tick)).toBeLessThanOrEqual(350 + 1e-6);
            if (index > 0) expect(tick).toBeGreaterThan(ticks[index - 1]);
          }
        }
        expect(linearScale(low, high, 0, 1, 5).ticks.length).toBeGreaterThanOrEqual(2);
        expect(logScale(low, high, 0, 1).ticks.length).toBeGreaterThanOrEqual(2);
      }),
    );
  });
});

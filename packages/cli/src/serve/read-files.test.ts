import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MetricsTable } from '../run/metrics.js';
import { parseMetrics, thinned } from './metrics-file.js';
import { parseProgress } from './progress-view.js';

/** Every number in a value, however deep. */
function numbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbers);
}

describe('metrics.csv', () => {
  test('is read as it was written', async () => {
    let text = '';
    const table = new MetricsTable(async (written) => {
      text = written;
    });
    for (const [model, rate] of [
      ['cae', 100],
      ['vae-conv', 7.5],
    ] as const) {
      const logger = table.logger(model);
      await logger.onEpochEnd?.(0, { loss: 0.5, val_loss: 1e-7, seconds: 1.25, examplesPerSecond: rate }, {} as never);
      await logger.onEpochEnd?.(1, { loss: Number.NaN, seconds: 2, examplesPerSecond: rate }, {} as never);
    }
    const rows = (imagesPerSecond: number) => [
      { epoch: 1, loss: 0.5, valLoss: 1e-7, seconds: 1.25, imagesPerSecond },
      { epoch: 2, loss: null, valLoss: null, seconds: 2, imagesPerSecond },
    ];
    expect(Object.fromEntries(parseMetrics(text))).toEqual({ cae: rows(100), 'vae-conv': rows(7.5) });
  });

  test('of Weft 0.1 has no images a second', () => {
    expect(parseMetrics('model,epoch,loss,val_loss,seconds\ncae,1,0.5,0.25,3\n').get('cae')).toEqual([
      { epoch: 1, loss: 0.5, valLoss: 0.25, seconds: 3, imagesPerSecond: null },
    ]);
  });

  test('of whatever content gives nothing but epochs and finite numbers', () => {
    const cell = fc.oneof(
      fc.constantFrom('cae', '1', '-1', '1e999', 'NaN', '', '__proto__', 'constructor'),
      fc.string(),
    );
    const line = fc.array(cell, { maxLength: 8 }).map((cells) => cells.join());
    fc.assert(
      fc.property(fc.boolean(), fc.array(line), (isOurs, lines) => {
        const header = isOurs ? ['model,epoch,loss,val_loss,seconds,images_per_second'] : [];
        for (const [model, rows] of parseMetrics([...header, ...lines].join('\n'))) {
          expect(model).toMatch(/^[a-z][a-z0-9-]*$/);
          expect(numbers(rows).every(Number.isFinite)).toBe(true);
          expect(rows.every(({ epoch }) => Number.isSafeInteger(epoch) && epoch > 0)).toBe(true);
        }
      }),
    );
  });

  test('of many epochs is drawn by some of them, the first and the last among them', () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        epoch: at + 1,
        loss: 1,
        valLoss: 1,
        seconds: 1,
        imagesPerSecond: 1,
      }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 2, max: 300 }), (count, most) => {
        const epochs = thinned(rows(count), most).map(({ epoch }) => epoch);
        expect(epochs.length).toBe(Math.min(count, most));
        expect([epochs[0], epochs.at(-1)]).toEqual([1, count]);
        expect(new Set(epochs).size).toBe(epochs.length);
        expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
      }),
    );
  });
});

describe('progress.json', () => {
  const whole = { formatVersion: 1, model: 'cae', epoch: 2, epochs: 9, images: 3, imagesInEpoch: 5 };
  const pace = {
    ...whole,
    loss: 0.5,
    imagesPerSecond: 10,
    secondsLeft: 4,
    curve: [
      [0.5, 1],
      [1, null],
    ],
  };

  test('is read as it was written', () => {
    expect(parseProgress(JSON.stringify(pace))).toEqual({
      model: 'cae',
      epochs: 9,
      pace: { epoch: 2, images: 3, imagesInEpoch: 5, loss: 0.5, imagesPerSecond: 10, secondsLeft: 4 },
      curve: [
        [0.5, 1],
        [1, null],
      ],
    });
  });

  test('cut short is none', () => {
    const text = JSON.stringify(pace);
    for (let length = 0; length < text.length; length++) expect(parseProgress(text.slice(0, length))).toBe(undefined);
  });

  test('of whatever content gives nothing but finite numbers', () => {
    const member = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 0.5, '1', [[1]], [[1, 'x']], [[null, 1]]));
    expect(numbers(parseProgress(JSON.stringify(pace).replaceAll('0.5', '1e999'))).every(Number.isFinite)).toBe(true);
    const names = Object.keys(pace) as (keyof typeof pace)[];
    fc.assert(
      fc.property(fc.constantFrom(...names), member, (name, value) => {
        const read = parseProgress(JSON.stringify({ ...pace, [name]: value }));
        expect(numbers(read).every(Number.isFinite)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(numbers(parseProgress(text)).every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

import { flip, pad, randomNormal, slice, type Tensor, tensor, transpose } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { training } from '../../test/support/training.js';
import {
  type BaseLayer,
  CallContext,
  RandomContrast,
  RandomFlip,
  RandomRotation,
  RandomTranslation,
  RandomZoom,
} from '../index.js';

const trainingOn = (images: readonly number[]) => training(images, { seed: 7, epoch: 1 });
const numbered = (count: number) => Array.from({ length: count }, (_, i) => i);
const drawn = (layer: BaseLayer, x: Tensor) => layer.call(x, [], trainingOn(numbered(x.shape[0])));
const images = (count: number, height = 8, width = 4) => randomNormal([count, height, width, 2], { seed: 1 });

/** Pixels that hold the number of their column, or of their row. */
const ramp = (count: number, size: number, axis: 'row' | 'column') =>
  tensor(
    Float32Array.from({ length: count * size * size }, (_, i) =>
      axis === 'column' ? i % size : Math.floor(i / size) % size,
    ),
    [count, size, size, 1],
  );

/** The mean of numbers is that of an even distribution within four standard deviations, and none lies outside. */
function expectEven(values: readonly number[], low: number, high: number): void {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = (high - low) / Math.sqrt(12 * values.length);
  expect(Math.abs(mean - (low + high) / 2)).toBeLessThan(4 * deviation);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(low - 1e-4);
  expect(Math.max(...values)).toBeLessThanOrEqual(high + 1e-4);
  // A constant would pass the above: the ends are reached nearly.
  expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.9 * (high - low));
}

const layers: readonly (readonly [string, BaseLayer])[] = [
  ['RandomFlip', new RandomFlip({ name: 'a' })],
  ['RandomTranslation', new RandomTranslation({ heightFactor: 0.3, widthFactor: 0.3, name: 'a' })],
  ['RandomRotation', new RandomRotation({ factor: 0.2, name: 'a' })],
  ['RandomZoom', new RandomZoom({ heightFactor: 0.3, widthFactor: 0.2, name: 'a' })],
  ['RandomContrast', new RandomContrast({ factor: 0.5, valueRange: [-1, 1], name: 'a' })],
];

describe.each(layers)('%s', (_name, layer) => {
  it('hands on its input outside of training, and where nothing random may happen', () => {
    const x = images(3);
    expect(layer.call(x, [], new CallContext({ training: false }))).toBe(x);
    expect(layer.call(x, [], new CallContext({ training: true }))).toBe(x);
  });

  it('changes an image by what was drawn for it alone, wherever it stands in a batch', () => {
    const x = images(5);
    const whole = drawn(layer, x).toArray();
    const last = layer.call(slice(x, [3]), [], trainingOn([3, 4])).toArray();
    expect(last).toEqual(whole.subarray((whole.length / 5) * 3));
    expect(whole).not.toEqual(x.toArray());
  });

  it('takes images alone', () => {
    expect(layer.outputShape([8, 4, 2])).toEqual([8, 4, 2]);
    expect(() => layer.outputShape([8, 4])).toThrow(/expected an input of height, width, channels; got \[8,4\]/);
  });
});

describe('RandomFlip', () => {
  const modes = { horizontal: [2], vertical: [1], horizontal_and_vertical: [1, 2] } as const;

  it.each(Object.entries(modes))('%s mirrors half of the images, each axis by itself', (mode, axes) => {
    const count = 400;
    const x = images(count, 2, 2);
    const layer = new RandomFlip({ mode: mode as keyof typeof modes, name: 'a' });
    const y = drawn(layer, x).toArray();
    const ways: readonly (readonly number[])[] = axes.length === 1 ? [[], axes] : [[], [1], [2], [1, 2]];
    const candidates = ways.map((way) => (way.length === 0 ? x : flip(x, way)).toArray());
    const size = y.length / count;
    const counts = ways.map(() => 0);
    for (let at = 0; at < y.length; at += size) {
      const mine = y.subarray(at, at + size).join();
      const way = candidates.findIndex((each) => each.subarray(at, at + size).join() === mine);
      expect(way).toBeGreaterThanOrEqual(0);
      counts[way]++;
    }
    const share = 1 / ways.length;
    for (const each of counts) {
      expect(Math.abs(each - count * share)).toBeLessThan(4 * Math.sqrt(count * share * (1 - share)));
    }
  });

  it('by the same draws twice changes nothing', () => {
    const x = images(20);
    const layer = new RandomFlip({ name: 'a' });
    expect(drawn(layer, drawn(layer, x)).toArray()).toEqual(x.toArray());
  });
});

describe('RandomTranslation', () => {
  it('by whole pixels is what slicing and padding give', () => {
    const x = images(2);
    const options = { heightFactor: [0.25, 0.25], widthFactor: [-0.25, -0.25], fillMode: 'constant' } as const;
    const moved = pad(slice(x, [0, 0, 1], [2, 6, 4]), [
      [0, 0],
      [2, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(drawn(new RandomTranslation(options), x).toArray()).toEqual(moved.toArray());
  });

  it('draws how far evenly, each side by itself', () => {
    const layer = new RandomTranslation({ heightFactor: [-0.1, 0.2], widthFactor: 0.25, name: 'a' });
    const count = 500;
    // The pixel in the middle of a ramp shows from where it was read.
    const middle = (axis: 'row' | 'column') => {
      const y = drawn(layer, ramp(count, 9, axis)).toArray();
      return numbered(count).map((n) => (4 - y[n * 81 + 40]) / 9);
    };
    const [down, right] = [middle('row'), middle('column')];
    expectEven(down, -0.1, 0.2);
    expectEven(right, -0.25, 0.25);
    const both = down.filter((value, n) => value > 0.05 === right[n] > 0).length;
    expect(Math.abs(both - count / 2)).toBeLessThan(4 * Math.sqrt(count) * 0.5);
  });
});

describe('RandomRotation', () => {
  it('by 0 changes nothing', () => {
    const x = images(2);
    expect(drawn(new RandomRotation({ factor: 0 }), x).toArray()).toEqual(x.toArray());
  });

  it('by a quarter turns counter-clockwise, whatever lies beyond', () => {
    const x = images(2, 5, 5);
    // What was at the right is at the top.
    const turned = flip(transpose(x, [0, 2, 1, 3]), 1).toArray();
    for (const fillMode of ['constant', 'nearest', 'reflect', 'wrap'] as const) {
      const y = drawn(new RandomRotation({ factor: [0.25, 0.25], fillMode, fillValue: 9 }), x).toArray();
      turned.forEach((value, i) => {
        expect(y[i]).toBeCloseTo(value, 4);
      });
    }
  });

  it('draws angles evenly, from all of the turn', () => {
    const layer = new RandomRotation({ factor: [-0.5, 0.25], name: 'a' });
    const count = 500;
    const [rows, columns] = (['row', 'column'] as const).map((axis) => drawn(layer, ramp(count, 9, axis)).toArray());
    // The pixel to the right of the middle shows where it was read: a turn of (1, 0).
    const turns = numbered(count).map((n) => {
      const turn = Math.atan2(rows[n * 81 + 41] - 4, columns[n * 81 + 41] - 4) / (2 * Math.PI);
      return turn > 0.3 ? turn - 1 : turn;
    });
    expectEven(turns, -0.5, 0.25);
  });
});

describe('RandomZoom', () => {
  it('by 0 changes nothing', () => {
    const x = images(2);
    expect(drawn(new RandomZoom({ heightFactor: 0 }), x).toArray()).toEqual(x.toArray());
  });

  it('keeps proportions unless a factor of the width is given', () => {
    const scales = (layer: BaseLayer) => {
      const [rows, columns] = (['row', 'column'] as const).map((axis) => drawn(layer, ramp(300, 9, axis)).toArray());
      // One pixel down and to the right of the middle.
      return numbered(300).map((n) => [rows[n * 81 + 50] - 4, columns[n * 81 + 50] - 4]);
    };
    const proportional = scales(new RandomZoom({ heightFactor: [-0.4, 0.2], name: 'a' }));
    for (const [tall, wide] of proportional) expect(wide).toBeCloseTo(tall, 5);
    expectEven(
      proportional.map(([tall]) => tall),
      0.6,
      1.2,
    );
    const free = scales(new RandomZoom({ heightFactor: 0, widthFactor: 0.5, name: 'a' }));
    for (const [tall] of free) expect(tall).toBeCloseTo(1, 5);
    expectEven(
      free.map(([, wide]) => wide),
      0.5,
      1.5,
    );
  });
});

describe('RandomContrast', () => {
  it('multiplies distances from the mean by what is drawn evenly', () => {
    const x = tensor(
      Float32Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 1 : 3)),
      [500, 2, 1, 1],
    );
    const y = drawn(new RandomContrast({ factor: [0.5, 0.25], name: 'a' }), x).toArray();
    const factors = numbered(500).map((n) => 2 - y[2 * n]);
    for (const n of numbered(500)) expect(y[2 * n + 1] - 2).toBeCloseTo(factors[n], 5);
    expectEven(factors, 0.5, 1.25);
  });

  it('keeps pixels within the range', () => {
    const y = drawn(new RandomContrast({ factor: 1, valueRange: [-0.5, 0.25] }), images(50)).toArray();
    expect([Math.min(...y), Math.max(...y)]).toEqual([-0.5, 0.25]);
  });
});

describe('options that are not what they must be are refused', () => {
  const mistakes: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'a mode',
      () => new RandomFlip({ mode: 'both' as 'vertical' }),
      /^RandomFlip: mode is 'both'; expected 'horizontal'/,
    ],
    [
      'a part above 1',
      () => new RandomTranslation({ heightFactor: 1.5, widthFactor: 0 }),
      /^RandomTranslation: heightFactor is 1.5; expected a number, or the least and the largest .* from -1 to 1/,
    ],
    [
      'numbers in the wrong order',
      () => new RandomTranslation({ heightFactor: 0, widthFactor: [0.2, -0.2] }),
      /widthFactor is \[0.2,-0.2\]/,
    ],
    ['more than a turn', () => new RandomRotation({ factor: [0, 1.5] }), /^RandomRotation: factor is \[0,1.5\]/],
    [
      'a zoom to one pixel',
      () => new RandomZoom({ heightFactor: -1 }),
      /^RandomZoom: heightFactor is -1; .* from above -1 to 1/,
    ],
    ['no factor', () => new RandomZoom({} as { heightFactor: number }), /heightFactor is undefined/],
    ['a fill mode', () => new RandomZoom({ heightFactor: 0, fillMode: 'mirror' as 'wrap' }), /fillMode is 'mirror'/],
    ['a fill value', () => new RandomZoom({ heightFactor: 0, fillValue: Number.NaN }), /fillValue is NaN/],
    ['contrast turned over', () => new RandomContrast({ factor: -0.5 }), /^RandomContrast: factor is -0.5/],
    ['a range upside down', () => new RandomContrast({ factor: 0.5, valueRange: [1, 0] }), /valueRange is \[1,0\]/],
  ];

  it.each(mistakes)('%s', (_what, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});

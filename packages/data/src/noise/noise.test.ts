import { readFileSync } from 'node:fs';
import { full, randomUniform, type Tensor, table, tensor } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CorruptionOptions, corruption, NOISE_KINDS, type NoiseSpec, noiseText, parseNoise } from '../index.js';

interface Setting extends CorruptionOptions {
  readonly epoch?: number;
  readonly seed?: number;
  /** Number of the first image. */
  readonly first?: number;
}

/** Noisy versions of images, as an array. */
function noisy(noise: string | NoiseSpec, images: Tensor, setting: Setting = {}): Float32Array {
  const { epoch = 0, seed = 42, first = 0, ...options } = setting;
  const [batch] = images.shape;
  const keys = (second: number) =>
    table(
      Uint32Array.from({ length: 2 * batch }, (_, index) => (index % 2 === 0 ? first + index / 2 : second)),
      [batch, 2],
    );
  const draws = { seed: table(Uint32Array.of(seed, 0)), exampleKeys: keys(0), epochKeys: keys(epoch + 1) };
  return corruption(typeof noise === 'string' ? parseNoise(noise) : noise, options)(images, draws).toArray();
}

const grey = (level: number, shape = [20, 25, 40, 1]) => full(shape, level);
const pictures = (shape = [3, 9, 7, 3]) => randomUniform(shape, { seed: 5 });
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: ArrayLike<number>) => {
  const average = mean(values);
  return mean(Array.from(values, (value) => (value - average) ** 2));
};
/** Of each image of some size. */
const each = (values: Float32Array, size: number, of: (image: Float32Array) => number) =>
  Array.from({ length: values.length / size }, (_, at) => of(values.subarray(at * size, (at + 1) * size)));

/** One of each kind, and one of each kind with a range. */
const FIXED = ['gaussian:0.2', 'poisson:0.05', 'poisson:0.4', 'salt-pepper:0.2', 'blur:0.8', 'occlusion:0.3'];
const RANGES = ['gaussian:0.1..0.5', 'poisson:0..0.3', 'salt-pepper:0..0.5', 'blur:0..2', 'occlusion:0..1'];
const SEVERAL = ['blur:0.5..1+gaussian:0.1', 'gaussian:0.1+gaussian:0.1', 'salt-pepper:0.1+occlusion:0.1..0.2'];
const ALL = [...FIXED, ...RANGES, ...SEVERAL];

describe.each(ALL)('%s', (noise) => {
  test('gives images within [0, 1] that are others', () => {
    const [x, y] = [pictures().toArray(), noisy(noise, pictures())];
    expect([...y].every((value) => value >= 0 && value <= 1)).toBe(true);
    expect([...y]).not.toEqual([...x]);
  });

  test('is the same for an image at any place of a batch', () => {
    const all = noisy(noise, pictures(), { first: 10 });
    const size = all.length / 3;
    for (const at of [0, 1, 2]) {
      const alone = noisy(noise, pictures().slice([at], [at + 1]), { first: 10 + at });
      expect(alone).toEqual(all.subarray(at * size, (at + 1) * size));
    }
  });
});

describe.each(ALL.filter((noise) => noise !== 'blur:0.8'))('%s', (noise) => {
  test('is the same in every epoch, or another one in each', () => {
    const x = pictures();
    expect(noisy(noise, x, { epoch: 0 })).toEqual(noisy(noise, x, { epoch: 1 }));
    const [first, second] = [0, 1].map((epoch) => noisy(noise, x, { epoch, perEpoch: true }));
    expect(first).not.toEqual(second);
  });

  test('is another one for test images, another seed and other images', () => {
    const x = grey(0.6)
      .slice([0], [2])
      .mul(pictures([1, 25, 40, 1]));
    const training = noisy(noise, x);
    for (const setting of [{ images: 'test' as const }, { seed: 43 }, { first: 2 }]) {
      expect(noisy(noise, x, setting)).not.toEqual(training);
    }
    const [a, b] = [training.subarray(0, 1000), training.subarray(1000)];
    expect(a).not.toEqual(b);
  });
});

test('of strength 0 leaves images as they are, to the last bit, also where 0 is a bound of a range', () => {
  const x = pictures();
  for (const kind of NOISE_KINDS) {
    expect(noisy(`${kind}:0`, x)).toEqual(x.toArray());
    // A range that is hardly wider than 0, for which strengths are drawn.
    expect(noisy(`${kind}:0..1e-30`, x)).toEqual(x.toArray());
  }
});

describe('gaussian', () => {
  test('has its strength as standard deviation, and no bias', () => {
    const values = noisy('gaussian:0.1', grey(0.5));
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(Math.sqrt(variance(values)) / 0.1).toBeCloseTo(1, 1.5);
  });

  test('keeps the bits that it has had since the first version', () => {
    // 0.5 and two numbers of the stream 0x6e6f6973, rounded by float32.
    const values = noisy('gaussian:0.4', grey(0.5, [2, 2]));
    expect([...values]).toMatchInlineSnapshot(`
      [
        0.9551796913146973,
        1,
        0.49831393361091614,
        0.3843504786491394,
      ]
    `);
    expect([...noisy('gaussian:0.4', grey(0.5, [2, 2]), { images: 'test' })]).toMatchInlineSnapshot(`
      [
        0.19617366790771484,
        0.04446205496788025,
        0.5623596906661987,
        0.7956705093383789,
      ]
    `);
  });

  test('of a range has strengths spread evenly over it', () => {
    const deviations = each(noisy('gaussian:0.05..0.15', grey(0.5, [400, 20, 20, 1])), 400, (image) =>
      Math.sqrt(variance(image)),
    );
    expect(mean(deviations)).toBeCloseTo(0.1, 2);
    expect(Math.sqrt(variance(deviations)) / (0.1 / Math.sqrt(12))).toBeCloseTo(1, 0.8);
    expect(Math.min(...deviations)).toBeLessThan(0.06);
    expect(Math.max(...deviations)).toBeGreaterThan(0.14);
  });
});

describe('poisson', () => {
  test.each([0.4, 0.1, 0.05, 0.01, 0.001])('of strength %s has mean x and variance s x', (strength) => {
    for (const level of [0.02, 0.1, 0.3]) {
      const values = noisy(`poisson:${strength}`, grey(level));
      const deviation = Math.sqrt(strength * level);
      // Counts above the white level are cut off: at these levels that is rare.
      if (level + 6 * deviation > 1) continue;
      expect(Math.abs(mean(values) - level)).toBeLessThan((5 * deviation) / Math.sqrt(values.length));
      expect(Math.abs(variance(values) / deviation ** 2 - 1)).toBeLessThan(0.1);
      expect([...values].every((value) => Math.abs(value / strength - Math.round(value / strength)) < 1e-3)).toBe(true);
    }
  });

  test.each([0.5, 3, 9.5, 10.5, 40])('of a mean of %s photons counts as that distribution says', (rate) => {
    const strength = 1 / 100;
    const values = noisy(`poisson:${strength}`, grey(rate * strength, [100, 30, 30, 1]));
    const counts = new Array<number>(101).fill(0);
    for (const value of values) counts[Math.round(value / strength)]++;
    let [below, exact, probability] = [0, 0, Math.exp(-rate)];
    for (let count = 0; count < 100; count++) {
      below += counts[count] / values.length;
      exact += probability;
      probability *= rate / (count + 1);
      // The largest distance of 90,000 draws is below this but once in 10,000 times: Kolmogorov and Smirnov.
      expect(Math.abs(below - exact)).toBeLessThan(0.0075);
    }
  });

  test('of black is black', () => {
    for (const strength of [0.001, 0.3]) {
      expect(noisy(`poisson:${strength}`, grey(0)).every((value) => value === 0)).toBe(true);
    }
  });
});

describe('salt-pepper', () => {
  test('makes its part of the pixels black and white alike, on all channels', () => {
    const values = noisy('salt-pepper:0.3', grey(0.5, [20, 25, 40, 3]));
    const part = (level: number) => values.filter((value) => value === level).length / values.length;
    expect(part(0)).toBeCloseTo(0.15, 1.5);
    expect(part(1)).toBeCloseTo(0.15, 1.5);
    expect(part(0.5)).toBeCloseTo(0.7, 1.5);
    for (let at = 0; at < values.length; at += 3) expect(values[at] + values[at + 1]).toBe(2 * values[at + 2]);
    expect(noisy('salt-pepper:1', grey(0.5)).every((value) => value === 0 || value === 1)).toBe(true);
  });
});

describe('blur', () => {
  const fixture = new URL('../../test/fixtures/scipy-blur.json', import.meta.url);
  const golden: { shape: number[]; sigma: number; image: number[]; blurred: number[] }[] = JSON.parse(
    readFileSync(fixture, 'utf8'),
  );

  test.each(golden)('of $shape by $sigma pixels agrees with SciPy', ({ shape, sigma, image, blurred }) => {
    const values = noisy(`blur:${sigma}`, tensor(image, [1, ...shape]));
    blurred.forEach((value, at) => {
      expect(Math.abs(values[at] - value)).toBeLessThan(2e-6);
    });
  });

  test('keeps flat images and the mean of any', () => {
    for (const value of noisy('blur:3', grey(0.7, [1, 5, 11, 2]))) expect(value).toBeCloseTo(0.7, 6);
    const x = pictures([1, 6, 10, 1]);
    expect(mean(noisy('blur:2', x))).toBeCloseTo(mean(x.toArray()), 5);
  });

  test('of a range lies between those of its ends', () => {
    const x = pictures([30, 12, 12, 1]);
    const contrast = (noise: string) => each(noisy(noise, x), 144, variance);
    const [least, most, drawn] = [contrast('blur:0.4'), contrast('blur:1.5'), contrast('blur:0.4..1.5')];
    drawn.forEach((value, at) => {
      expect(value).toBeLessThan(least[at]);
      expect(value).toBeGreaterThan(most[at]);
    });
  });
});

describe('occlusion', () => {
  test('covers exactly its part of the area with one rectangle, wherever it lies', () => {
    const side = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(side, side, fc.double({ min: 0.01, max: 1, noNaN: true }), (height, width, part) => {
        const values = noisy([{ kind: 'occlusion', low: part, high: part }], grey(1, [4, height, width, 1]));
        for (const bright of each(values, height * width, mean)) expect(bright).toBeCloseTo(1 - part, 5);
      }),
    );
  });

  test('is one rectangle of sides of at most 2 to 1, at places that differ', () => {
    const values = noisy('occlusion:0.1', grey(1, [50, 40, 40, 2]));
    const boxes = Array.from({ length: 50 }, (_, image) => {
      const dark = (row: number, column: number) => values[((image * 40 + row) * 40 + column) * 2] < 1;
      const all = Array.from({ length: 40 }, (_, at) => at);
      const rows = all.filter((row) => all.some((column) => dark(row, column)));
      const columns = all.filter((column) => all.some((row) => dark(row, column)));
      expect(rows.every((row) => columns.every((column) => dark(row, column)))).toBe(true);
      expect((rows.length - 2) / columns.length).toBeLessThanOrEqual(2);
      expect((columns.length - 2) / rows.length).toBeLessThanOrEqual(2);
      return `${rows[0]} ${columns[0]} ${rows.length}`;
    });
    expect(new Set(boxes).size).toBeGreaterThan(45);
  });
});

test('several noises are applied in their order', () => {
  const x = pictures();
  const first = noisy('blur:1', x);
  expect(first).toEqual(noisy('blur:1+occlusion:0', x));
  const whitePixels = (noise: string) => noisy(noise, x).filter((value) => value === 1).length;
  expect(whitePixels('blur:1+salt-pepper:0.5')).toBeGreaterThan(20);
  expect(whitePixels('salt-pepper:0.5+blur:1')).toBe(0);
});

describe('parseNoise', () => {
  test('reads kinds, strengths and ranges; noiseText writes the same text for the same noise', () => {
    expect(parseNoise('gaussian:0.4')).toEqual([{ kind: 'gaussian', low: 0.4, high: 0.4 }]);
    expect(parseNoise(' blur : .50..1.5 + salt-pepper:5e-2 ')).toEqual([
      { kind: 'blur', low: 0.5, high: 1.5 },
      { kind: 'salt-pepper', low: 0.05, high: 0.05 },
    ]);
    expect(noiseText(parseNoise(' blur : .50..1.5 + salt-pepper:5e-2 '))).toBe('blur:0.5..1.5+salt-pepper:0.05');
    const strength = fc.double({ min: 0, max: 1, noNaN: true });
    const term = fc.record({ kind: fc.constantFrom(...NOISE_KINDS), ends: fc.tuple(strength, strength) });
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 5 }), (terms) => {
        const spec = terms.map(({ kind, ends }) => ({ kind, low: Math.min(...ends), high: Math.max(...ends) }));
        expect(parseNoise(noiseText(spec))).toEqual(spec);
      }),
    );
  });

  test.each([
    ['', "noise: got '', expected a kind of noise with its strength, such as gaussian:0.4; the kinds are gaussian,"],
    ['gausian:0.4', "noise: got 'gausian:0.4', expected one of gaussian, poisson, salt-pepper, blur, occlusion"],
    ['gausian:0.4', 'Did you mean gaussian?'],
    ['gaussian', "got 'gaussian', expected a strength (standard deviation in pixel intensity, from 0) or a range"],
    ['gaussian:', 'such as gaussian:0.4 or gaussian:0..0.4.'],
    ['gaussian:-1', "got 'gaussian:-1'"],
    ['gaussian:0.1..0.2..0.3', 'expected a strength'],
    ['gaussian:0.5..0.1', "got 'gaussian:0.5..0.1', expected the smaller strength first, gaussian:0.1..0.5."],
    ['occlusion:1.5', "got 'occlusion:1.5', expected a strength (part of the image's area, from 0 to 1)"],
    ['blur:21', 'from 0 to 20'],
    ['gaussian:1e999', 'expected a strength'],
    ['gaussian:0.1+', "got '', expected one of"],
    [Array(20).fill('blur:1').join('+'), 'expected an array of 1 to 16 noises'],
    [`${'x'.repeat(500)}`, `${'x'.repeat(60)}...'`],
  ])('refuses %j', (text, message) => {
    expect(() => parseNoise(text)).toThrow(RangeError);
    expect(() => parseNoise(text)).toThrow(message);
  });

  test('any text gives noise or a RangeError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(gaussian|blur|:|\.|\+|[0-9e]){1,12}$/)), (text) => {
        try {
          expect(parseNoise(noiseText(parseNoise(text)))).toEqual(parseNoise(text));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

test('what is no image, no noise or no option is refused', () => {
  expect(() => noisy('blur:1', grey(0.5, [2, 10]))).toThrow('noise: blur got [2,10]; expected images, [batch, height');
  expect(() => corruption([])).toThrow('noise: expected an array of 1 to 16 noises');
  expect(() => corruption([{ kind: 'fog' as never, low: 1, high: 1 }])).toThrow("noise: got 'fog', expected one of");
  expect(() => corruption(parseNoise('blur:1'), { images: 'tset' as never })).toThrow("images is 'tset'");
  expect(() => corruption(parseNoise('blur:1'), { epoch: 1 } as never)).toThrow("there is no option 'epoch'");
});

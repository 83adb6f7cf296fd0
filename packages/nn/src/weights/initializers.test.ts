import { sizeOf } from '@weft/core/program';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Initializer, initialValues } from './initializers.js';
import { Weight } from './weight.js';

const options = { seed: 42, stream: 0, index: 0 };
const shape = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 0, maxLength: 4 });

describe('glorotUniform', () => {
  test('stays within sqrt(6 / (fanIn + fanOut)) and comes near to it', () => {
    const data = initialValues('glorotUniform', [3, 3, 32, 64], options);
    const limit = Math.sqrt(6 / (9 * 32 + 9 * 64));
    const largest = data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(Math.fround(limit));
    expect(largest).toBeGreaterThan(0.999 * limit);
  });

  test('has mean 0 and variance 2 / (fanIn + fanOut)', () => {
    const data = initialValues('glorotUniform', [200, 300], options);
    const { mean, variance } = moments(data);
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(2 / 500 / data.length));
    expect(variance / (2 / 500)).toBeCloseTo(1, 1.7);
  });
});

describe('randomUniform', () => {
  test('lies evenly from -0.05 to 0.05', () => {
    const data = initialValues('randomUniform', [200, 300], options);
    const { mean, variance } = moments(data);
    expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.05));
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(0.05 ** 2 / 3 / data.length));
    expect(variance / (0.05 ** 2 / 3)).toBeCloseTo(1, 1.7);
  });
});

describe('heNormal', () => {
  test('has mean 0 and variance 2 / fanIn', () => {
    const data = initialValues('heNormal', [3, 3, 32, 64], options);
    const { mean, variance } = moments(data);
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(2 / 288 / data.length));
    expect(variance / (2 / 288)).toBeCloseTo(1, 1);
  });

  test('is cut off at two of the deviations before the cut', () => {
    const data = initialValues('heNormal', [100, 300], options);
    const cut = (2 * Math.sqrt(2 / 100)) / 0.8796256610342398;
    const largest = data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(Math.fround(cut));
    expect(largest).toBeGreaterThan(0.99 * cut);
  });
});

describe('other distributions', () => {
  const shape = [3, 3, 32, 64];
  const fans = { fanIn: 288, fanOut: 576, fanAvg: 432 };
  const named = {
    glorotNormal: 1 / 432,
    heUniform: 2 / 288,
    lecunUniform: 1 / 288,
    lecunNormal: 1 / 288,
    randomNormal: 0.05 ** 2,
    randomUniform: 0.1 ** 2 / 12,
    truncatedNormal: (0.05 * 0.8796256610342398) ** 2,
  } as const;
  const drawn: [Initializer, number][] = [
    ...Object.entries(named).map(([name, variance]): [Initializer, number] => [name as Initializer, variance]),
    ...(['fanIn', 'fanOut', 'fanAvg'] as const).flatMap((mode) =>
      (['truncatedNormal', 'untruncatedNormal', 'uniform'] as const).map((distribution): [Initializer, number] => [
        { name: 'varianceScaling', scale: 3, mode, distribution },
        3 / fans[mode],
      ]),
    ),
    [{ name: 'randomUniform', minval: 1, maxval: 3 }, 4 / 12],
    [{ name: 'randomNormal', mean: 2, stddev: 0.5 }, 0.25],
  ];

  test.each(drawn)('%j', (initializer, wanted) => {
    const data = initialValues(initializer, shape, options);
    const { mean, variance } = moments(data);
    const middle = typeof initializer === 'object' && initializer.name !== 'varianceScaling' ? 2 : 0;
    expect(Math.abs(mean - middle)).toBeLessThan(4 * Math.sqrt(wanted / data.length));
    // Four deviations of a normal sample's variance, and no less of others.
    expect(Math.abs(variance / wanted - 1)).toBeLessThan(4 * Math.sqrt(2 / data.length));
  });

  test.each([
    [[3, 4, 5], 12, 5],
    [[4, 30], 4, 30],
    [[7, 7], 7, 7],
  ])('orthogonal, %j: rows or columns have length 1 and are orthogonal', (lengths, rows, columns) => {
    const data = initialValues({ name: 'orthogonal', gain: 2 }, lengths, options);
    const at = (which: number, i: number) => (rows < columns ? data[which * columns + i] : data[i * columns + which]);
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let product = 0;
        for (let i = 0; i < length; i++) product += at(a, i) * at(b, i);
        expect(product).toBeCloseTo(a === b ? 4 : 0, 5);
      }
    }
  });

  test('constants and identities', () => {
    expect(initialValues({ name: 'constant', value: 0.5 }, [3], options)).toEqual(Float32Array.of(0.5, 0.5, 0.5));
    expect(initialValues({ name: 'identity', gain: 2 }, [2, 3], options)).toEqual(Float32Array.of(2, 0, 0, 0, 2, 0));
  });

  test('refuse shapes that they cannot fill, and options that they do not have', () => {
    const weight = (initializer: Initializer, shape: number[]) => () => new Weight({ name: 'w', shape, initializer });
    expect(weight('identity', [2, 2, 2])).toThrow(
      "Weight 'w': the initialiser 'identity' fills matrices, but the weight is [2,2,2].",
    );
    expect(weight('orthogonal', [2])).toThrow("'orthogonal' fills weights of two axes or more, but the weight is [2].");
    expect(weight('normal' as never, [2])).toThrow("Weight 'w': initializer is 'normal'; expected 'glorotUniform' or");
    expect(weight({ name: 'constant', gain: 1 } as never, [2])).toThrow(
      "there is no option 'gain'. The options are value.",
    );
    expect(weight({ name: 'randomNormal', stddev: -1 }, [2])).toThrow('stddev is -1; expected a number from 0');
  });
});

test('zeros are zeros, and ones ones', () => {
  expect(initialValues('zeros', [3, 2], options)).toEqual(new Float32Array(6));
  expect(initialValues('ones', [3, 2], options)).toEqual(new Float32Array(6).fill(1));
});

test('values depend on seed, stream and index alone, and differ where one of them differs', () => {
  fc.assert(
    fc.property(
      shape,
      fc.constantFrom('glorotUniform' as const, 'heNormal' as const),
      fc.nat(),
      (lengths, name, seed) => {
        const drawn = initialValues(name, lengths, { seed, stream: 3, index: 2 });
        expect(drawn.length).toBe(sizeOf(lengths));
        expect(initialValues(name, lengths, { seed, stream: 3, index: 2 })).toEqual(drawn);
        for (const other of [
          { seed: seed + 1, stream: 3, index: 2 },
          { seed, stream: 4, index: 2 },
          { seed, stream: 3, index: 1 },
        ]) {
          expect(initialValues(name, lengths, other)).not.toEqual(drawn);
        }
      },
    ),
  );
});

test('the bits stay what they are from release to release', () => {
  const words = (data: Float32Array) => [...new Uint32Array(data.buffer)].map((word) => word.toString(16));
  expect(words(initialValues('glorotUniform', [2, 2], options))).toMatchInlineSnapshot(`
    [
      "3f8f8105",
      "3f8890db",
      "bf7e259b",
      "bf0ab59f",
    ]
  `);
  expect(words(initialValues('heNormal', [2, 2], options))).toMatchInlineSnapshot(`
    [
      "bfda69ec",
      "3f083c63",
      "3fc88665",
      "bb346f4c",
    ]
  `);
});

function moments(data: Float32Array) {
  const mean = data.reduce((total, value) => total + value, 0) / data.length;
  const variance = data.reduce((total, value) => total + (value - mean) ** 2, 0) / data.length;
  return { mean, variance };
}

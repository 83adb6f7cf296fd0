import { random } from '../../src/operations/random.js';
import { takeRows } from '../../src/operations/rows.js';
import { normalPair } from '../../src/random/normal.js';
import { philox4x32 } from '../../src/random/philox.js';
import { table } from '../../src/tensor/create.js';
import { randomBernoulli, randomNormal, randomUniform } from '../../src/tensor/random.js';
import { formatShape, type Shape, sizeOf } from '../../src/tensor/shape.js';
import { numbers } from '../support/numbers.js';
import { type Case, exactly, LENGTHS, nearly } from './case.js';

function takeRowsCases(): Case[] {
  const rows = 6;
  const makers = {
    uint8: (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 67 + 250) % 256),
    float32: (size: number) => numbers(size, 9),
  };
  const shapes: readonly Shape[] = [[], ...LENGTHS.map((length) => [length]), [28, 28], [3, 1, 5], [0]];
  const indices = [[3], [0, 1, 2, 3, 4, 5], [5, 5, 0, 2, 5], []];
  return Object.entries(makers).flatMap(([type, make]) =>
    shapes.flatMap((row) =>
      indices.map((index) => {
        const length = sizeOf(row);
        const values = make(rows * length);
        const want = index.flatMap((at) => [...values.slice(at * length, (at + 1) * length)]);
        return exactly(
          `takeRows [${index}] of ${type} ${formatShape([rows, ...row])}`,
          takeRows(table(values, [rows, ...row]), table(Uint32Array.from(index))),
          [index.length, ...row],
          Float32Array.from(want),
        );
      }),
    ),
  );
}

/** The numbers of one row of a draw, by its definition: element e is word e % 4 of the block e / 4. */
function drawn(
  distribution: 'uniform' | 'normal',
  count: number,
  [low, high]: readonly number[],
  [seedLow, seedHigh]: readonly number[],
  stream: number,
): number[] {
  const words = new Uint32Array(4);
  const pair = new Float32Array(2);
  return Array.from({ length: count }, (_, element) => {
    const place = element % 4;
    philox4x32((element - place) / 4, low, high, stream, seedLow, seedHigh, words);
    if (distribution === 'uniform') return Math.floor(words[place] / 256) / 16777216;
    const isSecond = place % 2;
    normalPair(words[place - isSecond], words[place - isSecond + 1], pair);
    return pair[isSecond];
  });
}

function randomCases(): Case[] {
  const seeds: readonly (readonly [number, readonly [number, number]])[] = [
    [0, [0, 0]],
    [42, [42, 0]],
    [2 ** 32 - 1, [2 ** 32 - 1, 0]],
    [2 ** 32 + 7, [7, 1]],
    [2 ** 53 - 1, [2 ** 32 - 1, 2 ** 21 - 1]],
  ];
  const keys = [
    [0, 0],
    [1, 0],
    [0, 1],
    [2 ** 32 - 1, 2 ** 31],
  ];
  const rows = keys.length;
  const cases = (distribution: 'uniform' | 'normal') =>
    [
      ...LENGTHS.map((length) => ({ shape: [rows, length], seed: seeds[1], stream: 3 })),
      ...seeds.map((seed) => ({ shape: [rows, 2, 3], seed, stream: 0 })),
      { shape: [rows], seed: seeds[1], stream: 0 },
      { shape: [rows, 0], seed: seeds[1], stream: 0 },
      { shape: [rows, 5], seed: seeds[1], stream: 2 ** 32 - 1 },
    ].map(({ shape, seed: [seed, words], stream }) => {
      const want = keys.flatMap((key) => drawn(distribution, sizeOf(shape.slice(1)), key, words, stream));
      const key = table(Uint32Array.from(keys.flat()), [rows, 2]);
      const result = random(distribution, shape, { seed, stream, keys: key });
      return exactly(`${distribution} ${formatShape(shape)}, seed ${seed}, stream ${stream}`, result, shape, want);
    });
  return [...cases('uniform'), ...cases('normal')];
}

/** The public draws: rows are numbered from 0. */
function publicDrawCases(): Case[] {
  const row = (index: number, distribution: 'uniform' | 'normal') => drawn(distribution, 5, [index, 0], [42, 0], 1);
  const both = (distribution: 'uniform' | 'normal') => [...row(0, distribution), ...row(1, distribution)];
  const options = { seed: 42, stream: 1 };
  const scalar = drawn('normal', 1, [0, 0], [42, 0], 0);
  return [
    exactly('randomUniform', randomUniform([2, 5], options), [2, 5], both('uniform')),
    nearly(
      'randomUniform between bounds',
      randomUniform([2, 5], { ...options, low: -3, high: 5 }),
      [2, 5],
      both('uniform').map((u) => 8 * u - 3),
      { absolute: 1e-6 },
    ),
    exactly('randomNormal', randomNormal([2, 5], options), [2, 5], both('normal')),
    nearly(
      'randomNormal with mean and deviation',
      randomNormal([2, 5], { ...options, mean: 10, deviation: 0.5 }),
      [2, 5],
      both('normal').map((z) => 10 + 0.5 * z),
      { relative: 2e-7 },
    ),
    exactly('randomNormal of a scalar', randomNormal([], { seed: 42 }), [], scalar),
    exactly(
      'randomBernoulli',
      randomBernoulli([2, 5], { ...options, probability: 0.3 }),
      [2, 5],
      both('uniform').map((u) => Number(u < Math.fround(0.3))),
    ),
    exactly(
      'randomBernoulli that never is',
      randomBernoulli([9], { ...options, probability: 0 }),
      [9],
      new Float32Array(9),
    ),
    exactly(
      'randomBernoulli that always is',
      randomBernoulli([9], { ...options, probability: 1 }),
      [9],
      new Float32Array(9).fill(1),
    ),
    exactly('nothing at all', randomUniform([0, 3], options), [0, 3], []),
  ];
}

export const tables: Case[] = [...takeRowsCases(), ...randomCases(), ...publicDrawCases()];

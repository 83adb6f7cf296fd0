import { matmul, placeholder } from '@weft/core';
import { compile, trace } from '@weft/core/program';
import { expect, it } from 'vitest';
import { describeTiles, panelCandidates, rowCandidates, tableEntry } from './candidates.js';
import { race, scores } from './race.js';

const START = { rows: { 16: 2, 12: 3, 8: 4, 4: 4 } };

it.each([128, 256] as const)('all candidates for %d bits differ in what is compiled, but none twice', (vectorBits) => {
  const candidates = panelCandidates(START, vectorBits);
  const [a, b] = [
    placeholder({ shape: [24, 16], dtype: 'float32' }, 'a'),
    placeholder({ shape: [16, 48], dtype: 'float32' }, 'b'),
  ];
  const { program } = trace([matmul(a, b)], [a, b]);
  const inputs = [
    { segment: 1, offset: 0 },
    { segment: 1, offset: 4096 },
  ];
  const memory = { initial: 1, maximum: 16, shared: false };
  const modules = candidates.map((tiles) => compile(program, { inputs, memory }, { tiles }).bytes.join());
  expect(candidates.length).toBeGreaterThan(1);
  expect(new Set(modules).size).toBe(candidates.length);
  expect(new Set(candidates.map(describeTiles)).size).toBe(candidates.length);
});

it('rows are tried for tiles of the columns asked for only', () => {
  const [first] = panelCandidates(START, 128);
  const candidates = rowCandidates(first, 8);
  expect(new Set(candidates.map(({ rows }) => rows[8])).size).toBeGreaterThan(1);
  for (const { rows, ...rest } of candidates) {
    expect({ ...rest, rows: { ...rows, 8: first.rows[8] } }).toEqual(first);
  }
});

it('the fastest everywhere scores one, and others their mean share', () => {
  expect(
    scores([
      [10, 5, 10],
      [8, 8, 2],
    ]),
  ).toEqual([1, expect.closeTo(Math.sqrt(1 / 2)), expect.closeTo(1 / 2)]);
});

it('a race gives a rate for each candidate', () => {
  const rates = race([8, 8, 16], panelCandidates(START, 128).slice(0, 3), 'exact', 1);
  expect(rates.length).toBe(3);
  for (const rate of rates) expect(rate).toBeGreaterThan(0);
});

it('prints an entry as the table of the code has it', () => {
  const tiles = { panel: 12, rows: { 4: 4, 8: 4, 12: 3, 16: 2 }, unroll: 2, fence: true } as const;
  expect(tableEntry(128, tiles)).toBe(
    '    128: { panel: 12, rows: { 16: 2, 12: 3, 8: 4, 4: 4 }, unroll: 2, fence: true },',
  );
});

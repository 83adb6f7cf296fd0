import { describe, expect, it } from 'vitest';
import { nodeAt } from '../../scripts/node-releases.js';
import type { Measurement } from './measure.js';
import { type Column, inTurns, linesOf, measuredIn, rowsOf } from './releases.js';

const measured = (name: string, median: number): Measurement => ({
  ...{ suite: 'suite', name, median },
  ...{ quartiles: [median, median], runs: 1 },
});

const column = (version: string, simd: '128' | '256'): Column => ({ node: { path: '', version, major: 0 }, simd });

describe('rowsOf', () => {
  const rows = rowsOf([
    [[measured('both', 10)], [measured('both', 100)], [measured('both', 10)]],
    [
      [measured('both', 5), measured('one', 7)],
      [measured('both', 40), measured('one', 8)],
      [measured('both', 6), { ...measured('one', 9), share: 0.9 }],
    ],
  ]);

  it('takes medians of the rounds, and ratios within a round', () => {
    expect(rows[0]).toEqual({
      ...{ suite: 'suite', name: 'both', medians: [10, 6], ratios: [1, 0.5] },
      shares: [Number.NaN, Number.NaN],
    });
  });

  it('has no number for a case that a column does not have', () => {
    expect(rows[1]).toEqual({
      ...{ suite: 'suite', name: 'one', medians: [Number.NaN, 8] },
      ...{ ratios: [Number.NaN, Number.NaN], shares: [Number.NaN, 0.9] },
    });
  });

  it('is printed by column, with ratios to the first', () => {
    const [heading, both, one] = linesOf([column('v20.1.0', '128'), column('v24.2.0', '256')], rows);
    expect(heading).toMatch(/20\.1\.0 at 128 +24\.2\.0 at 256$/);
    expect(both).toMatch(/both +10\.00 +6\.000 x 0\.50$/);
    expect(one).toMatch(/one +8\.000 90 %$/);
  });
});

describe('inTurns', () => {
  it('rotates who is first, and gives results by column', async () => {
    const columns = ['v1', 'v2', 'v3'].map((version) => column(version, '128'));
    const turns: string[] = [];
    const results = await inTurns(columns, 2, async ({ node: { version } }, round) => {
      turns.push(version);
      return [measured(version, round)];
    });
    expect(turns).toEqual(['v1', 'v2', 'v3', 'v2', 'v3', 'v1']);
    const first = ({ node: { version } }: Column) => [[measured(version, 0)], [measured(version, 1)]];
    expect(results).toEqual(columns.map(first));
  });
});

describe('measuredIn', () => {
  it('gives what a suite measures in another process', async () => {
    const node = nodeAt(process.execPath);
    if ('missing' in node) throw new Error(node.missing);
    const found = await measuredIn({ node, simd: '128' }, ['data', '--numerics', 'exact']);
    expect(found.length).toBeGreaterThan(3);
    for (const { suite, median } of found) {
      expect(suite).toBe('data');
      expect(median).toBeGreaterThan(0);
    }
  });
});

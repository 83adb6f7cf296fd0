import { describe, expect, it } from 'vitest';
import { killTest } from '../scripts/kill-test.js';

describe('runs that are killed where they write a file', () => {
  // `pnpm kill-test` kills sixty, at random moments.
  it('end, resumed, with the bits of a run that is left alone', async () => {
    const args = ['--model', 'cdae', '--limit', '320'];
    const outcomes = await killTest({ runs: 3, seed: 7, isCounted: true, args });
    expect(outcomes.map(({ fault }) => fault)).toEqual(['', '', '']);
    expect(outcomes.map(({ kills }) => kills)).toEqual([4, 4, 4]);
    expect(outcomes.some(({ writes }) => writes > 0)).toBe(true);
  });
});

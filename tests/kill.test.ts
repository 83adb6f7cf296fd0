import { describe, expect, it } from 'vitest';
import { killTest } from '../scripts/kill-test.js';

describe('runs that are killed at random moments', () => {
  // `pnpm kill-test` kills sixty.
  it('end, resumed, with the bits of a run that is left alone', async () => {
    const outcomes = await killTest({ runs: 4, seed: 7, args: ['--model', 'cdae', '--limit', '320'] });
    expect(outcomes.map(({ fault }) => fault)).toEqual(['', '', '', '']);
    expect(outcomes.reduce((total, { kills }) => total + kills, 0)).toBeGreaterThan(0);
  });
});

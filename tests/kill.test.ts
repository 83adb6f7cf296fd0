import { describe, expect, it } from 'vitest';
import { killTest } from '../scripts/kill-test.js';

describe('runs that are killed where they write a file', () => {
  // `pnpm kill-test` kills sixty, at random moments.
  it.each([7, 8])('end, resumed, with the bits of a run that is left alone: seed %i', async (seed) => {
    const args = ['--model', 'cdae', '--limit', '320'];
    const [{ fault, kills, writes }] = await killTest({ runs: 1, seed, isCounted: true, args });
    expect({ fault, kills }).toEqual({ fault: '', kills: 4 });
    expect(writes).toBeGreaterThan(0);
  });
});

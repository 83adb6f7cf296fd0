import { describe, expect, it } from 'vitest';
import { NUMERICS_VERSION } from '../packages/train/src/index.js';
import { kept, verify, WAYS } from '../scripts/verify.js';

describe('the weights of the run that is kept', () => {
  it('belong to the numerics version of the code', () => {
    expect(kept().numericsVersion).toBe(NUMERICS_VERSION);
  });

  // `pnpm verify` goes through more ways, and through other releases of Node.
  const names = ['1 thread', '3 threads', 'random delays in 3 workers', 'killed and resumed, 2 threads'];
  it.each(names)('come out: %s', async (name) => {
    const ways = WAYS.filter((way) => way.name === name);
    expect(ways).toHaveLength(1);
    const [{ sha256, numericsVersion, note }] = await verify(ways);
    expect(sha256, note).toBe(kept().sha256);
    expect(numericsVersion).toBe(NUMERICS_VERSION);
    if (ways[0].killed) expect(note).toBe('killed 3 times');
  });
});

import { expect, it } from 'vitest';
import { clusterTest } from '../../scripts/cluster-test.js';
import { inNats } from '../support/nats.js';

inNats('trainings on a cluster of real processes', () => {
  it('end with the bits of one process, whatever fails in them', async () => {
    // `pnpm cluster-test` runs thirty, with each fault there is.
    const only = ['worker-killed', 'coordinator-killed', 'server-restarted'];
    const outcomes = await clusterTest({ runs: only.length, seed: 1, only, epochs: 6 });
    expect(outcomes.map(({ fault, logs }) => (fault ? `${fault}\n${logs}` : ''))).toEqual(['', '', '']);
  });
});

import { describe, expect, it } from 'vitest';
import { SMALL } from '../src/model/configurations.js';
import { explore } from '../src/model/explore.js';
import { loadBarrier } from '../src/model/load-barrier.js';
import { MUTANTS, mutated } from '../src/model/mutants.js';

describe('the barrier and the protocol of a step, in every order of events', () => {
  it.each(SMALL)('hold for $workers workers, legs $legs, $failures failures, $stops stops', (configuration) => {
    const { violation, states } = explore(configuration);
    expect(violation?.error, violation?.trace.join('\n')).toBeUndefined();
    expect(states).toBeGreaterThan(50);
  });
});

describe('the model finds the mistake where', () => {
  it.each(MUTANTS)('$name', (mutant) => {
    const { violation } = explore(mutated(mutant));
    expect(violation?.error.property, violation?.error.message).toBe(mutant.violates);
  });
});

describe('the model reads the source of the barrier', () => {
  it('and refuses one that it would misread', () => {
    const nested = 'Atomics.store(words, ARRIVED, Atomics.load(words, ARRIVED));';
    expect(() => loadBarrier((source) => source.replace(/Atomics\.notify.*;/, nested))).toThrow(
      'cannot read barrier.ts',
    );
    expect(() => loadBarrier((source) => source.replace(/const generation/, 'var generation'))).toThrow(
      'cannot read barrier.ts',
    );
  });
});

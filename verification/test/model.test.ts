import { describe, expect, it } from 'vitest';
import { SMALL } from '../src/model/configurations.js';
import { explore } from '../src/model/explore.js';
import { loadWorker } from '../src/model/load-worker.js';
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

describe('the model reads what workers run', () => {
  it.each([
    ['a call within a call', /Atomics\.notify.*;/, 'Atomics.store(words, ARRIVED, Atomics.load(words, ARRIVED));'],
    ['a variable of another kind', /const generation/, 'var generation'],
    ['memory that it does not see', /const word = /, 'const view = new DataView(this.memory.buffer); const word = '],
  ])('and refuses %s', (_, found, instead) => {
    expect(() => loadWorker((source) => source.replace(found, instead))).toThrow('The model cannot read');
  });
});

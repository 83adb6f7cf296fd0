import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localExecutor, type PerformTrial, type Trial } from '../src/index.js';
import { trialResult } from './trial-results.js';

const trials: readonly Trial[] = Array.from({ length: 9 }, (_, index) => ({ name: `t${index}`, options: {} }));
const signal = new AbortController().signal;

describe('localExecutor', () => {
  it('performs each trial once with any number of performers, each of which performs one at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.scheduler(), async (count, scheduler) => {
        const performed: string[] = [];
        const performers = Array.from({ length: count }, (): PerformTrial => {
          let busy = false;
          return async ({ name, options }) => {
            if (busy) throw new Error(`${name} was given to a busy performer`);
            busy = true;
            await scheduler.schedule(Promise.resolve(), name);
            busy = false;
            performed.push(name);
            return trialResult(name, options, {});
          };
        });
        const done: string[] = [];
        const run = localExecutor(...performers).run(trials, {
          signal,
          onDone: (trial, result) => done.push(`${trial.name} ${result.name}`),
        });
        await scheduler.waitFor(run);
        expect(performed.toSorted()).toEqual(trials.map(({ name }) => name));
        expect(done).toEqual(performed.map((name) => `${name} ${name}`));
      }),
    );
  });

  it('aborts the others when one fails, waits for them, and begins nothing more', async () => {
    const begun: string[] = [];
    let ended = 0;
    const waiting: PerformTrial = async ({ name }, own) => {
      begun.push(name);
      await new Promise((resolve) => own.addEventListener('abort', resolve));
      ended++;
      throw own.reason;
    };
    const failing: PerformTrial = async ({ name }) => {
      begun.push(name);
      throw new Error('the disk is full');
    };
    const run = localExecutor(waiting, failing, waiting).run(trials, { signal, onDone: () => undefined });
    await expect(run).rejects.toThrow('the disk is full');
    expect({ begun, ended }).toEqual({ begun: ['t0', 't1', 't2'], ended: 2 });
  });
});

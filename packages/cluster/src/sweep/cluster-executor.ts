import { type Executor, finishedTrials, type Trial } from '@weft/study';
import { AskedTrials } from './asked-trials.js';
import type { ClusterExecutorOptions } from './executor-options.js';
import { persist, waitFor } from './persist.js';
import type { TrialPlace } from './place.js';
import { studyId } from './study-id.js';
import { TrialQueue } from './trial-queue.js';

/**
 * An executor that has trials performed by workers, which {@link serveTrials} is for. Runs come into the study's folder as
 * if they had been trained there. When the signal is aborted, trials that no worker has begun are withdrawn. What workers
 * finish meanwhile waits on the server, and the next call for the same folder takes it from there.
 *
 * @param place where trials wait for workers
 * @throws StudyError (by `run`) with the error of a trial that workers have tried in vain, or if two workers have come to
 *   different results
 * @example
 * const connection = await connect('nats://127.0.0.1:4222');
 * const data = { dataset: 'mine', train: 'a1'.repeat(32), test: 'b2'.repeat(32) };
 * const base = { dataset: 'mine', synthetic: false, trainCount: 9, validationCount: 0, testCount: 1 };
 * const executor = clusterExecutor(connection, {
 *   directory: 'my-study',
 *   complete: (options) => options,
 *   versions: { weft: '0.1.0', numerics: 4 },
 *   dataOf: async () => data,
 *   isRunFile: (path) => ['options.json', 'run.json'].includes(path),
 *   continuedFiles: async () => ['options.json', 'run.json'],
 *   perform: async ({ name, options }) => ({ name, options, ...base, models: {}, measurements: {} }),
 * });
 * await runStudy(seedsStudy({ seeds: [1, 2] }), { directory: 'my-study', executor });
 */
export function clusterExecutor(place: TrialPlace, options: ClusterExecutorOptions): Executor {
  return {
    async run(trials, { signal, onDone }) {
      const left: Trial[] = [];
      for (const trial of trials) {
        signal.throwIfAborted();
        const { directory, complete, perform } = options;
        const isFinished = (await finishedTrials([trial], { directory, complete })) > 0;
        if (isFinished) onDone(trial, await perform(trial, directory, signal));
        else left.push(trial);
      }
      if (left.length === 0) return;
      const onTrouble = (error: unknown) => options.onEvent?.({ kind: 'trouble', message: (error as Error).message });
      const queue = await persist(() => TrialQueue.open(place), { signal, onTrouble });
      const persistence = { signal, onTrouble, renew: () => queue.renew() };
      const asked = new AskedTrials(left, queue, await studyId(options.directory), options, persistence);
      try {
        while (asked.left > 0) {
          signal.throwIfAborted();
          await asked.round(onDone);
          if (asked.left > 0) await waitFor(1000 * (options.pollSeconds ?? 1), signal);
        }
      } catch (error) {
        await asked.withdraw();
        throw error;
      }
    },
  };
}

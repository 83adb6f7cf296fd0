import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Occupation } from '../member/occupation.js';
import { persist, waitFor } from './persist.js';
import type { TrialPlace } from './place.js';
import { TrialInHand } from './trial-in-hand.js';
import { TrialQueue } from './trial-queue.js';
import { TrialTurn } from './trial-turn.js';
import type { PerformServedTrial, ServeTrialsOptions } from './worker-options.js';

/** How long a worker waits for a trial before it looks whether it still does nothing else. */
const TAKE_MILLISECONDS = 2000;
/** How long a worker that has refused a trial takes no other. */
const REFUSED_MILLISECONDS = 3000;
/** How long a worker that leaves tries to give its trial back. */
const LEAVE_MILLISECONDS = 15_000;

/**
 * Performs the trials of studies and sweeps that others have queued, one after another, until the signal is aborted. A
 * trial in hand is kept from other workers by heartbeats. Its checkpoints go to the server, so that another worker goes on
 * from there when this one dies, and its result and files when it is done. Nothing that comes from the server names a
 * path: files are written below `folder` only.
 *
 * @param place where the trials wait
 * @throws ClusterError for a name that no cluster has; Error if the connection was closed
 * @example
 * const connection = await connect('nats://127.0.0.1:4222');
 * const data = { dataset: 'mine', train: 'a1'.repeat(32), test: 'b2'.repeat(32) };
 * const base = { dataset: 'mine', synthetic: false, trainCount: 9, validationCount: 0, testCount: 1 };
 * const perform: PerformServedTrial = async ({ name, options }, folder) => {
 *   return { name, options, ...base, models: {}, measurements: {} }; // trains into `folder`
 * };
 * const leave = new AbortController();
 * await serveTrials(connection, perform, {
 *   worker: 'ann',
 *   folder: 'work',
 *   versions: { weft: '0.1.0', numerics: 4 },
 *   signal: leave.signal,
 *   check: ({ options }) => console.log(options), // throws if no worker could perform it
 *   dataOf: async () => data,
 *   isRunFile: (path) => ['options.json', 'run.json', 'checkpoints/last.safetensors'].includes(path),
 *   resumableFiles: async () => ['options.json', 'checkpoints/last.safetensors'],
 * });
 */
export async function serveTrials(
  place: TrialPlace,
  perform: PerformServedTrial,
  options: ServeTrialsOptions,
): Promise<void> {
  const { signal, silenceSeconds = 30, occupation = new Occupation(), onEvent } = options;
  const onTrouble = (error: unknown) => onEvent?.({ kind: 'trouble', message: (error as Error).message });
  const folder = join(options.folder, 'trials-in-hand');
  const patience = new AbortController();
  // A trial in hand is given back, for which the server has so much time.
  const onLeave = () => void setTimeout(() => patience.abort(signal.reason), LEAVE_MILLISECONDS).unref();
  signal.addEventListener('abort', onLeave, { once: true });
  const left = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  try {
    const queue = await persist(() => TrialQueue.open(place), { signal, onTrouble });
    const persistence = { signal, onTrouble, renew: () => queue.renew() };
    while (!signal.aborted) {
      if (occupation.doing !== undefined) await Promise.race([occupation.free(), left]);
      const taken = await persist(() => queue.take(TAKE_MILLISECONDS, 1000 * silenceSeconds), persistence);
      if (!taken) continue;
      const release = signal.aborted ? undefined : occupation.take('a trial');
      if (!release) {
        taken.giveBack();
        continue;
      }
      let isRefused = false;
      try {
        await rm(folder, { recursive: true, force: true });
        const hand = new TrialInHand(queue, taken, options, patience.signal);
        isRefused = await new TrialTurn(hand, folder, perform).run();
      } finally {
        release();
        await rm(folder, { recursive: true, force: true });
      }
      // Another worker is to have it, and not this one again.
      if (isRefused) await waitFor(REFUSED_MILLISECONDS, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', onLeave);
  }
}

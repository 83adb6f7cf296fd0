import { setTimeout as pause } from 'node:timers/promises';
import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { ClusterError } from '../errors.js';
import { MessageError } from '../wire/message-error.js';

/** How long one waits before another try. */
const BETWEEN_TRIES = 500;

/** JetStream's answers to what no further try changes, by number: the key was written before. */
const WRONG_LAST_SEQUENCE: readonly number[] = [10071, 10164];

/** Whether somebody else has created the key. */
export const isTaken = (error: unknown) =>
  error instanceof JetStreamApiError && WRONG_LAST_SEQUENCE.includes(error.code);

/** Whether another try cannot help: the connection was closed for good, or what came is not what it should be. */
const isFinal = (error: unknown) =>
  isTaken(error) ||
  error instanceof errors.ClosedConnectionError ||
  error instanceof ClusterError ||
  error instanceof MessageError;

/** What waits for a server does so with. */
export interface Persistence {
  readonly signal: AbortSignal;
  /** Is called once, with the error, when a second try has failed, too. */
  readonly onTrouble?: (error: unknown) => void;
  /** Makes what the server may have lost, such as its streams. */
  readonly renew?: () => Promise<void>;
}

/**
 * Does something on the server, again and again while it cannot be reached.
 *
 * @throws the signal's reason if it was aborted; an error that another try would not change
 */
export async function persist<Result>(
  work: () => Promise<Result>,
  { signal, onTrouble, renew }: Persistence,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (isFinal(error)) throw error;
      if (tries === 2) onTrouble?.(error);
      await waitFor(BETWEEN_TRIES, signal);
      if (error instanceof JetStreamApiError) await renew?.().catch(() => undefined);
    }
  }
}

/** Waits, or until the signal is aborted: it does not throw. */
export async function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}

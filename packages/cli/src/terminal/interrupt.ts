import { InterruptedError } from '../exit.js';

/** Package managers hand on the signal that the terminal has sent us already: within this time two are one. */
const SAME_SIGNAL_MILLISECONDS = 300;

/** What becomes of Ctrl-C while a command runs. */
export interface Interrupt {
  /** Aborted at the first Ctrl-C, with an InterruptedError. */
  readonly signal: AbortSignal;
  /** Gives Ctrl-C back its usual meaning. */
  stop(): void;
}

/**
 * Listens for Ctrl-C: the first one aborts the signal, the next one ends the process at once.
 *
 * @param announce called at the first
 */
export function listenForInterrupt(announce: () => void): Interrupt {
  const controller = new AbortController();
  let first = 0;
  const listener = () => {
    if (controller.signal.aborted) {
      if (performance.now() - first > SAME_SIGNAL_MILLISECONDS) process.exit(130);
      return;
    }
    first = performance.now();
    announce();
    controller.abort(new InterruptedError());
  };
  process.on('SIGINT', listener);
  return { signal: controller.signal, stop: () => process.off('SIGINT', listener) };
}

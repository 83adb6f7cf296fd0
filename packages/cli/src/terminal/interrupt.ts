import { InterruptedError, type StopSignal, signalExitCode } from '../exit.js';

/** Package managers hand on the signal that the terminal has sent us already: within this time two are one. */
const SAME_SIGNAL_MILLISECONDS = 300;

/** Ctrl-C, a wish of the system's, and the terminal being closed. */
const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** What becomes of Ctrl-C and the like while a command runs. */
export interface Interrupt {
  /** Aborted at the first of them, with an InterruptedError. */
  readonly signal: AbortSignal;
  /** Gives them back their usual meaning. */
  stop(): void;
}

/**
 * Listens for Ctrl-C, SIGTERM and SIGHUP: the first one aborts the signal, the next one ends the process at once.
 *
 * @param announce called at the first
 */
export function listenForInterrupt(announce: () => void): Interrupt {
  const controller = new AbortController();
  let first = 0;
  const listener = (name: StopSignal) => {
    if (controller.signal.aborted) {
      if (performance.now() - first > SAME_SIGNAL_MILLISECONDS) process.exit(signalExitCode(name));
      return;
    }
    first = performance.now();
    announce();
    controller.abort(new InterruptedError(name));
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}

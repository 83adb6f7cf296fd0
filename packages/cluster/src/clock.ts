/** Tells time and wakes later: the machine's clock, or in tests one that is set by hand. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls a function after so many milliseconds, if the call is not cancelled before. */
  after(milliseconds: number, run: () => void): Cancel;
}

/** Cancels a call that was to come. */
export type Cancel = () => void;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

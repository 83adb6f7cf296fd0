import type { Cancel, Clock } from '../clock.js';

/** How late a timer may be before this process must have stood still, in milliseconds. */
const LATE = 1000;

interface Wait {
  left: number;
  began: number;
  readonly run: () => void;
  cancel: Cancel | undefined;
}

/**
 * Deadlines for others that count only while they could be heard: they stand still while the connection is down or this
 * process was stopped, and get some time more afterwards.
 */
export class Patience {
  private readonly waits = new Set<Wait>();
  private isPaused = false;

  /**
   * @param grace   milliseconds that each deadline gains after a pause
   * @param resumed told when time was lost
   */
  constructor(
    private readonly clock: Clock,
    readonly grace: number,
    private readonly resumed: () => void,
  ) {}

  after(milliseconds: number, run: () => void): Cancel {
    const wait: Wait = { left: milliseconds, began: this.clock.now(), run, cancel: undefined };
    this.waits.add(wait);
    if (!this.isPaused) this.arm(wait);
    return () => this.end(wait);
  }

  /** The connection is down. */
  pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    for (const wait of this.waits) {
      wait.cancel?.();
      wait.left = Math.max(0, wait.left - (this.clock.now() - wait.began));
    }
  }

  /** The connection is back. */
  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.prolong();
  }

  close(): void {
    for (const wait of [...this.waits]) this.end(wait);
  }

  private prolong(): void {
    this.resumed();
    for (const wait of this.waits) {
      wait.cancel?.();
      wait.left += this.grace;
      this.arm(wait);
    }
  }

  private arm(wait: Wait): void {
    wait.began = this.clock.now();
    wait.cancel = this.clock.after(wait.left, () => this.ring(wait));
  }

  private ring(wait: Wait): void {
    const late = this.clock.now() - wait.began - wait.left;
    if (late > LATE) {
      for (const each of this.waits) each.left = Math.max(0, each.left - (this.clock.now() - each.began));
      this.prolong();
      return;
    }
    this.end(wait);
    wait.run();
  }

  private end(wait: Wait): void {
    wait.cancel?.();
    this.waits.delete(wait);
  }
}

import type { Clock } from '../../src/clock.js';

interface Timer {
  readonly at: number;
  readonly number: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  private time = 0;
  private count = 0;
  private timers: Timer[] = [];

  now(): number {
    return this.time;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + milliseconds, number: this.count++, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  /** When the next timer rings, if there is one. */
  get next(): number | undefined {
    return this.first?.at;
  }

  /** Goes to a time, and rings what rings until then. */
  goTo(time: number): void {
    for (let timer = this.first; timer && timer.at <= time; timer = this.first) {
      const { at, run } = timer;
      this.timers = this.timers.filter((each) => each !== timer);
      this.time = Math.max(this.time, at);
      run();
    }
    this.time = Math.max(this.time, time);
  }

  /** As if the process had been stopped: time goes on, and timers ring late. */
  jump(milliseconds: number): void {
    this.time += milliseconds;
  }

  private get first(): Timer | undefined {
    return [...this.timers].sort((one, other) => one.at - other.at || one.number - other.number)[0];
  }
}

/** Shortest deadline of a round, in milliseconds: a busy machine may pause for a while. */
const SHORTEST = 2000;

/** How many times as long as the longest round of late a round may take. */
const FACTOR = 5;

/** Rounds that count. */
const RECENT = 32;

/** Deadline of a first round, in milliseconds: workers fetch examples and compile programs. */
export const FIRST_DEADLINE = 120_000;

/** Deadlines that follow the measured rounds. */
export class Pace {
  private readonly recent: number[] = [];

  /** Notes that a round took so many milliseconds. */
  note(milliseconds: number): void {
    this.recent.push(milliseconds);
    if (this.recent.length > RECENT) this.recent.shift();
  }

  /** Milliseconds that the next round may take. */
  get deadline(): number {
    return this.recent.length === 0 ? FIRST_DEADLINE : Math.max(SHORTEST, FACTOR * Math.max(...this.recent));
  }

  /** What comes next is unlike what was measured. */
  reset(): void {
    this.recent.length = 0;
  }
}

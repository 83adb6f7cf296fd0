/** A part of a run whose time is taken: `data`, the key of the model that is trained, `analysis` or `report`. */
export type Phase = string;

/** Seconds spent on the parts of a run, and in all. */
export type PhaseSeconds = Readonly<Record<Phase, number>> & { readonly total: number };

/** Takes the time of a run and of its parts, in seconds. */
export class Stopwatch {
  private readonly began = performance.now();
  private readonly spent: Record<Phase, number> = {};
  private running: { readonly phase: Phase; readonly began: number } | undefined;

  /** Does a part of the run; parts of one name add up. */
  async time<Result>(phase: Phase, work: () => Promise<Result>): Promise<Result> {
    this.running = { phase, began: performance.now() };
    try {
      return await work();
    } finally {
      Object.assign(this.spent, this.phases());
      this.running = undefined;
    }
  }

  /** What was spent so far, on the running part too. */
  get seconds(): PhaseSeconds {
    return { ...this.phases(), total: secondsSince(this.began) };
  }

  private phases(): Readonly<Record<Phase, number>> {
    const { spent, running } = this;
    if (!running) return spent;
    return { ...spent, [running.phase]: (spent[running.phase] ?? 0) + secondsSince(running.began) };
  }
}

const secondsSince = (began: number) => (performance.now() - began) / 1000;

/** The most memory that this process has had at a time, in bytes. */
export function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

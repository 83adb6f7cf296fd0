/** The parts of a run whose time is taken. */
export type Phase = 'data' | 'cae' | 'cdae' | 'analysis' | 'report';

/** Takes the time of a run and of its parts, in seconds. */
export class Stopwatch {
  private readonly began = performance.now();
  private readonly spent: Partial<Record<Phase, number>> = {};

  /** Does a part of the run; parts of one name add up. */
  async time<Result>(phase: Phase, work: () => Promise<Result>): Promise<Result> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.spent[phase] = (this.spent[phase] ?? 0) + (performance.now() - began) / 1000;
    }
  }

  get seconds(): Partial<Record<Phase, number>> & { total: number } {
    return { ...this.spent, total: (performance.now() - this.began) / 1000 };
  }
}

/** The most memory that this process has had at a time, in bytes. */
export function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

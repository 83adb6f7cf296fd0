/** A worker whose share is to be chosen. */
export interface Worker {
  readonly id: string;
  readonly threads: number;
}

/** Weight of the fastest worker: shares are told apart to about a hundredth. */
const FULL_WEIGHT = 100;

/** How much a new measure counts in the moving average. */
const NEWEST = 0.1;

/** Rounds that are measured before weights change. */
const FEWEST = 8;

/** Weights change if rounds become shorter than this part of what they are: less is noise. */
const WORTHWHILE = 0.92;

/** Shares that follow measured speeds: a slow worker gets fewer leaves. */
export class Speeds {
  /** Milliseconds a leaf, as moving averages. */
  private readonly perLeaf = new Map<string, number>();
  private weights = new Map<string, number>();
  private measured = 0;

  /** Notes what a worker took for its leaves of a round. */
  note(id: string, leaves: number, milliseconds: number): void {
    if (leaves === 0) return;
    const now = milliseconds / leaves;
    const before = this.perLeaf.get(id);
    this.perLeaf.set(id, before === undefined ? now : before + NEWEST * (now - before));
  }

  /** Notes that a round is over. */
  endRound(): void {
    this.measured++;
  }

  /** What was measured counts no longer: other leaves come. */
  reset(): void {
    this.perLeaf.clear();
    this.measured = 0;
  }

  /**
   * Whole numbers from 1 that shares are proportional to. They stay what they are unless workers came or went, or rounds
   * become clearly shorter.
   */
  weightsOf(workers: readonly Worker[]): number[] {
    const known = workers.map(({ id }) => this.weights.get(id));
    const isSame = known.length === this.weights.size && known.every((weight) => weight !== undefined);
    const times = this.timesOf(workers);
    const fastest = Math.min(...times);
    const wanted = times.map((time) => Math.max(1, Math.round((FULL_WEIGHT * fastest) / time)));
    if (isSame) {
      const current = known as number[];
      const isSure = this.measured >= FEWEST;
      if (!isSure || roundTime(wanted, times) > WORTHWHILE * roundTime(current, times)) return current;
    }
    this.measured = 0;
    this.weights = new Map(workers.map(({ id }, at) => [id, wanted[at]]));
    return wanted;
  }

  /** Milliseconds a leaf; of those that were not measured by their threads. */
  private timesOf(workers: readonly Worker[]): number[] {
    const ofThread = workers.flatMap(({ id, threads }) => {
      const time = this.perLeaf.get(id);
      return time === undefined ? [] : [time * threads];
    });
    const usual = ofThread.length === 0 ? 1 : ofThread.reduce((sum, time) => sum + time, 0) / ofThread.length;
    return workers.map(({ id, threads }) => Math.max(1e-6, this.perLeaf.get(id) ?? usual / threads));
  }
}

/** How long a round takes whose leaves are dealt out by weights: as long as its slowest share. */
function roundTime(weights: readonly number[], times: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Math.max(...weights.map((weight, at) => (weight / total) * times[at]));
}

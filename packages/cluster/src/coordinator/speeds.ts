import { exampleShares } from '../machine/shares.js';

/** A worker whose share is to be chosen. */
export interface Worker {
  readonly id: string;
  readonly threads: number;
}

/** Weight of the fastest worker: shares are told apart to about a hundredth. */
const FULL_WEIGHT = 100;

/** Rounds whose median counts: one that was disturbed changes nothing. */
const RECENT = 15;

/** First rounds of a worker, which do not count: its engine still compiles. */
const WARMING = 3;

/** Rounds that are measured before weights change. */
const FEWEST = 10;

/** What the measured time of a worker becomes with each round in which it has no leaves: so it gets some again. */
const FORGIVEN = 0.98;

/** Weights change if rounds become shorter than this part of what they are: less is noise. */
const WORTHWHILE = 0.92;

/** Shares that follow measured speeds: a slow worker gets fewer leaves. */
export class Speeds {
  /** Milliseconds a leaf of the last rounds. */
  private readonly recent = new Map<string, number[]>();
  private readonly perLeaf = new Map<string, number>();
  private readonly noted = new Set<string>();
  private weights = new Map<string, number>();
  private measured = 0;

  /** Notes what a worker took for its leaves of a round. */
  note(id: string, leaves: number, milliseconds: number): void {
    if (leaves === 0) return;
    this.noted.add(id);
    const recent = this.recent.get(id) ?? [];
    recent.push(milliseconds / leaves);
    this.recent.set(id, recent);
    if (recent.length <= WARMING) return;
    // The first ones leave with time.
    if (recent.length > RECENT + WARMING) recent.splice(WARMING, 1);
    this.perLeaf.set(id, median(recent.slice(WARMING)));
  }

  /** Notes that a round is over. */
  endRound(): void {
    this.measured++;
    for (const [id, time] of this.perLeaf) if (!this.noted.has(id)) this.perLeaf.set(id, FORGIVEN * time);
    this.noted.clear();
  }

  /** What was measured counts no longer: other leaves come. */
  reset(): void {
    this.perLeaf.clear();
    this.recent.clear();
    this.measured = 0;
  }

  /**
   * Whole numbers from 1 that shares are proportional to. They stay what they are unless workers came or went, or rounds
   * become clearly shorter.
   *
   * @param leaves that are shared out: none is divided
   */
  weightsOf(workers: readonly Worker[], leaves: number): number[] {
    const known = workers.map(({ id }) => this.weights.get(id));
    const isSame = known.length === this.weights.size && known.every((weight) => weight !== undefined);
    const times = this.timesOf(workers);
    const fastest = Math.min(...times);
    const wanted = times.map((time) => Math.max(1, Math.round((FULL_WEIGHT * fastest) / time)));
    if (isSame) {
      const current = known as number[];
      const isSure = this.measured >= FEWEST;
      if (!isSure || roundTime(wanted, times, leaves) > WORTHWHILE * roundTime(current, times, leaves)) return current;
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

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1];
}

/** How long a round takes whose leaves are dealt out by weights: as long as its slowest share. */
function roundTime(weights: readonly number[], times: readonly number[], leaves: number): number {
  const cuts = Array.from({ length: leaves + 1 }, (_, leaf) => leaf);
  const members = weights.map((weight, at) => ({ id: `${at}`, weight }));
  return Math.max(...exampleShares(cuts, members).map(([begin, end], at) => (end - begin) * times[at]));
}

import { type Action, type Actions, type Region, WORD } from './actions.js';
import type { Barrier } from './load-barrier.js';
import type { Phase, Size } from './protocol.js';

/** A moment in a thread's program: what it does next, or how it has ended. */
export interface Point {
  /** Undefined at the end. */
  readonly action: Action | undefined;
  /** Regions that the next action touches, a bit for each. */
  readonly reads: number;
  readonly writes: number;
  /** Phases that are behind it, since the training began, and a half if it has arrived at the barrier. */
  readonly progress: number;
  readonly end: 'done' | 'freed' | 'failed' | undefined;
  /** At the end: the steps that were done by then. */
  readonly steps: number;
}

/** Where a thread has begun with what it does: with a phase, or with breaking the barrier. */
interface Origin {
  readonly worker: number;
  readonly step: number;
  readonly phase: number;
  /** The step with which the leg ends. */
  readonly end: number;
  readonly breaks: boolean;
}

interface KnownPoint extends Point {
  readonly origin: Origin;
  /** Results that lead from the origin to this point, for doing it again: a generator cannot be copied. */
  readonly results: readonly number[];
  /** Those of them that decide what is to come; within the barrier its variables say that. */
  readonly memory: string;
  readonly next: Map<number, number>;
}

/** The main thread, where it breaks the barrier for a worker that could not. */
const MAIN: Origin = { worker: -1, step: 0, phase: 0, end: 0, breaks: true };

const bits = (regions: readonly Region[]) => regions.reduce((mask, { region }) => mask | (1 << region), 0);
const isArrival = (action: Action) =>
  (action.call === 'add' || action.call === 'store') && action.word === WORD.arrived && action.value !== 0;

/** The threads' programs as numbered points. They are found by running the programs: once for each result. */
export class Threads {
  readonly points: KnownPoint[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(
    private readonly size: Size,
    private readonly protocol: readonly Phase[],
    private readonly barrier: Barrier,
  ) {}

  /** Where a worker begins a leg. */
  begin(worker: number, step: number, end: number): number {
    return this.follow({ worker, step, phase: 0, end, breaks: false }, [], '');
  }

  /** Where a worker goes on that throws at a point: it breaks the barrier itself. */
  thrown(point: number): number {
    return this.follow({ ...this.points[point].origin, breaks: true }, [], '');
  }

  /** Where the main thread begins to break the barrier. */
  mainBreaks(): number {
    return this.follow(MAIN, [], '');
  }

  /** Where a worker stays that is killed at a point. */
  killed(point: number): number {
    const { origin, progress } = this.points[point];
    return this.end(origin, progress, 'failed');
  }

  /** The point after an action that had this result. */
  after(point: number, result: number): number {
    const { next, origin, results, memory, action } = this.points[point];
    const known = next.get(result);
    if (known !== undefined) return known;
    const isRemembered = action?.call !== 'data' && action?.frame === undefined;
    const after = this.follow(origin, [...results, result], isRemembered ? `${memory} ${result}` : memory);
    next.set(result, after);
    return after;
  }

  /** Does again what led to a point, and goes on to the next action or to the end. */
  private follow(origin: Origin, results: readonly number[], memory: string): number {
    const { step, phase, breaks } = origin;
    let progress = step * this.protocol.length + phase;
    const actions = this.actions(origin);
    let outcome: IteratorResult<Action, boolean | undefined>;
    try {
      outcome = actions.next();
      for (const result of results) {
        if (!outcome.done && isArrival(outcome.value)) progress += 0.5;
        outcome = actions.next(result);
      }
    } catch (error) {
      if (!(error instanceof this.barrier.BarrierBroken)) throw error;
      return this.end(origin, progress, 'freed');
    }
    if (!outcome.done) return this.pause(origin, progress, outcome.value, results, memory);
    if (breaks) return this.end(origin, progress, 'failed');
    if (outcome.value) return this.end(origin, Number.POSITIVE_INFINITY, 'done');
    const isLast = phase + 1 === this.protocol.length;
    return this.follow({ ...origin, step: isLast ? step + 1 : step, phase: isLast ? 0 : phase + 1 }, [], '');
  }

  private actions({ worker, step, phase, end, breaks }: Origin): Actions<boolean | undefined> {
    if (breaks) return this.barrier.breakBarrier(undefined);
    return this.protocol[phase]({ worker, step, end, size: this.size, barrier: this.barrier });
  }

  private pause(origin: Origin, progress: number, action: Action, results: readonly number[], memory: string): number {
    const [reads, writes] = action.call === 'data' ? [bits(action.reads), bits(action.writes)] : [0, 0];
    const isInBarrier = action.call !== 'data' && action.frame !== undefined;
    const place = isInBarrier ? `${memory} in ${action.frame}` : `${memory} at ${results.length}`;
    const point = { origin, progress, end: undefined, steps: 0, action, reads, writes, results, memory };
    return this.number(point, place);
  }

  private end(origin: Origin, progress: number, end: NonNullable<Point['end']>): number {
    const nothing = { action: undefined, reads: 0, writes: 0, results: [], memory: '' } as const;
    return this.number({ ...nothing, origin, progress, end, steps: origin.step + 1 }, `${end} ${progress}`);
  }

  private number(point: Omit<KnownPoint, 'next'>, place: string): number {
    const { worker, step, phase, end, breaks } = point.origin;
    const key = [worker, step, phase, end, breaks, place].join();
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.points.length);
    return this.points.push({ ...point, next: new Map() }) - 1;
  }
}

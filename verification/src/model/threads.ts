import { type Action, THROWS } from './actions.js';
import { isArrival, type WorkerCode } from './load-worker.js';
import type { Layout, Size } from './step.js';

/** A moment in a thread's program: what it does next, or how it has ended. */
export interface Point {
  /** Undefined at the end. */
  readonly action: Action | undefined;
  /** Regions that the next action touches, a bit for each. */
  readonly reads: number;
  readonly writes: number;
  /** Words that it writes without `Atomics`, and those that it touches with it. */
  readonly clears: number;
  readonly atomics: number;
  /** Barriers that are behind it, since the training began, and a half if it has arrived at the next one. */
  readonly progress: number;
  readonly end: 'done' | 'freed' | 'failed' | undefined;
}

/** Where a thread has begun: with a leg of the epoch, or with breaking the barrier for a worker that could not. */
interface Origin {
  readonly worker: number;
  readonly first: number;
  readonly end: number;
}

interface KnownPoint extends Point {
  readonly origin: Origin;
  /** Results that lead from the origin to this point, for doing it again: running code cannot be copied. */
  readonly results: readonly number[];
  readonly next: Map<number, number>;
}

/** The main thread, where it breaks the barrier. */
const MAIN: Origin = { worker: -1, first: 0, end: 0 };

/** What a run of the code by results has come to. */
interface Run {
  readonly action: Action | undefined;
  readonly end: Point['end'];
  readonly progress: number;
  /** What decides what is to come: behind a barrier, how the thread came there is of no account. */
  readonly place: string;
}

/** Stops the code at an action whose result is not known. */
class Pause {
  constructor(readonly action: Action) {}
}

class Thrown extends Error {}

const bits = (numbers: readonly number[]) => numbers.reduce((mask, number) => mask | (1 << number), 0);

/** What an action touches. */
function touched(action: Action | undefined): Pick<Point, 'reads' | 'writes' | 'clears' | 'atomics'> {
  if (action?.call !== 'data') return { reads: 0, writes: 0, clears: 0, atomics: bits(action ? [action.word] : []) };
  const { reads, writes, clears = [] } = action;
  return { reads: bits(reads), writes: bits(writes), clears: bits(clears), atomics: 0 };
}

/** The threads' programs as numbered points. They are found by running the real code: once for each result. */
export class Threads {
  readonly points: KnownPoint[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(
    private readonly size: Size,
    private readonly layout: Layout,
    private readonly code: WorkerCode,
  ) {
    if (layout.regions > 32) throw new Error('The model has too many regions for bits.');
  }

  /** Where a worker begins a leg. */
  begin(worker: number, first: number, end: number): number {
    return this.follow({ worker, first, end }, []);
  }

  /** Where the main thread begins to break the barrier. */
  mainBreaks(): number {
    return this.follow(MAIN, []);
  }

  /** Where a worker stays that is killed at a point. */
  killed(point: number): number {
    const { origin, progress, results } = this.points[point];
    return this.number(origin, results, { action: undefined, end: 'failed', progress, place: 'killed' });
  }

  /** The point after an action that had this result. */
  after(point: number, result: number): number {
    const { next, origin, results } = this.points[point];
    const known = next.get(result);
    if (known !== undefined) return known;
    const after = this.follow(origin, [...results, result]);
    next.set(result, after);
    return after;
  }

  /** Does again what led to a point, and goes on to the next action or to the end. */
  private follow(origin: Origin, results: readonly number[]): number {
    return this.number(origin, results, new Replay(this.size, this.layout, this.code, origin, results).run());
  }

  private number(origin: Origin, results: readonly number[], { action, end, progress, place }: Run): number {
    const key = [origin.worker, origin.first, origin.end, end, progress, place].join(' ');
    const known = this.numbers.get(key);
    if (known !== undefined) {
      // What is taken for the same must go on alike.
      if (JSON.stringify(this.points[known].action) === JSON.stringify(action)) return known;
      throw new Error(`The model takes two points for one: ${key}`);
    }
    this.numbers.set(key, this.points.length);
    const point = { origin, results, action, end, progress, ...touched(action), next: new Map() };
    return this.points.push(point) - 1;
  }
}

/** One run of the code that is told the results of its actions, up to the first that is not known. */
class Replay {
  private used = 0;
  private passed = 0;
  private hasArrived = false;
  private isThrown = false;
  private isFreed = false;
  /** Results behind the last barrier that may decide what is to come, and the number of actions there. */
  private memory: number[] = [];
  private actions = 0;
  private pause: Pause | undefined;

  constructor(
    private readonly size: Size,
    private readonly layout: Layout,
    private readonly code: WorkerCode,
    private readonly origin: Origin,
    private readonly results: readonly number[],
  ) {}

  run(): Run {
    this.code.hooks = {
      perform: (action) => this.perform(action),
      passed: () => this.leave(),
      freed: () => {
        this.isFreed = true;
      },
    };
    try {
      this.start();
    } catch (error) {
      if (error === this.pause && this.pause) return this.state(this.pause.action, undefined);
      if (!(error instanceof Thrown)) throw error;
      return this.state(undefined, 'failed');
    }
    return this.state(undefined, this.origin.worker < 0 ? 'failed' : this.isFreed ? 'freed' : 'done');
  }

  private start(): void {
    const { worker, first, end } = this.origin;
    if (worker < 0) {
      this.code.breakBarrier();
      return;
    }
    const work = { ...this.layout.work, firstStep: first, endStep: end };
    const memory = { buffer: undefined };
    this.code.runTask({ work, memory, control: 0, worker, workers: this.size.workers });
  }

  private perform(action: Action): number {
    // The code does what it does when it fails, too: what stops it must stop that.
    if (this.pause) throw this.pause;
    if (this.used === this.results.length) {
      this.pause = new Pause(action);
      throw this.pause;
    }
    const result = this.results[this.used++];
    this.actions++;
    if (isArrival(action)) this.hasArrived = true;
    const isInBarrier = action.call !== 'data' && action.frame !== undefined;
    if (!isInBarrier && result !== 0) this.memory.push(this.actions, result);
    if (result === THROWS) {
      this.isThrown = true;
      throw new Thrown('A worker throws.');
    }
    return result;
  }

  private leave(): void {
    this.passed++;
    this.hasArrived = false;
    this.memory = [];
    this.actions = 0;
  }

  private state(action: Action | undefined, end: Point['end']): Run {
    const progress = this.origin.first * this.layout.stages + this.passed + (this.hasArrived ? 0.5 : 0);
    const isInBarrier = action !== undefined && action.call !== 'data' && action.frame !== undefined;
    const place = isInBarrier ? action.frame : `${this.memory.join()} at ${this.actions}`;
    return { action, end, progress, place: end ? '' : `${this.isThrown ? 'thrown ' : ''}${place}` };
  }
}

import { type Action, type AtomicAction, type DataAction, WORD, WORDS } from './actions.js';
import { type Configuration, Violation } from './configuration.js';
import { regionCount } from './protocol.js';
import { Threads } from './threads.js';

/** One state can become another. What comes by chance, such as a death or a wish to stop, may also never come. */
export interface Move {
  readonly to: string;
  readonly what: string;
  readonly isByChance: boolean;
}

/** A state as numbers, to be changed. */
interface State {
  readonly words: number[];
  /** How often each region has been written in this training. */
  readonly versions: number[];
  /** Each worker's point. */
  readonly workers: number[];
  /** The word that each worker sleeps on, plus one; 0 if it is awake. */
  readonly asleep: number[];
  /** The point of the main thread where it breaks the barrier, plus one; 0 else. */
  main: number;
  /** Failures that the main thread has not acted on yet; and whether this training has failed. */
  unhandled: number;
  failed: number;
  /** What may still happen. */
  failures: number;
  stops: number;
  restarts: number;
}

/** Bit 30 does not fit into a character: bit 14 stands for it. */
const [FAILED, FAILED_CHARACTER] = [1 << 30, 1 << 14];

/** All states of a configuration, each as a string, and what can happen in them. */
export class States {
  private readonly threads: Threads;

  constructor(private readonly configuration: Configuration) {
    this.threads = new Threads(configuration, configuration.protocol, configuration.barrier);
  }

  /** The state in which training begins. */
  first(): string {
    const { failures, stops, restarts, workers } = this.configuration;
    const none = new Array<number>(workers).fill(0);
    const nobody = { words: [], versions: [], workers: none, asleep: [...none], main: 0, unhandled: 0, failed: 0 };
    const state: State = { ...nobody, failures, stops, restarts };
    this.beginTraining(state);
    return encode(state);
  }

  /**
   * What can happen in a state: nothing, if all is over.
   *
   * @throws Violation if a property does not hold
   */
  moves(text: string): Move[] {
    const now = decode(text, this.configuration);
    this.checkRaces(now);
    const moves: Move[] = [];
    const move = (what: string, change: (state: State) => void, isByChance = false) => {
      const { words, versions, workers, asleep } = now;
      const state = { ...now, words: [...words], versions: [...versions], workers: [...workers], asleep: [...asleep] };
      change(state);
      moves.push({ to: encode(state), what, isByChance });
    };
    let running = 0;
    now.workers.forEach((number, worker) => {
      const { action } = this.threads.points[number];
      if (!action) return;
      running++;
      if (now.asleep[worker]) {
        move(`worker ${worker} wakes up by chance`, (state) => this.wake(state, worker), true);
      } else {
        move(`worker ${worker}: ${shown(action)}`, (state) => this.act(state, worker, action));
      }
      if (now.failures === 0) return;
      move(
        `worker ${worker} is killed`,
        (state) => {
          state.failures--;
          state.asleep[worker] = 0;
          this.put(state, worker, this.threads.killed(number));
        },
        true,
      );
      if (action.call !== 'data') return;
      move(
        `worker ${worker} throws`,
        (state) => {
          state.failures--;
          this.put(state, worker, this.threads.thrown(number));
        },
        true,
      );
    });
    if (now.main > 0) {
      const { action } = this.threads.points[now.main - 1];
      move(`main: ${shown(action!)}`, (state) => this.actAsMain(state, action as AtomicAction));
    } else if (now.unhandled > 0) {
      move('main is told of a failure', (state) => {
        state.unhandled--;
        state.main = this.threads.mainBreaks() + 1;
      });
    } else if (running === 0 && this.goesOn(now)) {
      move('main begins another leg', (state) => this.beginNext(state));
    }
    if (running > 0 && now.stops > 0 && now.words[WORD.stopWanted] === 0) {
      move(
        'main wants to stop',
        (state) => {
          state.stops--;
          state.words[WORD.stopWanted] = 1;
        },
        true,
      );
    }
    return moves;
  }

  /** Who has not ended, in words. */
  waiting(text: string): string[] {
    const { workers, asleep } = decode(text, this.configuration);
    return workers.flatMap((number, worker) => {
      if (!this.threads.points[number].action) return [];
      return [`worker ${worker} ${asleep[worker] ? 'sleeps' : 'waits'}`];
    });
  }

  private beginTraining(state: State): void {
    state.versions.splice(0, state.versions.length, ...new Array<number>(regionCount(this.configuration)).fill(0));
    state.failed = 0;
    this.beginLeg(state, 0);
  }

  /** The main thread clears the control words and gives each worker its task. */
  private beginLeg(state: State, first: number): void {
    state.words.splice(0, state.words.length, ...new Array<number>(WORDS).fill(0));
    state.words[WORD.steps] = first;
    const end = this.configuration.legs.find((leg) => leg > first)!;
    state.workers.forEach((_, worker) => {
      state.workers[worker] = this.threads.begin(worker, first, end);
    });
  }

  private beginNext(state: State): void {
    if (!state.failed) {
      this.beginLeg(state, state.words[WORD.steps]);
      return;
    }
    state.restarts--;
    this.beginTraining(state);
  }

  /** Whether there is more to do when all workers have ended. */
  private goesOn(state: State): boolean {
    if (state.failed) return state.restarts > 0;
    const { legs, pieces } = this.configuration;
    const steps = state.words[WORD.steps];
    for (const number of state.workers) {
      const point = this.threads.points[number];
      if (point.end === 'done' && point.steps === steps) continue;
      const how = point.end === 'done' ? `after step ${point.steps}` : point.end;
      throw new Violation('agreement', `a worker has ended ${how}, and step ${steps} is told as the last`);
    }
    if (steps < legs[legs.length - 1]) return true;
    if (state.versions.slice(state.versions.length - pieces).some((version) => version !== 1)) {
      throw new Violation('version', 'not every piece of the validation was computed');
    }
    return false;
  }

  /** A worker's next action is done. */
  private act(state: State, worker: number, action: Action): void {
    const number = state.workers[worker];
    if (action.call === 'data') {
      touch(state, action);
      this.put(state, worker, this.threads.after(number, 0));
      return;
    }
    if (action.call === 'wait' && state.words[action.word] === action.value) {
      state.asleep[worker] = action.word + 1;
      return;
    }
    const result = this.perform(state, action);
    this.put(state, worker, this.threads.after(number, result));
    this.checkPassage(state, worker, number);
  }

  private actAsMain(state: State, action: AtomicAction): void {
    const result = this.perform(state, action);
    const next = this.threads.after(state.main - 1, result);
    state.main = this.threads.points[next].action ? next + 1 : 0;
  }

  /** What `Atomics` does, at once; the result is that of `Atomics`, or of no account. */
  private perform(state: State, { call, word, value }: AtomicAction): number {
    const { words, asleep } = state;
    const old = words[word];
    if (call === 'store') words[word] = value;
    if (call === 'add') words[word] += value;
    if (call === 'or') words[word] |= value;
    if (call === 'notify') {
      let woken = 0;
      asleep.forEach((sleepsOn, worker) => {
        if (sleepsOn === word + 1 && woken < value) {
          this.wake(state, worker);
          woken++;
        }
      });
    }
    return call === 'wait' || call === 'notify' || call === 'store' ? 0 : old;
  }

  private wake(state: State, worker: number): void {
    state.asleep[worker] = 0;
    state.workers[worker] = this.threads.after(state.workers[worker], 0);
  }

  /** A worker comes to a point; the end of one that has failed is news for the main thread. */
  private put(state: State, worker: number, number: number): void {
    state.workers[worker] = number;
    const { end } = this.threads.points[number];
    if (end === 'failed') {
      state.failed = 1;
      state.unhandled++;
    }
    if (end === 'freed' && (state.words[WORD.generation] & FAILED) === 0 && state.words[WORD.spare] === 0) {
      throw new Violation('agreement', `worker ${worker} was freed though nothing has failed`);
    }
  }

  private checkPassage(state: State, worker: number, from: number): void {
    const { points } = this.threads;
    const barrier = Math.floor(points[from].progress);
    const { progress, action, end } = points[state.workers[worker]];
    const hasLeft = Math.floor(progress) > barrier && points[from].progress > barrier;
    if (!hasLeft || (!action && end !== 'done')) return;
    state.workers.forEach((number, other) => {
      if (points[number].progress > barrier) return;
      throw new Violation('passage', `worker ${worker} has left a barrier at which worker ${other} has not arrived`);
    });
  }

  private checkRaces({ workers, asleep }: State): void {
    const { points } = this.threads;
    for (let one = 0; one < workers.length; one++) {
      const { writes } = points[workers[one]];
      if (!writes || asleep[one]) continue;
      for (let other = 0; other < workers.length; other++) {
        const touched = points[workers[other]].reads | points[workers[other]].writes;
        if (other === one || (writes & touched) === 0) continue;
        const action = shown(points[workers[one]].action!);
        throw new Violation('race', `worker ${one} (${action}) and worker ${other} may do so at the same time`);
      }
    }
  }
}

function touch({ versions }: State, { reads, writes }: DataAction): void {
  for (const { region, version } of reads) {
    if (versions[region] === version) continue;
    throw new Violation('version', `region ${region} is read in version ${versions[region]}, not ${version}`);
  }
  for (const { region, version } of writes) {
    if (versions[region] !== version - 1) {
      throw new Violation('version', `region ${region} becomes version ${version} after ${versions[region]}`);
    }
    versions[region] = version;
  }
}

function shown(action: Action): string {
  if (action.call === 'data') {
    return `reads ${action.reads.map(({ region }) => region)}, writes ${action.writes.map(({ region }) => region)}`;
  }
  const name = Object.entries(WORD).find(([, word]) => word === action.word)?.[0];
  return `${action.call} ${name} ${action.value}`;
}

function encode(state: State): string {
  const { words, versions, workers, asleep, main, unhandled, failed, failures, stops, restarts } = state;
  const small = words.map((word) => (word & FAILED ? (word ^ FAILED) | FAILED_CHARACTER : word));
  const rest = [main, unhandled, failed, failures, stops, restarts];
  return String.fromCharCode(...small, ...versions, ...workers, ...asleep, ...rest);
}

function decode(text: string, { workers, ...size }: Configuration): State {
  let next = 0;
  const take = (count: number) => {
    const numbers = new Array<number>(count);
    for (let index = 0; index < count; index++) numbers[index] = text.charCodeAt(next++);
    return numbers;
  };
  const words = take(WORDS).map((word) => (word & FAILED_CHARACTER ? (word ^ FAILED_CHARACTER) | FAILED : word));
  const [versions, points, asleep] = [take(regionCount({ workers, ...size })), take(workers), take(workers)];
  const [main, unhandled, failed, failures, stops, restarts] = take(6);
  return { words, versions, workers: points, asleep, main, unhandled, failed, failures, stops, restarts };
}

import { type Action, type AtomicAction, type DataAction, FIRST_TICKET, THROWS, WORD } from './actions.js';
import { type Configuration, Violation } from './configuration.js';
import { Contents } from './contents.js';
import { decode, encode, FAILED, type Sizes, type State } from './state.js';
import type { Layout } from './step.js';
import { Threads } from './threads.js';

/** One state can become another. What comes by chance, such as a death or a wish to stop, may also never come. */
export interface Move {
  readonly to: string;
  readonly what: string;
  readonly isByChance: boolean;
}

/** All states of a configuration, each as a string, and what can happen in them. */
export class States {
  private readonly threads: Threads;
  private readonly layout: Layout;
  private readonly things: Contents;
  private readonly sizes: Sizes;

  constructor(private readonly configuration: Configuration) {
    const { load, layOut, workers } = configuration;
    this.layout = layOut(configuration);
    this.threads = new Threads(configuration, this.layout, load());
    this.things = new Contents(configuration);
    this.sizes = { words: FIRST_TICKET + this.layout.tickets, regions: this.layout.regions, workers };
  }

  /** The state in which training begins. */
  first(): string {
    const { failures, stops, restarts, workers } = this.configuration;
    const none = new Array<number>(workers).fill(0);
    const nobody = { words: [], contents: [], workers: none, asleep: [...none], main: 0, unhandled: 0, failed: 0 };
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
    const now = decode(text, this.sizes);
    this.checkRaces(now);
    this.checkTold(now);
    const moves: Move[] = [];
    const move = (what: string, change: (state: State) => void, isByChance = false) => {
      const { words, contents, workers, asleep } = now;
      const state = { ...now, words: [...words], contents: [...contents], workers: [...workers], asleep: [...asleep] };
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
          this.put(state, worker, this.threads.after(number, THROWS));
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
    const { workers, asleep } = decode(text, this.sizes);
    return workers.flatMap((number, worker) => {
      if (!this.threads.points[number].action) return [];
      return [`worker ${worker} ${asleep[worker] ? 'sleeps' : 'waits'}`];
    });
  }

  private beginTraining(state: State): void {
    state.contents.splice(0, state.contents.length, ...new Array<number>(this.sizes.regions).fill(0));
    state.words.splice(0, state.words.length, ...new Array<number>(this.sizes.words).fill(0));
    state.failed = 0;
    this.beginLeg(state, 0);
  }

  /** The main thread clears the control words and gives each worker its task. */
  private beginLeg(state: State, first: number): void {
    state.words.fill(0, 0, FIRST_TICKET);
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
    const { legs, lostStep } = this.configuration;
    const { stages } = this.layout;
    const [last, steps] = [legs[legs.length - 1], state.words[WORD.steps]];
    const [barrier] = state.workers.map((number) => this.threads.points[number].progress);
    for (const number of state.workers) {
      const { end, progress } = this.threads.points[number];
      if (end === 'done' && progress === barrier && Math.min(last, Math.floor(progress / stages)) === steps) continue;
      const how = end === 'done' ? `at barrier ${progress}` : end;
      throw new Violation('agreement', `a worker has ended ${how}, and step ${steps} is told as the last`);
    }
    const isLost = lostStep !== undefined && steps > lostStep;
    if (isLost && steps !== lostStep + 1) throw new Violation('agreement', 'a lost loss has not ended the training');
    this.things.check(state.contents, barrier);
    const hasValidated = barrier > last * stages;
    if (steps === last && hasValidated === isLost) {
      throw new Violation('agreement', `the validation was ${hasValidated ? 'done' : 'left out'}`);
    }
    return steps < last && !isLost;
  }

  /** A worker's next action is done. */
  private act(state: State, worker: number, action: Action): void {
    const number = state.workers[worker];
    if (action.call === 'data') {
      this.put(state, worker, this.threads.after(number, this.touch(state, action)));
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

  /** Work on plain memory is done. @returns what was read, where that decides what the thread does */
  private touch({ contents, words }: State, action: DataAction): number {
    const written = this.things.written(action, contents);
    action.writes.forEach((region, index) => {
      contents[region] = written[index];
    });
    for (const word of action.clears ?? []) words[word] = 0;
    const { lostStep } = this.configuration;
    const isLost = lostStep !== undefined && action.reads[0] === this.layout.logOf(lostStep);
    return action.name === 'look' && isLost ? Number.NaN : 0;
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
      const { writes, clears } = points[workers[one]];
      if (!(writes | clears) || asleep[one]) continue;
      for (let other = 0; other < workers.length; other++) {
        const { reads, writes: written, clears: cleared, atomics } = points[workers[other]];
        const shared = (writes & (reads | written)) | (clears & (cleared | atomics));
        if (other === one || shared === 0) continue;
        const action = shown(points[workers[one]].action!);
        throw new Violation('race', `worker ${one} (${action}) and worker ${other} may do so at the same time`);
      }
    }
  }

  /** The main thread may look at the numbers of a step as soon as it is counted. */
  private checkTold({ words, contents, workers }: State): void {
    for (let step = 0; step < words[WORD.steps]; step++) {
      const log = this.layout.logOf(step);
      const writer = workers.findIndex((number) => this.threads.points[number].writes & (1 << log));
      if (contents[log] !== 0 && writer < 0) continue;
      throw new Violation(
        'told',
        `step ${step} is counted, and its numbers are ${writer < 0 ? 'not there' : 'written'}`,
      );
    }
  }
}

function shown(action: Action): string {
  if (action.call === 'data') {
    return `${action.name} reads ${action.reads}, writes ${action.writes}`;
  }
  const name = Object.entries(WORD).find(([, word]) => word === action.word)?.[0];
  return `${action.call} ${name} ${action.value}`;
}

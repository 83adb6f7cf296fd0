import { type DataAction, FIRST_TICKET } from './actions.js';
import { Violation } from './configuration.js';
import { loadWorker } from './load-worker.js';
import { type Layout, layOut, type Size } from './step.js';

/**
 * What regions of memory hold, as numbers: 0 at first, and then one number for each thing that can be computed. A thing
 * is known by its program, its place, and what it was computed of, so that two regions hold the same number only if they
 * hold the same bits.
 *
 * Things are those that come about where one worker does all the work. Anything else is a mistake.
 */
export class Contents {
  private readonly things = new Map<string, number>();
  /** What all regions hold behind each barrier where one worker does everything. */
  private readonly behindBarriers: number[][] = [];

  constructor(size: Size) {
    const layout = layOut({ ...size, workers: 1 });
    const contents = new Array<number>(layout.regions).fill(0);
    const words = new Array<number>(FIRST_TICKET + layout.tickets).fill(0);
    const code = loadWorker();
    const behindBarrier = () => this.behindBarriers.push([...contents]);
    behindBarrier();
    code.hooks = {
      perform: (action) => {
        if (action.call === 'data') {
          const things = this.thingsOf(action, contents, (key) => {
            this.things.set(key, this.things.get(key) ?? this.things.size + 1);
          });
          action.writes.forEach((region, index) => {
            contents[region] = things[index];
          });
          for (const word of action.clears ?? []) words[word] = 0;
          return 0;
        }
        const old = words[action.word];
        if (action.call === 'add') words[action.word] += action.value;
        if (action.call === 'store') words[action.word] = action.value;
        return old;
      },
      passed: behindBarrier,
      freed: () => {},
    };
    runAlone(code, layout);
  }

  /**
   * What an action writes, in the order of its regions.
   *
   * @throws Violation if one worker alone never does this with what is read here
   */
  written(action: DataAction, contents: readonly number[]): readonly number[] {
    return this.thingsOf(action, contents, (_, what) => {
      throw new Violation('bits', `${what} is computed of other contents than where one worker does everything`);
    });
  }

  /** @throws Violation if regions hold something else behind a barrier than where one worker does everything */
  check(contents: readonly number[], barrier: number): void {
    const region = this.behindBarriers[barrier].findIndex((thing, index) => thing !== contents[index]);
    if (region < 0) return;
    throw new Violation('bits', `region ${region} holds something else than where one worker does everything`);
  }

  private thingsOf(
    { name, reads, writes }: DataAction,
    contents: readonly number[],
    isNew: (key: string, what: string) => void,
  ): number[] {
    const read = reads.map((region) => `${region}:${contents[region]}`).join();
    return (writes.length > 0 ? writes : [-1]).map((region) => {
      const key = `${name} ${region} ${read}`;
      if (!this.things.has(key)) isNew(key, name);
      return this.things.get(key) as number;
    });
  }
}

function runAlone(code: ReturnType<typeof loadWorker>, { work }: Layout): void {
  code.runTask({ work, memory: { buffer: undefined }, control: 0, worker: 0, workers: 1 });
}

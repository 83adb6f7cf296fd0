import { referenceExecutable } from '@weft/core/program';
import { type StepsWork, taskSteps } from '@weft/train/runtime';
import { turn } from '../turn.js';
import type { PageMemory, Place } from './place.js';

/** How long the page may wait for its thread, in milliseconds, where steps are shorter. */
const SLICE = 8;

/** The page's own thread: step by step, so that the page can do something in between. */
export class PagePlace implements Place {
  readonly sharing = 'page';
  readonly threads = 1;
  private isEnded = false;

  constructor(private readonly page: PageMemory) {}

  begin(): void {}

  async run(work: StepsWork): Promise<void> {
    const { memory, control } = this.page;
    const task = { work, memory: memory.memory, control, worker: 0, workers: 1 };
    let until = performance.now() + SLICE;
    for (const _ of taskSteps(task, referenceExecutable)) {
      if (performance.now() < until) continue;
      await turn();
      if (this.isEnded) throw new Error('The pool was closed while work was under way.');
      until = performance.now() + SLICE;
    }
  }

  end(): void {
    this.isEnded = true;
  }
}

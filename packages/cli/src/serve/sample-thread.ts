import { Worker } from 'node:worker_threads';
import type { SampleAnswer, SampleTask } from './sample-task.js';

/** A model that takes longer is not waited for; without work the thread ends. */
const [LONGEST_MILLISECONDS, IDLE_MILLISECONDS] = [120_000, 60_000];
const HEAP_MEGABYTES = 1024;

/** Computes samples in a thread of its own, one task at a time, so that the server answers meanwhile. */
export class SampleThread {
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;

  /** Never rejects: what goes wrong is told as a sentence. */
  async ask(task: SampleTask): Promise<SampleAnswer> {
    clearTimeout(this.idle);
    this.worker ??= new Worker(new URL('./samples-worker.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    });
    const answer = await answerOf(this.worker, task);
    if (answer === undefined) {
      await this.close();
      return { problem: `${task.name} took too long, or more memory than there is for it.` };
    }
    this.idle = setTimeout(() => this.close(), IDLE_MILLISECONDS);
    return answer;
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }
}

/** Undefined if there is none in time, or the thread ends. */
function answerOf(worker: Worker, task: SampleTask): Promise<SampleAnswer | undefined> {
  return new Promise((resolve) => {
    const settle = (answer: SampleAnswer | undefined) => {
      clearTimeout(timer);
      for (const [name, listener] of listeners) worker.off(name, listener);
      resolve(answer);
    };
    const listeners = [
      ['message', settle],
      ['error', () => settle(undefined)],
      ['exit', () => settle(undefined)],
    ] as const;
    const timer = setTimeout(() => settle(undefined), LONGEST_MILLISECONDS);
    for (const [name, listener] of listeners) worker.once(name, listener);
    worker.postMessage(task);
  });
}

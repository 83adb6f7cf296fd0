import { CONTROL, CONTROL_WORDS, type MakeReference, SharedMemory, taskSteps } from '@weft/train/runtime';
import { turn } from '../turn.js';
import type { Begin, Pieces, Progress, Steps, Write } from './messages.js';

const PAGE = 65536;

/** How long steps are done before the page is told, in milliseconds, and may say that no more are wanted. */
const SLICE = 20;

/** What is compared: reservations are aligned to it, so that nobody else writes into a line of which a byte changes. */
const LINE_WORDS = 16;

/** A worker's copy of the page's memory, for pages whose memory cannot be shared. */
export class OwnMemory {
  private readonly memory: WebAssembly.Memory;
  /** What the page has written, to find what steps have changed. */
  private written: Write[] = [];
  private control: Int32Array | undefined;

  constructor({ maximumPages }: Begin) {
    this.memory = new SharedMemory(maximumPages).memory;
  }

  write(write: Write): void {
    const { address, bytes, isConstant } = write;
    this.reserve(address + bytes.byteLength);
    new Uint8Array(this.memory.buffer, address, bytes.byteLength).set(new Uint8Array(bytes));
    if (!isConstant) this.written.push(write);
  }

  /** Steps that were to follow are not done. */
  forget(): void {
    this.written = [];
  }

  /** Ends the steps after the running one. */
  stop(): void {
    if (this.control) Atomics.store(this.control, CONTROL.stopWanted, 1);
  }

  /**
   * Does steps.
   *
   * @param report receives how far they are
   * @returns what they have changed of what the page has written
   */
  async run(steps: Steps, makeReference: MakeReference | undefined, report: (progress: Progress) => void) {
    const { work, control, used, logs } = steps;
    const { written } = this;
    this.written = [];
    this.reserve(used);
    const { memory } = this;
    const words = new Int32Array(memory.buffer, control, CONTROL_WORDS);
    words.fill(0);
    if (work.isReported) words[CONTROL.steps] = work.firstStep;
    this.control = words;
    const running = taskSteps({ work, memory, control, worker: 0, workers: 1 }, makeReference);
    let from = work.firstStep;
    for (;;) {
      const until = performance.now() + SLICE;
      let isDone = false;
      do isDone = running.next().done === true;
      while (!isDone && performance.now() < until);
      if (work.isReported) {
        const done = Atomics.load(words, CONTROL.steps);
        const values = logs.map((address) => new Float64Array(memory.buffer, address + 8 * from, done - from).slice());
        report({ kind: 'progress', from, steps: done, stopped: Atomics.load(words, CONTROL.stopped), values });
        from = done;
      }
      if (isDone) break;
      await turn();
    }
    return this.changesOf(written);
  }

  private reserve(bytes: number): void {
    // Vectors may be read a little beyond the end of a row.
    const missing = Math.ceil((bytes + PAGE) / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing <= 0) return;
    try {
      this.memory.grow(missing);
    } catch (cause) {
      throw new RangeError(
        `the browser does not give the worker ${Math.ceil(bytes / 2 ** 20)} MiB. Use a smaller model, fewer examples or smaller batches; ` +
          'in a page that is cross-origin isolated, the memory is there once and not twice.',
        { cause },
      );
    }
  }

  private changesOf(written: readonly Write[]): Pieces {
    const places: number[] = [];
    for (const { address, bytes } of written) {
      const before = new Int32Array(bytes);
      const after = new Int32Array(this.memory.buffer, address, before.length);
      for (let begin = 0; begin < before.length; ) {
        const end = endOfChange(before, after, begin);
        if (end > begin) places.push(address + 4 * begin, 4 * (end - begin));
        begin = Math.max(end, begin + LINE_WORDS);
      }
    }
    const joined = new Uint8Array(places.reduce((sum, length, which) => sum + (which % 2 === 1 ? length : 0), 0));
    let at = 0;
    for (let which = 0; which < places.length; which += 2) {
      joined.set(new Uint8Array(this.memory.buffer, places[which], places[which + 1]), at);
      at += places[which + 1];
    }
    return { places: Uint32Array.from(places), bytes: joined };
  }
}

/** Where the lines end that have changed from a line on; that line itself if it has not. */
function endOfChange(before: Int32Array, after: Int32Array, begin: number): number {
  let line = begin;
  while (line < before.length) {
    const end = Math.min(line + LINE_WORDS, before.length);
    let word = line;
    while (word < end && before[word] === after[word]) word++;
    if (word === end) break;
    line = end;
  }
  return line;
}

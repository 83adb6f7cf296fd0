import { ALIGNMENT } from '@weft/core/program';
import { CONTROL, CONTROL_WORDS, type StepsWork } from '@weft/train/runtime';
import { turn } from '../turn.js';
import type { Pieces, Progress } from '../workers/messages.js';
import type { WebWorker } from '../workers/web-worker.js';
import type { PageMemory, Place } from './place.js';

/** Bytes that are copied before the page may do something else. */
const PIECE = 8 * 2 ** 20;

/** Bytes of memory, from an address up to before another one. */
interface Range {
  readonly begin: number;
  readonly end: number;
}

/**
 * One worker with a memory of its own, for pages whose memory cannot be shared. Before each task it receives what the
 * page has written, and afterwards it gives back what has changed.
 */
export class CopiedPlace implements Place {
  readonly sharing = 'worker';
  readonly threads = 1;
  /** Constants that the worker has. */
  private readonly known = new Map<number, number>();

  constructor(
    private readonly worker: WebWorker,
    private readonly page: PageMemory,
  ) {
    worker.tell({ kind: 'begin', maximumPages: page.memory.maximumPages });
  }

  begin(): void {
    this.known.clear();
  }

  async run(work: StepsWork): Promise<void> {
    const { memory, control } = this.page;
    const used = memory.mark();
    const constants = [...memory.constants].sort(([a], [b]) => a - b);
    for (const [address, bytes] of constants) {
      if (this.known.get(address) === bytes) continue;
      await this.send({ begin: address, end: address + bytes }, true);
      this.known.set(address, bytes);
    }
    // Control words are sent as they are needed.
    const first = align(control + 4 * CONTROL_WORDS);
    for (const range of between(constants, first, used)) await this.send(range, false);
    const steps = { kind: 'steps', work, control, used, logs: work.isReported ? logsOf(work) : [] } as const;
    const changes = await this.worker.ask(steps, (progress) => this.report(progress, steps.logs));
    if (changes) await this.takeUp(changes);
  }

  end(): void {
    this.worker.end();
  }

  private get buffer(): ArrayBufferLike {
    return this.page.memory.memory.buffer;
  }

  private async send({ begin, end }: Range, isConstant: boolean): Promise<void> {
    for (let address = begin; address < end; address += PIECE) {
      const { buffer: bytes } = new Uint8Array(new Uint8Array(this.buffer, address, Math.min(PIECE, end - address)));
      this.worker.tell({ kind: 'write', address, bytes, isConstant }, [bytes]);
      if (address + PIECE < end) await turn();
    }
  }

  private report({ from, steps, stopped, values }: Progress, logs: readonly number[]): void {
    const words = new Int32Array(this.buffer, this.page.control, CONTROL_WORDS);
    for (const [which, address] of logs.entries()) {
      new Float64Array(this.buffer, address + 8 * from, steps - from).set(values[which]);
    }
    Atomics.store(words, CONTROL.stopped, stopped);
    Atomics.store(words, CONTROL.steps, steps);
    if (Atomics.load(words, CONTROL.stopWanted) !== 0) this.worker.tell({ kind: 'stop' });
  }

  private async takeUp({ places, bytes }: Pieces): Promise<void> {
    let at = 0;
    let copied = 0;
    for (let which = 0; which < places.length; which += 2) {
      const [address, length] = [places[which], places[which + 1]];
      new Uint8Array(this.buffer, address, length).set(bytes.subarray(at, at + length));
      at += length;
      if (at - copied < PIECE) continue;
      copied = at;
      await turn();
    }
  }
}

const align = (address: number) => Math.ceil(address / ALIGNMENT) * ALIGNMENT;

/** What lies between constants. */
function between(constants: readonly (readonly [number, number])[], begin: number, end: number): Range[] {
  const ranges: Range[] = [];
  let from = begin;
  for (const [address, bytes] of [...constants, [end, 0] as const]) {
    if (address > from) ranges.push({ begin: from, end: address });
    from = align(address + bytes);
  }
  return ranges;
}

/** Addresses of the numbers that steps leave behind. */
function logsOf({ stages }: StepsWork): number[] {
  const all = Object.values(stages).flat();
  return [...new Set(all.flatMap((stage) => (stage.kind === 'finish' ? stage.logs.map(({ to }) => to) : [])))];
}

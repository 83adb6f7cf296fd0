import { WorkerPool } from '@weft/pool';
import { listenForInterrupt } from '../terminal/interrupt.js';
import { lineWithBar } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/text.js';
import { type PictureModel, preparationText } from './picture-model.js';

/** What a command computes with. */
export interface Session {
  readonly pool: WorkerPool;
  /** Aborted with an InterruptedError at Ctrl-C and the like. */
  readonly signal: AbortSignal;
}

/** Starts worker threads for a command, and stops them when it has ended, in whatever way. */
export async function withSession<Result>(
  { threads, terminal }: { readonly threads: number; readonly terminal: Terminal },
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const interrupt = listenForInterrupt(() => terminal.message('Interrupted: finishing what is being written.'));
  try {
    const pool = await WorkerPool.create({ threads });
    try {
      return await work({ pool, signal: interrupt.signal });
    } finally {
      await pool.close();
    }
  } finally {
    terminal.show(undefined);
    interrupt.stop();
  }
}

/** Says how many pictures go through which model, and how it takes them. */
export function announce(model: PictureModel, count: number, terminal: Terminal): void {
  const pictures = count === 1 ? '1 picture' : `${formatCount(count)} pictures`;
  terminal.message(`${model.saved.title}: ${pictures}; the model takes images ${preparationText(model)}`);
}

/** A terminal is drawn on at most so often. */
const INTERVAL_MILLISECONDS = 100;

/** Draws a bar for pictures that are done. */
export function pictureProgress(name: string, total: number, terminal: Terminal): (done: number) => void {
  let drawn = Number.NEGATIVE_INFINITY;
  return (done) => {
    const now = performance.now();
    if (!terminal.live || (now - drawn < INTERVAL_MILLISECONDS && done < total)) return;
    drawn = now;
    const facts = `${formatCount(done)} of ${formatCount(total)} pictures`;
    terminal.show(terminal.colour('cyan', lineWithBar(name, total === 0 ? 1 : done / total, facts, terminal.columns)));
  };
}

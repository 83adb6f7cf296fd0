import type { PreparedEvaluation } from '../prepare-evaluation.js';
import type { SessionMemory } from '../step/session.js';
import type { StepsWork } from '../task.js';
import { BatchStream } from './batch-stream.js';
import type { OpenedStream } from './open-stream.js';
import { StreamLog } from './stream-log.js';

/** Judges a model on the batches of a stream. */
export class EvaluationStream {
  readonly log: StreamLog;
  private readonly batches: BatchStream;

  /** @param onCompiled told what is compiled on the way, before it runs */
  constructor(
    { order, log, work, compile }: PreparedEvaluation,
    session: SessionMemory,
    stream: OpenedStream,
    onCompiled: (programs: PreparedEvaluation['programs']) => Promise<void>,
  ) {
    this.log = new StreamLog(log, stream.ring.capacity);
    this.batches = new BatchStream({ session, order, work, ...stream, compile, onCompiled });
  }

  /** All programs that it has run or will run first. */
  guarded(): StepsWork {
    return this.batches.guarded(undefined);
  }

  /** Reads the first batch of an epoch. */
  async begin(epoch: number): Promise<void> {
    this.log.begin([]);
    await this.batches.begin(epoch, 0);
  }

  /** Computes all batches of an epoch. */
  async run(epoch: number, signal?: AbortSignal): Promise<void> {
    await this.begin(epoch);
    while (!this.batches.isOver) {
      signal?.throwIfAborted();
      this.log.add(await this.batches.doStep());
    }
  }
}

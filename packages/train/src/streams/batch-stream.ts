import type { NamedExamples } from '../data.js';
import type { PreparedBatches } from '../step/prepare-batches.js';
import type { ExampleOrder, SessionMemory } from '../step/session.js';
import type { StagesBySize } from '../step/stages.js';
import type { StepsWork } from '../task.js';
import type { Half, Ring } from './ring.js';
import type { StreamReader } from './stream-reader.js';

export type CompiledSteps = Pick<PreparedBatches, 'stages' | 'programs'>;

/** Steps over the batches of a stream, compiled, and the memory that they read. */
export interface StreamedWork {
  readonly session: SessionMemory;
  readonly reader: StreamReader;
  readonly ring: Ring;
  readonly order: ExampleOrder;
  readonly work: Omit<StepsWork, 'firstStep' | 'endStep'>;
  /** Compiles the steps of smaller batches. */
  compile(batch: number): Promise<CompiledSteps>;
  /** Told what was compiled on the way, before it runs. */
  onCompiled(programs: CompiledSteps['programs']): Promise<void>;
}

/** A batch that is in memory, or was computed. */
export interface StreamedBatch {
  readonly half: Half;
  readonly count: number;
  /** The examples themselves. */
  readonly examples: NamedExamples;
}

/** Computes a stream's batches one after another; while workers compute one, the next one is read. */
export class BatchStream {
  private stages: Record<number, StagesBySize[number]>;
  private loaded: StreamedBatch | undefined;
  /** What reading the next batch has thrown. */
  failure: { readonly error: unknown } | undefined;
  private epoch = -1;
  /** Examples of the epoch's batches that were computed. */
  private counts: number[] = [];
  /** Examples of the epoch that were read. */
  private examples = 0;

  constructor(private readonly source: StreamedWork) {
    this.stages = { ...source.work.stages };
  }

  /** Whether all batches of the epoch were computed. */
  get isOver(): boolean {
    return !this.loaded && !this.failure && !this.source.reader.isAborted;
  }

  /**
   * Goes to a step of an epoch, and reads its batch.
   *
   * @returns the examples of each batch before it
   */
  async begin(epoch: number, step: number): Promise<readonly number[]> {
    const { reader } = this.source;
    if (this.loaded && epoch === this.epoch && step === this.counts.length) return this.counts;
    this.loaded = undefined;
    this.failure = undefined;
    this.counts = [...(await reader.seek(epoch, step))];
    this.epoch = epoch;
    this.examples = this.counts.reduce((sum, count) => sum + count, 0);
    await this.load(0);
    this.throwFailure();
    return this.counts;
  }

  /** The batch that was computed last. */
  last: StreamedBatch | undefined;

  /** The batch that is computed next; undefined behind the last one. */
  get next(): StreamedBatch | undefined {
    return this.loaded;
  }

  /**
   * Computes the next batch on all workers, and reads the one behind it.
   *
   * @throws what reading this batch has thrown, or a worker
   */
  async doStep(): Promise<StreamedBatch> {
    this.throwFailure();
    const batch = this.loaded;
    if (!batch) throw new TypeError('stream: there is no batch left.');
    const { session, work, ring } = this.source;
    const { half, count } = batch;
    const stages = { [count]: await this.stagesOf(count) };
    const place = { firstStep: half, endStep: half + 1, count: half * ring.capacity + count };
    const running = session.runtime.runOnAll({
      ...work,
      ...place,
      batchSize: ring.capacity,
      stages,
      isReported: false,
      finite: [],
      next: undefined,
    });
    const loading = this.load(half === 0 ? 1 : 0);
    try {
      await running;
    } finally {
      await loading;
    }
    this.counts.push(count);
    this.last = batch;
    return batch;
  }

  /** The compiled steps of a size of batch. */
  private async stagesOf(count: number): Promise<StagesBySize[number]> {
    if (!this.stages[count]) {
      const { stages, programs } = await this.source.compile(count);
      this.stages[count] = stages[count];
      await this.source.onCompiled(programs);
    }
    return this.stages[count];
  }

  /** A step for each size of batch that has come so far, and what comes after them: for a guard. */
  guarded(next: StepsWork | undefined): StepsWork {
    const none = { firstStep: 0, endStep: 0 };
    return Object.entries(this.stages).reduceRight<StepsWork | undefined>((after, [size, stages]) => {
      const count = Number(size);
      return { ...this.source.work, ...none, stages: { [count]: stages }, count, batchSize: count, next: after };
    }, next) as StepsWork;
  }

  /** Reads a batch into half of the memory. An error is kept until the batch is to be computed. */
  private async load(half: Half): Promise<void> {
    this.loaded = undefined;
    const { reader, ring, session, order } = this.source;
    try {
      const examples = await reader.next();
      if (!examples) return;
      ring.write(session, order, half, examples, this.examples, this.epoch);
      this.examples += examples.count;
      this.loaded = { half, count: examples.count, examples };
    } catch (error) {
      this.failure = { error };
    }
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}

import { sizeOf } from '@weft/core/program';
import type { ExampleValues, NamedExamples, Table } from '../data.js';
import { StreamError } from '../errors.js';
import { shuffleOrder } from '../step/shuffle.js';
import { tablesOf } from '../step/trace-batch.js';
import type { StreamReader } from '../streams/stream-reader.js';
import { untilAborted } from '../streams/until-aborted.js';

/** Batches that are being read behind the one that is waited for. */
const AHEAD = 1;

/** Batches in memory: those that are read, the one that waits, the one that is computed, the one that was computed. */
const BATCHES = AHEAD + 3;

/** Which examples are read, and how. */
export interface RecordPlan {
  /** As errors begin, such as `fit`. */
  readonly name: string;
  /** Number of the first example, and how many there are. */
  readonly first: number;
  readonly count: number;
  readonly batchSize: number;
  /** Seed of the order that each epoch has; without it, they come as they are. */
  readonly shuffleSeed: number | undefined;
  /** Whether errors name the epoch. */
  readonly hasEpochs: boolean;
}

type Outcome = { readonly batch: NamedExamples } | { readonly error: unknown };

/** Room for a batch, by what stands for the values of each table. */
type Room = ReadonlyMap<ExampleValues, ExampleValues>;

/**
 * Reads the batches of records: the order of each epoch, the batches and the numbers of examples are those that arrays
 * have. While one batch is computed, the next two are read.
 */
export class RecordReader implements StreamReader {
  readonly first: NamedExamples;
  readonly steps: number;
  readonly isRepeatable = true;
  signal: AbortSignal | undefined;
  isAborted = false;
  private readonly order: Uint32Array;
  private epoch = -1;
  private step = 0;
  /** Reads of the batches from the present step on. */
  private pending: Promise<Outcome>[] = [];
  private rooms: Room[] = [];

  /** @param known all examples, with some that are records */
  constructor(
    readonly known: NamedExamples,
    private readonly plan: RecordPlan,
  ) {
    this.first = { ...withTables(known, ({ records: _, ...table }) => table), count: plan.batchSize };
    this.steps = Math.ceil(plan.count / plan.batchSize);
    this.order = new Uint32Array(plan.count);
  }

  get name(): string {
    return this.plan.name;
  }

  get examples(): number {
    return this.plan.count;
  }

  async seek(epoch: number, step: number): Promise<readonly number[]> {
    if (epoch !== this.epoch || step !== this.step) {
      // What is being read may still be written to: it gets no room of the batches to come.
      if (this.pending.length > 0) this.rooms = [];
      this.pending = [];
    }
    if (epoch !== this.epoch) this.drawOrder(epoch);
    this.epoch = epoch;
    this.step = step;
    return Array.from({ length: step }, (_, which) => this.countOf(which));
  }

  async next(): Promise<NamedExamples | undefined> {
    if (this.step >= this.steps) return undefined;
    this.readAhead(0);
    const outcome = await untilAborted(this.pending[0], this.signal);
    if (outcome === 'aborted') {
      this.isAborted = true;
      return undefined;
    }
    if ('error' in outcome) throw outcome.error;
    this.pending.shift();
    this.step++;
    this.readAhead(AHEAD - 1);
    return outcome.batch;
  }

  async close(): Promise<void> {
    const { pending } = this;
    this.pending = [];
    this.rooms = [];
    if (!this.isAborted) await Promise.all(pending);
  }

  private countOf(step: number): number {
    const { count, batchSize } = this.plan;
    return Math.min(batchSize, count - step * batchSize);
  }

  private drawOrder(epoch: number): void {
    const { first, shuffleSeed } = this.plan;
    for (let at = 0; at < this.order.length; at++) this.order[at] = first + at;
    if (shuffleSeed !== undefined) shuffleOrder(this.order, shuffleSeed, epoch);
  }

  /** Begins reading the batch of the present step, if that has not begun, and so many more. */
  private readAhead(more: number): void {
    while (this.pending.length <= more && this.step + this.pending.length < this.steps) {
      this.pending.push(this.read(this.step + this.pending.length));
    }
  }

  /** Reads a batch. An error is kept until somebody waits for the batch. */
  private async read(step: number): Promise<Outcome> {
    const { plan, known, epoch } = this;
    const count = this.countOf(step);
    const begin = step * plan.batchSize;
    const numbers = this.order.slice(begin, begin + count);
    const room = this.roomOf(step);
    const values = new Map<ExampleValues, ExampleValues>();
    try {
      await Promise.all(
        tablesOf(known).map(async (table) => {
          if (values.has(table.values)) return;
          const into = (room.get(table.values) as ExampleValues).subarray(0, count * sizeOf(table.shape));
          values.set(table.values, into);
          if (table.records) await table.records.read(numbers.slice(), into);
          else gather(table, numbers, into);
        }),
      );
    } catch (cause) {
      const place = `${plan.hasEpochs ? `epoch ${epoch + 1}, ` : ''}batch ${step + 1}`;
      const message = cause instanceof Error ? cause.message : String(cause);
      return { error: new StreamError(`${plan.name}: records cannot be read at ${place}: ${message}`, { cause }) };
    }
    const filled = withTables(this.first, (table) => ({ ...table, values: values.get(table.values) as ExampleValues }));
    return { batch: { ...filled, count, numbers } };
  }

  private roomOf(step: number): Room {
    const which = step % BATCHES;
    this.rooms[which] ??= new Map(
      tablesOf(this.known).map(({ values, shape }) => {
        const Kind = values.constructor as new (length: number) => ExampleValues;
        return [values, new Kind(this.plan.batchSize * sizeOf(shape))];
      }),
    );
    return this.rooms[which];
  }
}

/** Examples whose tables are made of those of others. */
function withTables(examples: NamedExamples, make: (table: Table) => Table): NamedExamples {
  const { inputs, targets, sampleWeight } = examples;
  const made = (tables: Readonly<Record<string, Table>>) =>
    Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, make(table)]));
  return {
    ...examples,
    inputs: made(inputs),
    targets: made(targets),
    sampleWeight: sampleWeight && make(sampleWeight),
  };
}

/** Copies examples of an array. */
function gather({ values, shape }: Table, numbers: Uint32Array, into: ExampleValues): void {
  const size = sizeOf(shape);
  for (const [at, number] of numbers.entries()) {
    into.set(values.subarray(number * size, (number + 1) * size), at * size);
  }
}

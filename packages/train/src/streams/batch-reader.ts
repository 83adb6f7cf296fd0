import { formatShape } from '@weft/core/program';
import type { NamedExamples, Table } from '../data.js';
import { StreamError } from '../errors.js';
import { shown } from '../options/shown.js';
import { hasRecords } from '../records/example-records.js';
import { type Batch, type ExampleStream, examplesOf } from './example-stream.js';
import { allTables } from './ring.js';
import type { StreamReader } from './stream-reader.js';
import { untilAborted } from './until-aborted.js';

/** What is read, and what it is for. */
export interface StreamSource {
  readonly data: ExampleStream;
  /** As errors begin, such as `fit: validationData`. */
  readonly name: string;
  /** Batches to an epoch, and the option that says so; without it, all that the stream has. */
  readonly steps?: number | undefined;
  readonly stepsOption: string;
  /** Whether errors name the epoch. */
  readonly hasEpochs: boolean;
  /** Checks a batch and gives its arrays by name; their labels begin with `prefix`. */
  named(batch: unknown, call: string, prefix: string): NamedExamples;
}

type AnyIterator = Iterator<Batch> | AsyncIterator<Batch>;

/** Reads a stream's batches, one epoch after another, and checks that all are like the first one. */
export class BatchReader implements StreamReader {
  /** The first batch, whose size and arrays decide what is compiled. */
  readonly first: NamedExamples;
  readonly isRepeatable: boolean;
  readonly examples = undefined;
  signal: AbortSignal | undefined;
  isAborted = false;
  /** Examples of the running epoch's batches, up to the one that `next` has given last. */
  private counts: number[] = [];
  private pending: NamedExamples | undefined;
  private iterator: AnyIterator | undefined;
  /** A generator between two epochs. */
  private left: AnyIterator | undefined;

  private constructor(
    private readonly source: StreamSource,
    private epoch: number,
    iterator: AnyIterator,
    first: NamedExamples,
  ) {
    this.iterator = iterator;
    this.first = first;
    this.pending = first;
    this.isRepeatable = typeof source.data === 'function' || this.isOwn(iterator);
  }

  get name(): string {
    return this.source.name;
  }

  get known(): NamedExamples {
    return this.first;
  }

  get steps(): number | undefined {
    return this.source.steps;
  }

  /**
   * Reads the first batch of an epoch.
   *
   * @throws StreamError if the stream fails or is empty; RangeError or TypeError if the batch does not fit the model
   */
  static async open(source: StreamSource, epoch: number): Promise<BatchReader> {
    const iterator = await iteratorOf(source, epoch);
    const batch = await nextOf(source, iterator, epoch, 0, undefined);
    if (batch === undefined || batch === 'aborted') throw emptyStream(source, epoch);
    try {
      return new BatchReader(source, epoch, iterator, namedBatch(source, batch, epoch, 0));
    } catch (error) {
      await iterator.return?.();
      throw error;
    }
  }

  /**
   * Goes to a step of an epoch. Batches before it are read and dropped.
   *
   * @returns the examples of each batch before it
   * @throws StreamError if the stream cannot be read again, or has too few batches
   */
  async seek(epoch: number, step: number): Promise<readonly number[]> {
    if (epoch === this.epoch && step === this.counts.length && this.iterator) return [...this.counts];
    const isForward = epoch > this.epoch || (epoch === this.epoch && step >= this.counts.length && this.iterator);
    if (!this.isRepeatable && !(isForward && (step === 0 || epoch === this.epoch))) {
      throw new StreamError(
        `${this.source.name}: a generator cannot be read again from its beginning. Give a function (epoch) => ... that makes the batches of an epoch.`,
      );
    }
    if (!(isForward && epoch === this.epoch)) {
      await this.leave();
      this.iterator = await iteratorOf(this.source, epoch);
      this.epoch = epoch;
      this.counts = [];
      this.pending = undefined;
    }
    while (this.counts.length < step) {
      if (!(await this.next())) throw this.endedEarly(step);
    }
    return [...this.counts];
  }

  /**
   * The next batch of the epoch; undefined at its end, or if the signal came.
   *
   * @throws StreamError if the stream fails, or ends too early; RangeError or TypeError if the batch does not fit
   */
  async next(): Promise<NamedExamples | undefined> {
    const { source, iterator, epoch, counts } = this;
    if (!iterator) return undefined;
    if (counts.length === source.steps) {
      await this.leave();
      return undefined;
    }
    const batch = this.pending ?? (await this.read(iterator));
    this.pending = undefined;
    if (batch === undefined) {
      if (this.isAborted) return undefined;
      this.iterator = undefined;
      if (counts.length === 0) throw emptyStream(source, epoch);
      if (source.steps !== undefined) throw this.endedEarly(source.steps);
      return undefined;
    }
    counts.push(batch.count);
    return batch;
  }

  /** Ends reading. What the stream throws at its end is of no interest any more. */
  async close(): Promise<void> {
    const iterator = this.iterator ?? this.left;
    this.iterator = undefined;
    this.left = undefined;
    if (!iterator) return;
    const ended = Promise.resolve(iterator.return?.()).catch(() => {});
    // A generator that is asked for a batch ends only when it has given it.
    if (!this.isAborted) await ended;
  }

  private async read(iterator: AnyIterator): Promise<NamedExamples | undefined> {
    const { source, epoch, counts, first } = this;
    const batch = await nextOf(source, iterator, epoch, counts.length, this.signal);
    if (batch === 'aborted') this.isAborted = true;
    if (batch === undefined || batch === 'aborted') return undefined;
    const named = namedBatch(source, batch, epoch, counts.length);
    checkLike(first, named, `${source.name}: ${placeOf(source, epoch, counts.length)}`);
    return named;
  }

  /** Ends an iterator that was made for this epoch; one that continues is left where it is. */
  private async leave(): Promise<void> {
    const { iterator } = this;
    this.iterator = undefined;
    if (iterator && this.isOwn(iterator)) await iterator.return?.();
    else this.left = iterator;
  }

  private isOwn(iterator: AnyIterator): boolean {
    return (iterator as unknown) !== this.source.data;
  }

  private endedEarly(steps: number): StreamError {
    const { source, epoch, counts } = this;
    const where = source.hasEpochs ? ` of epoch ${epoch + 1}` : '';
    return new StreamError(
      `${source.name}: the stream ended after ${counts.length} batches${where}, and ${steps} were expected. Give a smaller ${source.stepsOption}, or more batches.`,
    );
  }
}

/** Which batch, as errors name it. */
function placeOf({ hasEpochs }: StreamSource, epoch: number, step: number): string {
  return `${hasEpochs ? `epoch ${epoch + 1}, ` : ''}batch ${step + 1}`;
}

function emptyStream({ name, hasEpochs, stepsOption }: StreamSource, epoch: number): StreamError {
  const where = hasEpochs ? ` for epoch ${epoch + 1}` : '';
  const advice =
    epoch > 0
      ? ` A generator can be read once: give a function (epoch) => ..., or ${stepsOption} if it is endless.`
      : '';
  return new StreamError(`${name}: the stream has no batch${where}.${advice}`);
}

async function iteratorOf({ data, name }: StreamSource, epoch: number): Promise<AnyIterator> {
  let batches: unknown = data;
  try {
    if (typeof data === 'function') batches = await data(epoch);
  } catch (cause) {
    throw new StreamError(`${name}: the function of the stream failed for epoch ${epoch + 1}: ${messageOf(cause)}`, {
      cause,
    });
  }
  const { [Symbol.asyncIterator]: ofPromises, [Symbol.iterator]: ofValues } = Object(batches);
  const make = ofPromises ?? ofValues;
  if (typeof make === 'function' && typeof batches === 'object' && !ArrayBuffer.isView(batches)) {
    return make.call(batches) as AnyIterator;
  }
  throw new TypeError(
    `${name}: the function of the stream gives ${shown(batches)}; expected an iterable of batches { x, y }, such as a generator.`,
  );
}

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));

/** What an iterator gives next; undefined at its end. */
async function nextOf(
  source: StreamSource,
  iterator: AnyIterator,
  epoch: number,
  step: number,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    const result = await untilAborted((async () => await iterator.next())(), signal);
    if (result === 'aborted') return result;
    return result.done ? undefined : ((await result.value) ?? null);
  } catch (cause) {
    throw new StreamError(`${source.name}: the stream failed at ${placeOf(source, epoch, step)}: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function namedBatch(source: StreamSource, batch: unknown, epoch: number, step: number): NamedExamples {
  const place = `${source.name}: ${placeOf(source, epoch, step)}`;
  const named = source.named(examplesOf(batch), place, `${place}: `);
  if (!hasRecords(named)) return named;
  throw new TypeError(`${place}: x or y: a batch of a stream holds records. Give records instead of the stream.`);
}

/** @throws RangeError if a batch is larger than the first one, or has other arrays */
function checkLike(first: NamedExamples, batch: NamedExamples, place: string): void {
  const fail = (message: string): never => {
    throw new RangeError(`${place}: ${message}`);
  };
  if (batch.count > first.count) {
    fail(
      `it holds ${batch.count} examples, but the first batch ${first.count}. Give the largest batch first: later ones may be smaller.`,
    );
  }
  const [known, found] = [descriptions(first), descriptions(batch)];
  for (const name of new Set([...known.keys(), ...found.keys()])) {
    const [expected, got] = [known, found].map((each) => each.get(name) ?? 'not there');
    if (got !== expected)
      fail(`${name} is ${got}, but ${expected} in the first batch. Give all batches the same arrays.`);
  }
}

/** What the arrays of a batch are, in words. */
function descriptions(batch: NamedExamples): Map<string, string> {
  const inputs = Object.values(batch.inputs).map(({ values }) => values);
  const describeTable = ([name, { values, dtype, scale, shape }]: [string, Table]): [string, string] => {
    // Targets that were left out.
    if (name.startsWith('y') && inputs.includes(values)) return [name, 'the inputs'];
    return [name, `${dtype} of shape ${formatShape(shape)}${scale === 1 ? '' : `, times ${scale}`}`];
  };
  return new Map([...allTables(batch)].map(describeTable));
}

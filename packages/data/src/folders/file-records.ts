import { createHash } from 'node:crypto';
import { read as readLater, readSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { ImageDataset } from '../dataset.js';
import { DataError } from '../errors.js';
import type { OpenRecords } from './cache-file.js';
import { DIGEST_BYTES } from './make-records.js';
import type { RecordSet, SetPicture } from './types.js';
import { codeOf } from './walk.js';

/** Files up to this part of the memory are in the system's memory after they were verified. */
const SMALL_PART = 4;

/** Reads that are under way at a time. */
const AT_A_TIME = 32;

/** Classes that a byte can tell apart. */
const MOST_CLASSES = 256;

/** A picture of a set: its place in the file, and its class. */
export interface SetEntry {
  readonly path: string;
  readonly height: number;
  readonly width: number;
  /** The first of its records in the file; undefined for a record of zeros that is not there. */
  readonly slot: number | undefined;
  readonly count: number;
  readonly label: number;
}

/** Records that lie in a file, one after another or not. */
export class FileRecords implements RecordSet {
  readonly dtype = 'uint8';
  readonly scale = 1 / 255;
  readonly count: number;
  readonly labels: Int32Array;
  readonly paths: readonly string[];
  readonly pictures: readonly SetPicture[];
  readonly sha256: string;
  /** Place of each record in the file; `NOWHERE` for zeros. */
  private readonly slots: Uint32Array;
  private readonly size: number;
  private readonly isInMemory: boolean;

  constructor(
    readonly name: string,
    readonly shape: readonly [number, number, number],
    private readonly source: OpenRecords,
    entries: readonly SetEntry[],
  ) {
    this.size = shape[0] * shape[1] * shape[2];
    this.count = entries.reduce((sum, { count }) => sum + count, 0);
    this.slots = new Uint32Array(this.count);
    this.labels = new Int32Array(this.count);
    const paths: string[] = [];
    const pictures: SetPicture[] = [];
    for (const { path, height, width, slot, count, label } of entries) {
      const first = paths.length;
      pictures.push({ path, height, width, first, count });
      for (let at = 0; at < count; at++) {
        this.slots[first + at] = slot === undefined ? NOWHERE : slot + at;
        paths.push(path);
      }
      this.labels.fill(label, first, first + count);
    }
    this.paths = paths;
    this.pictures = pictures;
    this.sha256 = this.hash();
    this.isInMemory = (source.digests.length / DIGEST_BYTES) * this.size <= totalmem() / SMALL_PART;
  }

  get height(): number {
    return this.shape[0];
  }

  get width(): number {
    return this.shape[1];
  }

  get channels(): number {
    return this.shape[2];
  }

  async read(indices: ArrayLike<number>, into: Uint8Array): Promise<void> {
    const runs = this.runsOf(indices, into);
    if (this.isInMemory) {
      for (const run of runs) this.readNow(run, into);
      return;
    }
    let next = 0;
    const lane = async () => {
      while (next < runs.length) await this.readRun(runs[next++], into);
    };
    await Promise.all(Array.from({ length: Math.min(AT_A_TIME, runs.length) }, lane));
  }

  toImageDataset(): ImageDataset {
    const { name, count, height, width, channels } = this;
    if (this.labels.some((label) => label >= MOST_CLASSES)) {
      throw new RangeError(`toImageDataset: there are more than ${MOST_CLASSES} classes, which a byte cannot number.`);
    }
    const images = new Uint8Array(count * this.size);
    for (const run of this.runsOf(this.labels.keys(), images)) this.readNow(run, images);
    return { name, images, labels: Uint8Array.from(this.labels), count, height, width, channels };
  }

  /** Records that lie one after another in the file, and are wanted so. */
  private runsOf(indices: ArrayLike<number> | Iterable<number>, into: Uint8Array): Run[] {
    const numbers = Array.from(indices);
    if (into.length < numbers.length * this.size) {
      throw new RangeError(
        `read: ${numbers.length} records of [${this.shape}] take ${numbers.length * this.size} bytes; got room for ${into.length}.`,
      );
    }
    const runs: { slot: number; at: number; count: number }[] = [];
    for (const [at, number] of numbers.entries()) {
      const slot = this.slots[number];
      if (slot === undefined) {
        throw new RangeError(`read: there is no record ${number}: the set ${this.name} has ${this.count}.`);
      }
      const last = runs.at(-1);
      const isNext = last && slot !== NOWHERE && last.slot !== NOWHERE && slot === last.slot + last.count;
      if (isNext) last.count++;
      else runs.push({ slot, at, count: 1 });
    }
    return runs;
  }

  private readNow({ slot, at, count }: Run, into: Uint8Array): void {
    const { size, source } = this;
    const [begin, length] = [at * size, count * size];
    if (slot === NOWHERE) return void into.fill(0, begin, begin + length);
    try {
      for (let done = 0; done < length; ) {
        const bytes = readSync(source.file, into, begin + done, length - done, source.begin + slot * size + done);
        if (bytes === 0) throw new Error('the file ends too early');
        done += bytes;
      }
    } catch (cause) {
      throw this.unreadable(cause);
    }
  }

  private async readRun({ slot, at, count }: Run, into: Uint8Array): Promise<void> {
    const { size, source } = this;
    const [begin, length] = [at * size, count * size];
    if (slot === NOWHERE) return void into.fill(0, begin, begin + length);
    for (let done = 0; done < length; ) {
      const position = source.begin + slot * size + done;
      const bytes = await new Promise<number>((resolve, reject) => {
        readLater(source.file, into, begin + done, length - done, position, (error, bytesRead) => {
          if (error) reject(this.unreadable(error));
          else resolve(bytesRead);
        });
      });
      if (bytes === 0) throw this.unreadable(new Error('the file ends too early'));
      done += bytes;
    }
  }

  private unreadable(cause: unknown): DataError {
    const why = (cause as NodeJS.ErrnoException).code === 'EBADF' ? 'its folder was closed' : codeOf(cause);
    return new DataError('unreadable', `The records of the set ${this.name} cannot be read: ${why}.`, { cause });
  }

  private hash(): string {
    const hash = createHash('sha256').update(`${this.count} records of [${this.shape}] bytes`);
    const nothing = createHash('sha256').update(new Uint8Array(this.size)).digest();
    for (const slot of this.slots) {
      const begin = slot * DIGEST_BYTES;
      hash.update(slot === NOWHERE ? nothing : this.source.digests.subarray(begin, begin + DIGEST_BYTES));
    }
    return hash.digest('hex');
  }
}

interface Run {
  readonly slot: number;
  /** Place of the first record among those that are wanted. */
  readonly at: number;
  readonly count: number;
}

const NOWHERE = 0xffffffff;

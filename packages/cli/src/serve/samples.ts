import { createHash } from 'node:crypto';
import { bestCheckpoint, modelFile } from '../run/directory.js';
import { isModelKey } from '../run/model-keys.js';
import { FileRefusal, readBounded } from './bounded-file.js';
import type { FoundRun } from './find-runs.js';
import type { ModelProgress } from './model-progress.js';
import type { RunContents } from './run-reader.js';
import type { SamplesMade } from './sample-task.js';
import { SampleThread } from './sample-thread.js';
import type { ModelView, SamplesView } from './views.js';

/** Epochs that are kept of a model, models that are kept, and bytes of a model's file that are read. */
const [MOST_EPOCHS, MOST_MODELS, MOST_BYTES] = [6, 12, 256 * 2 ** 20];

interface Picture {
  readonly title: string;
  readonly bytes: Uint8Array;
}

/** The samples of one model of a run. */
class ModelSamples {
  /** By name in addresses. */
  readonly pictures = new Map<string, Picture>();
  size: SamplesMade | undefined;
  note: string | null = null;
  file: string | undefined;
  version: string | undefined;

  take(made: SamplesMade): void {
    const { epochs = 0, original, noisy } = made;
    this.size = made;
    const kept = [...this.pictures].filter(([name]) => epochOf(name) < epochs).slice(1 - MOST_EPOCHS);
    this.pictures.clear();
    this.pictures.set('original', { title: 'Original', bytes: original });
    if (noisy) this.pictures.set('noisy', { title: 'With noise', bytes: noisy });
    for (const [name, picture] of kept) this.pictures.set(name, picture);
    const title = epochs > 0 ? `After epoch ${epochs}` : 'Reconstruction';
    this.pictures.set(`epoch-${epochs}`, { title, bytes: made.made });
  }

  view(address: string): SamplesView | null {
    if (!this.size) return null;
    const { count, height, width } = this.size;
    const rows = [...this.pictures].map(([name, { title, bytes }]) => {
      const version = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
      return { title, file: `${address}/${name}.png?v=${version}` };
    });
    return { count, height, width, rows };
  }
}

/** Infinite for what is no epoch's. */
const epochOf = (name: string) => Number(/^epoch-(\d+)$/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY);

interface Task {
  readonly run: FoundRun;
  readonly key: string;
  readonly file: string;
  readonly dataPath: string | undefined;
}

/**
 * What models make of a few test images, computed from the newest file of each. Work is done one piece after another,
 * and only for runs that a page asks for.
 */
export class Samples {
  private readonly models = new Map<string, ModelSamples>();
  private readonly waiting = new Map<string, Task>();
  private readonly thread = new SampleThread();
  private working: Promise<void> | undefined;
  private isClosed = false;

  /** What there is of a model by now; newer samples are begun. */
  of(
    run: FoundRun,
    { files, options }: RunContents,
    { key }: ModelProgress,
  ): Pick<ModelView, 'samples' | 'samplesNote'> {
    const name = `${run.id} ${key}`;
    const file = isModelKey(key) ? [modelFile(key), bestCheckpoint(key)].find((each) => files.has(each)) : undefined;
    if (file !== undefined) {
      this.waiting.set(name, { run, key, file, dataPath: options?.run.dataPath });
      this.begin();
    }
    const known = this.models.get(name);
    return { samples: known?.view(`samples/${key}`) ?? null, samplesNote: known?.note ?? null };
  }

  /** A row of pictures as PNG. */
  picture(run: FoundRun, key: string, row: string): Uint8Array | undefined {
    return this.models.get(`${run.id} ${key}`)?.pictures.get(row)?.bytes;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.thread.close();
    await this.working;
  }

  private begin(): void {
    this.working ??= this.work().finally(() => {
      this.working = undefined;
    });
  }

  private async work(): Promise<void> {
    for (let next = this.take(); next && !this.isClosed; next = this.take()) await this.make(...next);
  }

  private take(): [string, Task] | undefined {
    const [next] = this.waiting;
    if (next) this.waiting.delete(next[0]);
    return next;
  }

  private async make(name: string, { run, key, file, dataPath }: Task): Promise<void> {
    const samples = this.keep(name);
    if (samples.file !== file) samples.version = undefined;
    samples.file = file;
    try {
      const found = await readBounded(run.path, file, MOST_BYTES, samples.version);
      if (found === 'unchanged' || found === undefined || this.isClosed) return;
      samples.version = found.version;
      const answer = await this.thread.ask({ bytes: found.bytes, name: file, dataPath });
      if ('made' in answer) samples.take(answer.made);
      samples.note = 'made' in answer ? null : `No samples of ${key}: ${answer.problem}`;
    } catch (error) {
      const reason = error instanceof FileRefusal ? `${file} ${error.message}.` : (error as Error).message;
      samples.note = `No samples of ${key}: ${reason}`;
    }
  }

  /** The samples of a model, which are now the ones that were used last. */
  private keep(name: string): ModelSamples {
    const samples = this.models.get(name) ?? new ModelSamples();
    this.models.delete(name);
    this.models.set(name, samples);
    for (const [oldest] of this.models) {
      if (this.models.size <= MOST_MODELS) break;
      this.models.delete(oldest);
    }
    return samples;
  }
}

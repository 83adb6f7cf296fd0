import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRunRecord, type RunRecord } from '@weft/report';
import { RUN_FILES } from '../run/directory.js';
import { type HolderState, holderState } from '../run/lock.js';
import { type OptionsFile, parseOptionsFile } from '../run/options-file.js';
import { type BoundedFile, FileRefusal, readBounded } from './bounded-file.js';
import type { FoundRun } from './find-runs.js';
import { parseMetrics } from './metrics-file.js';
import { parseProgress, type ReadProgress } from './progress-view.js';
import type { EpochView } from './views.js';

const MEGABYTE = 2 ** 20;

/** What the files of a run say at a moment. */
export interface RunContents {
  /** Names in the folder, and in those within it that runs have; links and other folders are left out. */
  readonly files: ReadonlySet<string>;
  readonly options: OptionsFile | undefined;
  readonly record: RunRecord | undefined;
  readonly metrics: ReadonlyMap<string, readonly EpochView[]>;
  readonly progress: ReadProgress | undefined;
  /** Of the process that writes into the folder; undefined if there is none. */
  readonly holder: HolderState | undefined;
  readonly changedAt: Date | undefined;
  /** What could not be read, in sentences. */
  readonly problems: readonly string[];
}

/** A file that is parsed again only when it has changed. */
class ParsedFile<Value> {
  private version: string | undefined;
  private value: Value | undefined;
  changedAt: Date | undefined;
  problem: string | undefined;

  constructor(
    private readonly name: string,
    private readonly most: number,
    private readonly parse: (text: string) => Value,
  ) {}

  async read(folder: string): Promise<Value | undefined> {
    try {
      const found = await readBounded(folder, this.name, this.most, this.version);
      if (found !== 'unchanged') this.take(found);
    } catch (error) {
      this.take(undefined);
      this.problem = `${this.name} ${error instanceof FileRefusal ? error.message : `cannot be read: ${(error as Error).message}`}.`;
    }
    return this.value;
  }

  private take(found: BoundedFile | undefined): void {
    [this.value, this.problem] = [undefined, undefined];
    this.version = found?.version;
    this.changedAt = found?.changedAt;
    if (!found) return;
    try {
      this.value = this.parse(found.bytes.toString('utf8'));
    } catch (error) {
      const { message } = error as Error;
      // The reader of records names the file itself.
      this.problem = message.startsWith(this.name) ? message : `${this.name} ${message}.`;
    }
  }
}

const refused = (message: string) => new FileRefusal(message);

/** Reads the files of a run again and again, as they change. Nothing in them is trusted. */
export class RunReader {
  private readonly options = new ParsedFile(RUN_FILES.options, MEGABYTE, (text) => parseOptionsFile(text, refused));
  private readonly record = new ParsedFile(RUN_FILES.record, 8 * MEGABYTE, parseRunRecord);
  private readonly metrics = new ParsedFile(RUN_FILES.metrics, 8 * MEGABYTE, parseMetrics);
  private readonly progress = new ParsedFile(RUN_FILES.progress, MEGABYTE, parseProgress);
  private readonly lock = new ParsedFile(RUN_FILES.lock, MEGABYTE, (text) => text);

  constructor(readonly run: FoundRun) {}

  /** @returns undefined if the folder is gone */
  async read(): Promise<RunContents | undefined> {
    const { path } = this.run;
    const files = await filesOf(path);
    if (!files) return undefined;
    // The record is the last file of a run: read after the lock, a run that ends meanwhile is not taken for broken off.
    const lock = await this.lock.read(path);
    const progress = await this.progress.read(path);
    const [options, record, metrics] = [
      await this.options.read(path),
      await this.record.read(path),
      await this.metrics.read(path),
    ];
    const parsed = [this.options, this.record, this.metrics, this.progress, this.lock];
    const times = parsed.flatMap(({ changedAt }) => changedAt ?? []);
    return {
      files,
      options,
      record,
      metrics: metrics ?? new Map(),
      progress,
      holder: lock === undefined ? undefined : holderState(lock),
      changedAt: times.length === 0 ? undefined : new Date(Math.max(...times.map(Number))),
      problems: parsed.flatMap(({ problem }) => problem ?? []),
    };
  }
}

/** Paths of the files in a run's folder and in those that runs have within it. */
async function filesOf(path: string): Promise<ReadonlySet<string> | undefined> {
  const list = (folder: string) => readdir(join(path, folder), { withFileTypes: true });
  const top = await list('').catch(() => undefined);
  if (!top) return undefined;
  const files = new Set(top.filter((entry) => entry.isFile()).map(({ name }) => name));
  for (const folder of [RUN_FILES.checkpoints, RUN_FILES.figures]) {
    if (!top.some((entry) => entry.isDirectory() && entry.name === folder)) continue;
    for (const entry of await list(folder).catch(() => [])) if (entry.isFile()) files.add(join(folder, entry.name));
  }
  return files;
}

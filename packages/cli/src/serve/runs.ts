import { findRuns } from './find-runs.js';
import { RunReader } from './run-reader.js';
import { summaryOf } from './run-view.js';
import type { RunList, RunSummary } from './views.js';

/** Folders are looked through at most so often, and files of runs that are finished. */
const [SEARCH_MILLISECONDS, FINISHED_MILLISECONDS] = [2000, 15_000];
/** What was read is good for so long: several pages may ask at a time. */
const SAME_MILLISECONDS = 400;

/** A list that is being made, or was. */
interface Made<Value> {
  readonly at: number;
  readonly value: Promise<Value>;
}

/** The runs of a folder, looked at again and again. */
export class Runs {
  private readonly readers = new Map<string, RunReader>();
  private readonly finished = new Map<string, { readonly at: number; readonly summary: RunSummary }>();
  private found: Made<{ readonly isCut: boolean }> | undefined;
  private listed: Made<RunList> | undefined;

  /**
   * @param root  real path of the folder
   * @param shown the folder, for people
   */
  constructor(
    private readonly root: string,
    private readonly shown: string,
  ) {}

  /** All runs with what has become of them. */
  list(): Promise<RunList> {
    if (!this.listed || performance.now() - this.listed.at > SAME_MILLISECONDS) {
      this.listed = { at: performance.now(), value: this.makeList() };
    }
    return this.listed.value;
  }

  /** The run of an address; undefined if there is none. */
  async reader(id: string): Promise<RunReader | undefined> {
    const known = this.readers.get(id);
    if (known) return known;
    await this.search();
    return this.readers.get(id);
  }

  private async makeList(): Promise<RunList> {
    const { isCut } = await this.search();
    const runs: RunSummary[] = [];
    for (const reader of [...this.readers.values()]) {
      const summary = await this.summary(reader);
      if (summary) runs.push(summary);
    }
    const note = isCut ? 'There are more folders than are looked at. Give one that holds fewer runs.' : null;
    return { folder: this.shown, runs, note };
  }

  private async summary(reader: RunReader): Promise<RunSummary | undefined> {
    const { run } = reader;
    const kept = this.finished.get(run.id);
    if (kept && performance.now() - kept.at < FINISHED_MILLISECONDS) return kept.summary;
    const contents = await reader.read();
    if (!contents) return undefined;
    const summary = summaryOf(run, contents);
    if (summary.state === 'finished') this.finished.set(run.id, { at: performance.now(), summary });
    else this.finished.delete(run.id);
    return summary;
  }

  private search(): Promise<{ readonly isCut: boolean }> {
    if (!this.found || performance.now() - this.found.at > SEARCH_MILLISECONDS) {
      this.found = { at: performance.now(), value: this.makeSearch() };
    }
    return this.found.value;
  }

  private async makeSearch(): Promise<{ readonly isCut: boolean }> {
    const { runs, isCut } = await findRuns(this.root);
    const ids = new Set(runs.map(({ id }) => id));
    for (const id of this.readers.keys()) {
      if (ids.has(id)) continue;
      this.readers.delete(id);
      this.finished.delete(id);
    }
    const old = new Map(this.readers);
    this.readers.clear();
    for (const run of runs) this.readers.set(run.id, old.get(run.id) ?? new RunReader(run));
    return { isCut };
  }
}

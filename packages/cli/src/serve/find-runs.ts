import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { RUN_FILES } from '../run/directory.js';

/** Folders are looked into at most so deep, and no more than so many of them; so many runs are listed. */
const [DEEPEST, MOST_FOLDERS, MOST_RUNS] = [5, 5000, 500];

/** Any of these files makes a folder a run. */
const MARKS: readonly string[] = [RUN_FILES.options, RUN_FILES.record, RUN_FILES.lock];

/** A run's folder. */
export interface FoundRun {
  /** Of its name: it stands in addresses, so that none of them is a path. */
  readonly id: string;
  /** Path within the folder that is served, with `/` between names; `.` for that folder itself. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** The runs of a folder. */
export interface FoundRuns {
  readonly runs: readonly FoundRun[];
  /** Whether there are more folders than are looked at. */
  readonly isCut: boolean;
}

/**
 * Finds the runs in a folder, at any depth that is sensible; links are not followed.
 *
 * @param root real path of the folder; itself a run, or a folder of runs
 */
export async function findRuns(root: string): Promise<FoundRuns> {
  const runs: FoundRun[] = [];
  let level = [root];
  let seen = 0;
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth++) {
    const next: string[] = [];
    for (const path of level) {
      if (++seen > MOST_FOLDERS || runs.length >= MOST_RUNS) return { runs: byName(runs), isCut: true };
      const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
      if (entries.some((entry) => entry.isFile() && MARKS.includes(entry.name))) runs.push(foundRun(root, path));
      else for (const entry of entries) if (isSearched(entry)) next.push(join(path, entry.name));
    }
    level = next;
  }
  return { runs: byName(runs), isCut: false };
}

const isSearched = (entry: { name: string; isDirectory(): boolean }) =>
  entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules';

function foundRun(root: string, path: string): FoundRun {
  const name = relative(root, path).replaceAll('\\', '/') || '.';
  return { id: createHash('sha256').update(name).digest('hex').slice(0, 16), name, path };
}

/** The newest first, where names begin with the time. */
function byName(runs: readonly FoundRun[]): FoundRun[] {
  return [...runs].sort((a, b) => (a.name < b.name ? 1 : -1));
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '@weft/pool';
import { parseRunRecord, type RunRecord, recordText } from '@weft/report';
import { StudyError } from '@weft/study';
import { FIGURE_FILES, RUN_FILES, shownPath } from '../run/directory.js';
import { reportOf } from '../run/report-of.js';

/**
 * Makes a run that has come from another machine one of this one's: it names the folder in which it will lie, and its report
 * is written here. What a browser would run is refused.
 *
 * @throws StudyError if it is no finished run
 */
export async function adoptRun(folder: string, destination: string): Promise<void> {
  try {
    await refuseScripts(folder);
    const out = shownPath(destination);
    const record = parseRunRecord(await readFile(join(folder, RUN_FILES.record), 'utf8'));
    const options = JSON.parse(await readFile(join(folder, RUN_FILES.options), 'utf8')) as object;
    const own = { ...record, options: { ...record.options, out } } as RunRecord;
    await writeAtomically(join(folder, RUN_FILES.options), `${JSON.stringify({ ...options, out }, null, 2)}\n`);
    await writeAtomically(join(folder, RUN_FILES.report), await reportOf(own, folder));
    await writeAtomically(join(folder, RUN_FILES.record), recordText(own));
  } catch (cause) {
    const { syscall, code } = cause as NodeJS.ErrnoException;
    // A full disk is no fault of the run.
    if (syscall !== undefined && code !== 'ENOENT') throw cause;
    throw new StudyError(`The run that a worker has sent cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** What makes a picture a program, in tags of SVG. */
const ACTIVE = /<\s*(?:script|foreignobject|iframe|embed|object|animate|set|!)|<[^>]*\son[a-z]+\s*=|javascript:/i;

async function refuseScripts(folder: string): Promise<void> {
  for (const file of FIGURE_FILES.filter((name) => name.endsWith('.svg'))) {
    const svg = await readFile(join(folder, file), 'utf8').catch(() => '');
    if (ACTIVE.test(svg)) throw new Error(`${file} is no mere picture`);
  }
}

import { constants, existsSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { callersFolder, shownPath } from '../run/directory.js';
import { type Examination, type Finding, gigabytes } from './examination.js';

/** A run with its checkpoints and figures takes a few megabytes; this leaves room for several. */
const LEAST_SPACE = 100e6;

/** Whether runs can be written where they are written: in the folder, or the next one above that is there. */
export async function disk(out: string): Promise<Examination> {
  const wanted = resolve(callersFolder(), out);
  let folder = wanted;
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  const findings: Finding[] = [];
  const advice = 'Choose another folder with --out DIR, for weft train as well.';
  if (!writable) findings.push({ problem: `${shownPath(folder)} cannot be written.`, advice });
  if (free < LEAST_SPACE) {
    findings.push({
      problem: `Only ${gigabytes(free)} are free in ${shownPath(folder)}.`,
      advice: `Make room. ${advice}`,
    });
  }
  return {
    text: `${gigabytes(free)} free for runs in ${shownPath(wanted)}`,
    facts: { folder: shownPath(wanted), freeBytes: free, writable },
    findings,
  };
}

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders, writeAtomically } from '@weft/pool';

const FILE = 'cluster.json';

/**
 * By what the server knows a study: 32 hexadecimal digits, drawn when the study first asks for workers, and kept in its
 * folder so that it finds its results again.
 */
export async function studyId(directory: string): Promise<string> {
  const path = join(directory, FILE);
  const known = await readFile(path, 'utf8').then(read, () => undefined);
  if (known !== undefined) return known;
  const id = randomBytes(16).toString('hex');
  await makeFolders(directory);
  await writeAtomically(path, `${JSON.stringify({ study: id }, null, 2)}\n`);
  return id;
}

/** A file that is damaged has a new one in its place: results that wait on the server are then computed anew. */
function read(text: string): string | undefined {
  try {
    const { study } = JSON.parse(text) as { study?: unknown };
    return typeof study === 'string' && /^[0-9a-f]{32}$/.test(study) ? study : undefined;
  } catch {
    return undefined;
  }
}

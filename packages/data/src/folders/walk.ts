import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { DataError } from '../errors.js';
import type { BadPicture } from './types.js';

/** A file of a folder. */
export interface FoundFile {
  /** Within the folder, with `/` between names. */
  readonly path: string;
  /** Where it is opened: not a link. */
  readonly place: string;
  readonly bytes: number;
  /** When it was changed, in nanoseconds. */
  readonly changed: string;
}

/** What lies in a folder, at any depth, in the order of code points of the paths. */
export interface Listing {
  readonly files: readonly FoundFile[];
  /** Links out of the folder, devices, and what cannot be looked at. */
  readonly refused: readonly BadPicture[];
  /** Links to folders within the folder: what is there is found where it lies. */
  readonly passedOver: readonly string[];
}

/** What systems and cameras leave in folders. Names that begin with a dot are passed over, too. */
const LITTER = new Set(['thumbs.db', 'ehthumbs.db', 'desktop.ini', '__macosx', '@eadir', '$recycle.bin', 'lost+found']);

/** How many files are looked at at a time. */
const AT_A_TIME = 64;

/** Compares texts by code points, as UTF-8 sorts; JavaScript's own order is that of UTF-16. */
export function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Lists a folder. Nothing is opened: links are followed within the folder alone.
 *
 * @param root path of the folder, without links
 * @throws DataError with code `unreadable` if the folder cannot be listed
 * @example
 * import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
 * mkdirSync('letters/a', { recursive: true });
 * writeFileSync('letters/a/1.txt', 'A');
 * const { files } = await listFolder(realpathSync('letters'));
 * files.map(({ path, bytes }) => [path, bytes]); // [['a/1.txt', 1]]
 */
export async function listFolder(root: string, signal?: AbortSignal): Promise<Listing> {
  const files: FoundFile[] = [];
  const refused: BadPicture[] = [];
  const passedOver: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    const entries = await entriesOf(root, folder, refused);
    for (let at = 0; at < entries.length; at += AT_A_TIME) {
      const found = await Promise.all(
        entries.slice(at, at + AT_A_TIME).map((entry) => look(root, join(folder, entry.name), entry)),
      );
      for (const each of found) {
        if (each.kind === 'file') files.push(each.file);
        else if (each.kind === 'folder') folders.push(each.place);
        else if (each.kind === 'passed over') passedOver.push(each.path);
        else refused.push(each);
      }
    }
  }
  const byPath = (a: { readonly path: string }, b: { readonly path: string }) => byCodePoints(a.path, b.path);
  return { files: files.sort(byPath), refused: refused.sort(byPath), passedOver: passedOver.sort(byCodePoints) };
}

/** Names in a folder that count. */
async function entriesOf(root: string, folder: string, refused: BadPicture[]): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(({ name }) => !name.startsWith('.') && !LITTER.has(name.toLowerCase()));
  } catch (cause) {
    const reason = `The folder cannot be listed (${codeOf(cause)}).`;
    if (folder === root) throw new DataError('unreadable', `${root}: ${reason}`, { cause });
    refused.push({ path: pathWithin(root, folder), reason });
    return [];
  }
}

type Seen =
  | { readonly kind: 'file'; readonly file: FoundFile }
  | { readonly kind: 'folder'; readonly place: string }
  | { readonly kind: 'passed over'; readonly path: string }
  | ({ readonly kind: 'refused' } & BadPicture);

async function look(root: string, place: string, entry: Dirent): Promise<Seen> {
  const path = pathWithin(root, place);
  try {
    if (entry.isDirectory()) return { kind: 'folder', place };
    const found = await lstat(place, { bigint: true });
    if (!found.isSymbolicLink()) return seen(path, place, found);
    const target = await realpath(place);
    if (target !== root && !target.startsWith(root.endsWith(sep) ? root : root + sep)) {
      return { kind: 'refused', path, reason: 'It is a link out of the folder, which is not followed.' };
    }
    const behind = await stat(target, { bigint: true });
    return behind.isDirectory() ? { kind: 'passed over', path } : seen(path, target, behind);
  } catch (cause) {
    const reason = entry.isSymbolicLink() ? 'It is a link to nothing' : 'It cannot be looked at';
    return { kind: 'refused', path, reason: `${reason} (${codeOf(cause)}).` };
  }
}

type BigStats = Pick<Stats, 'isFile' | 'isFIFO' | 'isSocket' | 'isDirectory'> & {
  readonly size: bigint;
  readonly mtimeNs: bigint;
};

function seen(path: string, place: string, found: BigStats): Seen {
  if (found.isFile()) {
    return { kind: 'file', file: { path, place, bytes: Number(found.size), changed: String(found.mtimeNs) } };
  }
  if (found.isDirectory()) return { kind: 'folder', place };
  const what = found.isFIFO() ? 'a named pipe' : found.isSocket() ? 'a socket' : 'a device';
  return { kind: 'refused', path, reason: `It is ${what}, and no file.` };
}

const pathWithin = (root: string, place: string) => relative(root, place).split(sep).join('/');

/** The system's name of an error. */
export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

import { createHash, randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../errors.js';
import { makeFolder, removeEmpty } from './folders.js';
import { RequestFailure, requestBytes } from './request.js';

/** A file as its publisher describes it. */
export interface RemoteFile {
  name: string;
  bytes: number;
  /** MD5 in lower-case hexadecimal. */
  md5: string;
  /** What a gzip file holds: by it the same content is known again, compressed in another way or not at all. */
  content?: { bytes: number; md5: string };
}

/** How far the download of one file is. `received` starts anew with each mirror. */
export interface DownloadProgress {
  file: string;
  mirror: string;
  received: number;
  total: number;
}

export interface DownloadOptions {
  /** Addresses of folders, each ending in a slash; tried in order. */
  mirrors: readonly string[];
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Milliseconds until a mirror must have answered; default 10,000. */
  connectMilliseconds?: number | undefined;
  /** Milliseconds between two pieces of a file; default 20,000. */
  stallMilliseconds?: number | undefined;
  /** Milliseconds that a file may take from one mirror, so that none drips for ever; default an hour. */
  fileMilliseconds?: number | undefined;
}

class WriteFailure extends Error {}

async function writing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new WriteFailure((cause as Error).message, { cause });
  }
}

/** Fetches one file from one mirror to `path`, through a file beside it that is gone again if anything fails. */
async function fetchTo(path: string, file: RemoteFile, mirror: string, options: DownloadOptions): Promise<void> {
  const partial = `${path}.${randomUUID()}.part`;
  const handle = await writing(open(partial, 'wx'));
  try {
    const hash = createHash('md5');
    let received = 0;
    const report = () => options.onProgress?.({ file: file.name, mirror, received, total: file.bytes });
    report();
    await requestBytes(
      mirror + file.name,
      file.bytes,
      async (piece) => {
        hash.update(piece);
        await writing(handle.writeFile(piece));
        received += piece.length;
        report();
      },
      {
        connectMilliseconds: options.connectMilliseconds ?? 10_000,
        stallMilliseconds: options.stallMilliseconds ?? 20_000,
        totalMilliseconds: options.fileMilliseconds ?? 3_600_000,
        signal: options.signal,
      },
    );
    const md5 = hash.digest('hex');
    if (md5 !== file.md5) throw new RequestFailure(`sent wrong content (MD5 ${md5}, expected ${file.md5})`);
    await writing(handle.sync());
    await handle.close();
    await writing(rename(partial, path));
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

/**
 * Downloads files into a directory, which is created if need be, and removed again if nothing came to lie in it. Each
 * is verified before it takes its name, so that a file of that name is never half-written and never another one's.
 *
 * Mirrors are asked over https, as are those that they redirect to; over http only this machine is. They are tried in order; one that failed is not asked for the files that follow.
 *
 * @returns the mirrors that delivered, in the order first used
 * @throws DataError `download` if no mirror delivers a file, `unwritable` if it cannot be stored;
 *         the signal's reason if it was aborted
 */
export async function downloadFiles(
  directory: string,
  files: readonly RemoteFile[],
  options: DownloadOptions,
): Promise<string[]> {
  const failures: string[] = [];
  const used = new Set<string>();
  let mirrors = [...options.mirrors];
  let made: string | undefined;
  try {
    made = await writing(makeFolder(directory));
    for (const file of files) {
      let stored = false;
      for (const mirror of [...mirrors]) {
        try {
          await fetchTo(join(directory, file.name), file, mirror, options);
          used.add(mirror);
          stored = true;
          break;
        } catch (error) {
          if (!(error instanceof RequestFailure)) throw error;
          failures.push(`${mirror}${file.name}: ${error.message}`);
          mirrors = mirrors.filter((other) => other !== mirror);
        }
      }
      if (!stored) {
        const reasons = failures.length > 0 ? failures.map((line) => `\n  ${line}`).join('') : ' no mirror is known';
        throw new DataError('download', `${file.name} could not be downloaded:${reasons}`);
      }
    }
  } catch (error) {
    if (made !== undefined) await removeEmpty(directory, made);
    if (!(error instanceof WriteFailure)) throw error;
    throw new DataError('unwritable', `${directory} cannot be written: ${error.message}.`, { cause: error });
  }
  return [...used];
}

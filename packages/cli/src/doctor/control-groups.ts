import { readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { controlGroupFolders } from '@weft/pool';

/** More than any machine has: version 1 writes about 2^63 where there is no limit. */
const NO_LIMIT = 2 ** 60;

/**
 * Bytes of memory that Linux's control groups, version 1 or 2, leave to this process; undefined where they set no
 * limit, and on other systems.
 *
 * @param root where the file system begins
 */
export function memoryLimit(root = '/'): number | undefined {
  const limits = controlGroupFolders(root)
    .flatMap((folder) => ['memory.max', 'memory.limit_in_bytes'].map((name) => numberOf(join(folder, name))))
    .filter((limit) => limit > 0 && limit < NO_LIMIT);
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

function numberOf(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return Number.NaN;
  }
}

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path/posix';

/** More than any machine has. */
const NO_LIMIT = 2 ** 30;

/** More threads than a pool takes are a slip. */
export const MOST_THREADS = 1024;

/**
 * Threads that a pool has by default: what the environment variable `WEFT_THREADS` says, or else as many as can compute
 * at once. Those are as many as the system schedules this process on, and no more than the control groups of a
 * container grant time for. More would wait for each other.
 *
 * @param root        where the file system begins
 * @param parallelism processors that this process may be scheduled on
 * @param environment environment variables
 * @returns a whole number of at least 1
 * @throws RangeError if `WEFT_THREADS` is set, and is not a whole number from 1 to 1024
 * @example
 * availableThreads('/', 8, { WEFT_THREADS: '3' }); // 3
 */
export function availableThreads(
  root = '/',
  parallelism = availableParallelism(),
  environment: Readonly<Record<string, string | undefined>> = process.env,
): number {
  const wanted = environment.WEFT_THREADS ?? '';
  if (wanted !== '') return threadsIn(wanted);
  // Less than a processor is one thread still.
  return Math.max(1, Math.min(parallelism, Math.ceil(processorQuota(root) ?? parallelism)));
}

function threadsIn(text: string): number {
  const threads = Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new RangeError(
    `The environment variable WEFT_THREADS is '${text}'; expected a whole number from 1 to ${MOST_THREADS}. Correct or unset it.`,
  );
}

/**
 * Processors' worth of time that Linux's control groups, version 1 or 2, grant this process; undefined where they set
 * no limit, and on other systems. Of groups that lie in each other the least quota counts.
 *
 * @param root where the file system begins
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html and https://docs.kernel.org/scheduler/sched-bwc.html
 * @example
 * const quota = processorQuota(); // such as 1.5 in a container
 * quota === undefined || quota > 0; // true
 */
export function processorQuota(root = '/'): number | undefined {
  const quotas = controlGroupFolders(root).flatMap((folder) => {
    // Without a limit version 2 writes `max` and version 1 writes -1.
    const [quota, period] = textOf(join(folder, 'cpu.max')).split(' ');
    const [oldQuota, oldPeriod] = ['quota', 'period'].map((what) => textOf(join(folder, `cpu.cfs_${what}_us`)));
    return [Number(quota) / Number(period), Number(oldQuota) / Number(oldPeriod)];
  });
  const limits = quotas.filter((quota) => quota > 0 && quota < NO_LIMIT);
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

/**
 * Folders of the control groups that limit this process: its own and those they lie in. Some may not be there.
 *
 * @param root where the file system begins
 * @example
 * controlGroupFolders('/no/such/root'); // []
 */
export function controlGroupFolders(root = '/'): readonly string[] {
  const folders = new Set<string>();
  for (const line of textOf(join(root, 'proc/self/cgroup')).split('\n')) {
    const [, number, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    // Version 2 has the number 0, and a folder of its own where version 1 is there as well.
    const names = number === '0' ? ['', 'unified'] : [controllers, ...controllers.split(',')];
    for (const mount of names.map((name) => join(root, 'sys/fs/cgroup', name))) {
      // In a container the group's own folder may be out of sight: then what is mounted is the group.
      folders.add(mount);
      for (let at = join(mount, path); at.startsWith(`${mount}/`); at = dirname(at)) folders.add(at);
    }
  }
  return [...folders];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

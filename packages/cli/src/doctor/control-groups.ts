import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';

/** What the system's control groups, by which containers are limited, leave to this process. */
export interface ControlGroupLimits {
  /** Processors' worth of time; undefined if there is no limit. */
  readonly processors: number | undefined;
  readonly memoryBytes: number | undefined;
}

/** More than any machine has: version 1 writes about 2^63 where there is no limit. */
const NO_LIMIT = 2 ** 60;

/**
 * The limits of Linux's control groups, version 1 or 2; none on other systems.
 *
 * @param root where the file system begins
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
export function controlGroupLimits(root = '/'): ControlGroupLimits {
  const lines = (textOf(join(root, 'proc/self/cgroup')) ?? '').trim().split('\n');
  const processors: number[] = [];
  const memory: number[] = [];
  for (const line of lines) {
    const [, number, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const names = number === '0' ? [''] : controllers.split(',');
    const mounts = [...names, controllers].map((name) => join(root, 'sys/fs/cgroup', name));
    for (const folder of mounts.flatMap((mount) => foldersUpTo(mount, path))) {
      const [quota, period] = (textOf(join(folder, 'cpu.max')) ?? '').split(' ').map(Number);
      processors.push(quota / period);
      const [oldQuota, oldPeriod] = ['quota', 'period'].map((what) => numberOf(join(folder, `cpu.cfs_${what}_us`)));
      if (oldQuota > 0) processors.push(oldQuota / oldPeriod);
      memory.push(numberOf(join(folder, 'memory.max')), numberOf(join(folder, 'memory.limit_in_bytes')));
    }
  }
  return { processors: smallest(processors), memoryBytes: smallest(memory) };
}

/** A group is limited by those it lies in, too. In a container its own may be out of sight: then the mount is it. */
function foldersUpTo(mount: string, path: string): string[] {
  const folders = [mount];
  for (let folder = join(mount, path); folder.startsWith(`${mount}/`); folder = dirname(folder)) folders.push(folder);
  return folders;
}

function smallest(limits: readonly number[]): number | undefined {
  const real = limits.filter((limit) => limit > 0 && limit < NO_LIMIT);
  return real.length > 0 ? Math.min(...real) : undefined;
}

const numberOf = (path: string) => Number(textOf(path) ?? Number.NaN);

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

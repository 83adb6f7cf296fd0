import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { availableThreads, processorQuota } from './available-threads.js';
import { WorkerPool } from './pool.js';

const temporary = mkdtempSync(join(tmpdir(), 'weft-threads-'));
afterAll(() => rmSync(temporary, { recursive: true }));

let systems = 0;

/** A file system with these files; returns where it begins. */
function system(files: Readonly<Record<string, string>>): string {
  const root = join(temporary, String(systems++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Files of groups that lie in each other, and of one beside each that is none of this process's. */
type Layout = (groups: readonly Group[]) => Record<string, string>;

/** What one group has: no limit, or microseconds of time in a period. */
type Group = { readonly quota: number | undefined; readonly period: number };

const pathOf = (depth: number) => Array.from({ length: depth }, (_, level) => `/group-${level}`).join('');

const version2: Layout = (groups) =>
  Object.fromEntries([
    ['proc/self/cgroup', `0::${pathOf(groups.length)}\n`],
    ...groups.flatMap(({ quota = 'max', period }, level) => [
      [`sys/fs/cgroup${pathOf(level + 1)}/cpu.max`, `${quota} ${period}\n`],
      [`sys/fs/cgroup${pathOf(level)}/other/cpu.max`, '1000 100000\n'],
    ]),
  ]);

const version1: Layout = (groups) =>
  Object.fromEntries([
    ['proc/self/cgroup', `7:memory:/elsewhere\n3:cpu,cpuacct:${pathOf(groups.length)}\n0::/\n`],
    ...groups.flatMap(({ quota = -1, period }, level) => [
      [`sys/fs/cgroup/cpu,cpuacct${pathOf(level + 1)}/cpu.cfs_quota_us`, `${quota}\n`],
      [`sys/fs/cgroup/cpu,cpuacct${pathOf(level + 1)}/cpu.cfs_period_us`, `${period}\n`],
      [`sys/fs/cgroup/cpu,cpuacct${pathOf(level)}/other/cpu.cfs_quota_us`, '1000\n'],
      [`sys/fs/cgroup/cpu,cpuacct${pathOf(level)}/other/cpu.cfs_period_us`, '100000\n'],
    ]),
  ]);

const groups = fc.array(
  fc.record({
    quota: fc.option(fc.integer({ min: 1000, max: 2_000_000 }), { nil: undefined }),
    period: fc.integer({ min: 1000, max: 1_000_000 }),
  }),
  { minLength: 1, maxLength: 4 },
);

describe('availableThreads', () => {
  it.each([
    ['2', version2],
    ['1', version1],
  ])(
    'is the least quota on the way to the own group in version %s, rounded up, and at most the processors',
    (_, layout) => {
      fc.assert(
        fc.property(groups, fc.integer({ min: 1, max: 64 }), (path, processors) => {
          const root = system(layout(path));
          const limits = path.flatMap(({ quota, period }) => (quota === undefined ? [] : [quota / period]));
          expect(processorQuota(root)).toBe(limits.length > 0 ? Math.min(...limits) : undefined);
          const threads = availableThreads(root, processors, {});
          const granted = Math.min(processors, ...limits);
          expect(Number.isInteger(threads)).toBe(true);
          expect(threads).toBeGreaterThanOrEqual(granted);
          expect(threads).toBeLessThan(granted + 1);
        }),
        { numRuns: 50 },
      );
    },
  );

  it.each<[string, Record<string, string>, number]>([
    ['`docker run --cpus 2`', { 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '200000 100000\n' }, 2],
    [
      'a container of version 1 that sees its own group as the root',
      {
        'proc/self/cgroup': '4:cpu,cpuacct:/docker/1234\n',
        'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '250000\n',
        'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      },
      3,
    ],
    [
      'both versions at once',
      { 'proc/self/cgroup': '1:cpu:/\n0::/user\n', 'sys/fs/cgroup/unified/user/cpu.max': '50000 100000\n' },
      1,
    ],
    ['a path out of sight', { 'proc/self/cgroup': '0::/../..\n', 'sys/fs/cgroup/cpu.max': '400000 100000\n' }, 4],
    ['no limit', { 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': 'max 100000\n' }, 64],
    ['no control groups', {}, 64],
    ['files that make no sense', { 'proc/self/cgroup': '0::/\n::\nx', 'sys/fs/cgroup/cpu.max': '0 0\n' }, 64],
  ])('of 64 processors takes with %s its share', (_, files, threads) => {
    expect(availableThreads(system(files), 64, {})).toBe(threads);
  });

  it('is what WEFT_THREADS says, however many processors there are', () => {
    for (const threads of [1, 3, 1024])
      expect(availableThreads('/', 2, { WEFT_THREADS: String(threads) })).toBe(threads);
    expect(availableThreads(system({}), 2, { WEFT_THREADS: '' })).toBe(2);
  });

  it.each(['0', '1025', '1.5', '-1', 'all', 'NaN'])('refuses %s as WEFT_THREADS', (text) => {
    expect(() => availableThreads('/', 2, { WEFT_THREADS: text })).toThrow(
      `The environment variable WEFT_THREADS is '${text}'; expected a whole number from 1 to 1024.`,
    );
  });

  it('is what a pool starts', async () => {
    for (const wanted of ['', '3']) {
      vi.stubEnv('WEFT_THREADS', wanted);
      const pool = await WorkerPool.create();
      await pool.close();
      expect(pool.threads).toBe(availableThreads());
      expect(pool.threads).toBe(wanted ? 3 : Math.min(availableParallelism(), pool.threads));
    }
    vi.unstubAllEnvs();
  });
});

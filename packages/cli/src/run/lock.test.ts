import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OutputError } from '../exit.js';
import { Lock } from './lock.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-lock-'));
  path = join(folder, 'run.lock');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a lock', () => {
  test('is held by one at a time, who can give it back', async () => {
    const lock = await Lock.take(path, 'run');
    await expect(Lock.take(path, 'run')).rejects.toThrow(`run is in use by another weft, process ${process.pid}.`);
    lock.free();
    expect(await readdir(folder)).toEqual([]);
    (await Lock.take(path, 'run')).free();
  });

  test('that many want is had by one of them', async () => {
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => Lock.take(path, 'run')));
    const locks = taken.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(locks).toHaveLength(1);
    locks[0].free();
  });

  test('whose process is gone is taken over, by one of many', async () => {
    const own = await Lock.take(path, 'run');
    const holder = JSON.parse(await readFile(path, 'utf8'));
    own.free();
    const stale = [
      // No process has this number.
      { ...holder, pid: 2 ** 22 + 1 },
      // These stand for groups of processes.
      ...[0, -1].map((pid) => ({ ...holder, pid, begin: '' })),
      // Another process had this one's number before.
      ...(holder.begin ? [{ ...holder, begin: 'an earlier one' }] : []),
    ].map((gone) => JSON.stringify(gone));
    // Written half by a file system without links.
    for (const text of [...stale, '', '{"pid":', 'null']) {
      await writeFile(path, text);
      const taken = await Promise.allSettled(Array.from({ length: 10 }, () => Lock.take(path, 'run')));
      const locks = taken.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      expect(locks).toHaveLength(1);
      locks[0].free();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  test('of another machine is not: who can tell from here whether its process is gone', async () => {
    await writeFile(path, JSON.stringify({ pid: 1, host: `not-${hostname()}`, begin: '' }));
    const refused = Lock.take(path, 'run');
    await expect(refused).rejects.toBeInstanceOf(OutputError);
    await expect(refused).rejects.toThrow(`in use by process 1 on not-${hostname()}`);
    await expect(refused).rejects.toThrow(`delete ${path}`);
    expect(existsSync(path)).toBe(true);
  });

  test('that was taken from its holder is not given back by them', async () => {
    const lock = await Lock.take(path, 'run');
    await writeFile(path, 'of another');
    lock.free();
    expect(await readFile(path, 'utf8')).toBe('of another');
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterError } from '../errors.js';
import { DataIndex } from './data-index.js';
import { ObjectCache } from './object-cache.js';
import { fetchObject } from './object-source.js';
import { memoryObjects, type ObjectStore, requireHash, sha256Of } from './object-store.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytesOf = (length: number, seed = 0) => Uint8Array.from({ length }, (_, at) => (at * 7 + seed) % 256);
const PATHS = [
  '',
  '..',
  '../../etc/passwd',
  '/etc/passwd',
  'a'.repeat(63),
  'A'.repeat(64),
  `${'a'.repeat(64)}/..`,
  '\0',
];

describe('an object', () => {
  it('has a SHA-256 for a name, and no path is one', async () => {
    const cache = new ObjectCache(folder);
    const index = await DataIndex.open(folder);
    for (const path of PATHS) {
      expect(() => requireHash(path)).toThrow(ClusterError);
      await expect(cache.get(path)).rejects.toThrow(ClusterError);
      await expect(index.find(path, 1)).rejects.toThrow(ClusterError);
      await expect(memoryObjects().get(path, 1)).rejects.toThrow(ClusterError);
    }
    fc.assert(fc.property(fc.string(), (text) => /^[0-9a-f]{64}$/.test(text) || throws(() => requireHash(text))));
  });

  it('is taken from the files, then from the cache, then from the server', async () => {
    const server = memoryObjects();
    const asked: string[] = [];
    const store: ObjectStore = {
      ...server,
      get: (hash, bytes) => {
        asked.push(hash);
        return server.get(hash, bytes);
      },
    };
    const [mine, other] = [bytesOf(100), bytesOf(100, 1)];
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data', 'mine.bin'), mine);
    await store.put(other);
    const index = await DataIndex.open(join(folder, 'data'));
    const sources = { index, cache: new ObjectCache(join(folder, 'cache')), store };
    const fetched = async (bytes: Uint8Array) => {
      const found = await fetchObject(sources, sha256Of(bytes), bytes.length);
      expect([...found.bytes]).toEqual([...bytes]);
      return found.foundIn;
    };
    expect([await fetched(mine), await fetched(other), await fetched(other)]).toEqual(['files', 'server', 'cache']);
    expect(asked).toEqual([sha256Of(other)]);
    await expect(fetchObject(sources, sha256Of(bytesOf(9)), 9)).rejects.toMatchObject({ code: 'missing' });
    await expect(fetchObject({ ...sources, mostBytes: 99 }, sha256Of(mine), 100)).rejects.toThrow('at most 99');
  });
});

describe('a cache', () => {
  it('gives what it was given, and drops what was damaged since', async () => {
    const cache = new ObjectCache(join(folder, 'not', 'yet'));
    const bytes = bytesOf(1000);
    expect(await cache.get(sha256Of(bytes))).toBeUndefined();
    await cache.put(bytes);
    await cache.put(bytes);
    expect([...(await cache.get(sha256Of(bytes)))!]).toEqual([...bytes]);
    expect(await readdir(join(folder, 'not', 'yet'))).toEqual([sha256Of(bytes)]);
    await writeFile(join(folder, 'not', 'yet', sha256Of(bytes)), bytesOf(1000, 1));
    expect(await cache.get(sha256Of(bytes))).toBeUndefined();
    expect(await readdir(join(folder, 'not', 'yet'))).toEqual([]);
  });

  it('holds no more than it may: what was used least recently goes first', async () => {
    const cache = new ObjectCache(folder, 2500);
    const objects = [0, 1, 2].map((seed) => bytesOf(1000, seed));
    const [first, second, third] = objects.map(sha256Of);
    await cache.put(objects[0]);
    await cache.put(objects[1]);
    for (const [at, name] of [first, second].entries()) await utimes(join(folder, name), at + 1, at + 1);
    await cache.get(first);
    await cache.put(objects[2]);
    expect((await readdir(folder)).sort()).toEqual([first, third].sort());
    await cache.put(bytesOf(2501));
    expect((await readdir(folder)).sort()).toEqual([first, third].sort());
  });
});

describe('files below a data root', () => {
  const idx = (values: Uint8Array) =>
    Uint8Array.from([0, 0, 8, 1, 0, 0, values.length >> 8, values.length & 255, ...values]);
  const npy = (values: Uint8Array) => {
    const header = `${"{'descr': '|u1', 'fortran_order': False, 'shape': (100,), }".padEnd(117)}\n`;
    return Uint8Array.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0, ...Buffer.from(header), ...values]);
  };

  it.each([
    ['whole', (values: Uint8Array) => values],
    ['in an IDX file', idx],
    ['in an .npy file', npy],
    ['in a gzipped IDX file', (values: Uint8Array) => gzipSync(idx(values))],
    ['gzipped', (values: Uint8Array) => gzipSync(values)],
  ])('are found by what they hold: %s', async (_, write) => {
    const values = bytesOf(100, 3);
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    await writeFile(join(folder, 'a', 'b', 'train-images'), write(values));
    await writeFile(join(folder, 'noise'), write(bytesOf(100, 4)));
    const index = await DataIndex.open(folder);
    expect(index.count).toBe(2);
    for (let time = 0; time < 2; time++) {
      expect([...(await index.find(sha256Of(values), 100))!]).toEqual([...values]);
      expect(await index.find(sha256Of(bytesOf(100, 5)), 100)).toBeUndefined();
      expect(await index.find(sha256Of(values), 99)).toBeUndefined();
    }
  });

  it.skipIf(process.platform === 'win32')('are never found through a link, also one that replaced a file', async () => {
    const secret = bytesOf(100, 7);
    const root = join(folder, 'root');
    await mkdir(join(folder, 'outside'));
    await mkdir(root);
    await writeFile(join(folder, 'outside', 'secret'), secret);
    await symlink(join(folder, 'outside', 'secret'), join(root, 'link'));
    await symlink(join(folder, 'outside'), join(root, 'folder'));
    await writeFile(join(root, 'file'), bytesOf(100, 8));
    const index = await DataIndex.open(root);
    expect(index.count).toBe(1);
    await rm(join(root, 'file'));
    await symlink(join(folder, 'outside', 'secret'), join(root, 'file'));
    expect(await index.find(sha256Of(secret), 100)).toBeUndefined();
    expect(await readFile(join(root, 'file'))).toHaveLength(100);
  });

  it('are bounded in number, in depth and in what they unpack to', async () => {
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    for (const name of ['one', 'two', 'a/three', 'a/b/four']) await writeFile(join(folder, name), name);
    expect((await DataIndex.open(folder, { mostFiles: 2 })).count).toBe(2);
    expect((await DataIndex.open(folder, { mostDepth: 1 })).count).toBe(3);
    const bomb = gzipSync(new Uint8Array(2 ** 24));
    await writeFile(join(folder, 'bomb'), bomb);
    const index = await DataIndex.open(folder);
    expect(await index.find(sha256Of(new Uint8Array(2 ** 24)), 2 ** 20)).toBeUndefined();
  });

  it('must be in a folder that is there', async () => {
    await expect(DataIndex.open(join(folder, 'none'))).rejects.toThrow('--data-root: the folder');
  });
});

function throws(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (error) {
    return error instanceof ClusterError;
  }
}

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolders } from '../index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-folders-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('folders are made with those they lie in, and the outermost that is new is named', async () => {
  expect(await makeFolders(join(folder, 'a', 'b', 'c'))).toBe(join(folder, 'a'));
  expect(await readdir(folder, { recursive: true })).toEqual(['a', join('a', 'b'), join('a', 'b', 'c')]);
  expect(await makeFolders(join(folder, 'a', 'b'))).toBeUndefined();
});

test('none is left of those that were made if the last cannot be made', async () => {
  await mkdir(join(folder, 'mine'));
  await writeFile(join(folder, 'mine', 'file'), '');
  for (const path of [join('new', 'sub', 'x'.repeat(300)), join('new', 'a\0b'), join('mine', 'file', 'below')]) {
    await expect(makeFolders(join(folder, path))).rejects.toThrow();
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['mine', join('mine', 'file')]);
  }
});

test.skipIf(process.platform !== 'linux')('where the system makes none, that is said', async () => {
  await expect(makeFolders('/proc/weft/run')).rejects.toThrow('ENOENT');
});

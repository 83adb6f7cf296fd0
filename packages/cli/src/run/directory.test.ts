import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutputError } from '../exit.js';
import { callersFolder, defaultRunPath, RunDirectory, shownPath } from './directory.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-directory-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('RunDirectory', () => {
  test('goes again without a trace if nothing was written, with the folders that were made for it', async () => {
    const directory = await RunDirectory.open(join(folder, 'a', 'b', 'c'));
    expect(existsSync(directory.path)).toBe(true);
    await directory.close();
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  test('stays if it was there before, or something is in it', async () => {
    await mkdir(join(folder, 'mine'));
    await (await RunDirectory.open(join(folder, 'mine'))).close();
    expect(existsSync(join(folder, 'mine'))).toBe(true);
    const other = await RunDirectory.open(join(folder, 'x', 'y'));
    await other.write('figures/figure-1.svg', '<svg/>');
    await other.close();
    expect(await readFile(other.file('figures', 'figure-1.svg'), 'utf8')).toBe('<svg/>');
  });

  test('takes away what an earlier run has left, and leaves what is not ours', async () => {
    const directory = await RunDirectory.open(join(folder, 'again'));
    for (const name of ['run.json', 'cae.safetensors', 'figures/figure-8.png', 'checkpoints/cae-best.safetensors']) {
      await directory.write(name, 'old');
    }
    await directory.write('notes.txt', 'mine');
    await directory.write('figures/mine.svg', 'mine');
    expect(directory.holdsRun).toBe(true);
    await directory.write('checkpoints/cae-step-00000012.safetensors', 'old');
    await directory.write(`cdae.safetensors.${randomUUID()}.tmp`, 'half-written');
    expect(directory.isBegun).toBe(false);
    await directory.begin({ seed: 1 });
    expect(directory.holdsRun).toBe(false);
    expect((await readdir(directory.path, { recursive: true })).sort()).toEqual(
      ['figures', join('figures', 'mine.svg'), 'notes.txt', 'options.json', 'run.lock'].sort(),
    );
    expect(directory.isBegun).toBe(true);
    await directory.close();
    expect(existsSync(directory.file('run.lock'))).toBe(false);
  });

  test.skipIf(process.platform === 'win32')('writes and removes nothing in folders that links lead to', async () => {
    for (const name of ['checkpoints', 'figures']) {
      const [elsewhere, run] = [join(folder, `${name}-elsewhere`), join(folder, `${name}-run`)];
      await mkdir(elsewhere);
      await mkdir(run);
      await writeFile(join(elsewhere, 'figure-1.svg'), 'mine');
      await symlink(elsewhere, join(run, name));
      await expect(RunDirectory.open(run)).rejects.toThrow(`${name} in it is a link, which leads elsewhere`);
      expect(await readdir(elsewhere)).toEqual(['figure-1.svg']);
      expect(await readdir(run)).toEqual([name]);
    }
  });

  test('refuses a path that cannot be a folder', async () => {
    await writeFile(join(folder, 'file'), 'mine');
    await expect(RunDirectory.open(join(folder, 'file', 'run'))).rejects.toBeInstanceOf(OutputError);
    await expect(RunDirectory.open(join(folder, 'file'))).rejects.toBeInstanceOf(OutputError);
  });
});

describe('the folder of the caller', () => {
  test('is where pnpm was called for a script of ours, else where the command was', () => {
    const ours = { npm_package_name: 'weft', npm_lifecycle_event: 'train', INIT_CWD: folder };
    expect(callersFolder(ours)).toBe(folder);
    expect(callersFolder({ ...ours, npm_lifecycle_event: 'test' })).toBe(process.cwd());
    expect(callersFolder({ ...ours, npm_package_name: 'theirs' })).toBe(process.cwd());
    expect(callersFolder({})).toBe(process.cwd());
  });

  test('is left out of paths within it only', () => {
    expect(shownPath(join(folder, 'a', 'b'), folder)).toBe(join('a', 'b'));
    expect(shownPath(resolve(folder, '..', 'b'), folder)).toBe(resolve(folder, '..', 'b'));
    expect(shownPath(folder, folder)).toBe(folder);
  });
});

test('the default folder tells when the run began and what it trained', () => {
  expect(defaultRunPath('all', new Date(Date.UTC(2001, 1, 3, 4, 5, 6)))).toBe(
    join('reports', 'runs', '2001-02-03T040506Z-all'),
  );
});

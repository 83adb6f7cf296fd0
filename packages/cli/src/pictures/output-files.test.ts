import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutputFiles, resultNames } from './output-files.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-out-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('names of results', () => {
  test('have another ending; where two would be one, both keep theirs', () => {
    const names = resultNames(['a/b.jpg', 'a/c.jpg', 'a/c.png', 'a/C.tif', 'd.e.png', '.f', 'b']);
    expect(Object.fromEntries(names)).toEqual({
      'a/b.jpg': 'a/b',
      'a/c.jpg': 'a/c.jpg',
      'a/c.png': 'a/c.png',
      'a/C.tif': 'a/C.tif',
      'd.e.png': 'd.e',
      '.f': '.f',
      b: 'b',
    });
  });

  test('are all different, also to a system that does not tell capitals apart, and stay in their folder', () => {
    const name = fc.stringMatching(/^[aA]{1,2}(\.(png|jpg|noisy)){0,3}$/);
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 30 }), (paths) => {
        const endings = ['.png', '.noisy.png'];
        const names = resultNames(paths, endings);
        expect([...names.keys()].sort()).toEqual([...paths].sort());
        const files = [...names.values()].flatMap((stem) => endings.map((ending) => (stem + ending).toLowerCase()));
        expect(new Set(files).size).toBe(files.length);
        for (const [from, to] of names) expect(to.split('/').slice(0, -1)).toEqual(from.split('/').slice(0, -1));
      }),
      { numRuns: 300 },
    );
  });
});

describe('files', () => {
  const plan = (names: readonly string[], options: { overwrite?: boolean; inputs?: readonly string[] } = {}) =>
    OutputFiles.plan(join(folder, 'out'), names, { overwrite: false, ...options });

  test('are written with their folders, and replace what is there only if that was allowed', async () => {
    const name = 'a/..b/c.png';
    await (await plan([name])).write(name, 'first');
    await expect(plan([name])).rejects.toThrow('would replace what is there. Choose another OUT, or give --overwrite.');
    await (await plan([name], { overwrite: true })).write(name, 'second');
    expect(await readFile(join(folder, 'out', name), 'utf8')).toBe('second');
    expect(await readdir(join(folder, 'out/a/..b'))).toEqual(['c.png']);
  });

  test('never replace a picture that is read, also through a link to its folder', async () => {
    await mkdir(join(folder, 'in'));
    await writeFile(join(folder, 'in/p.png'), 'original');
    await symlink(join(folder, 'in'), join(folder, 'link'));
    const inputs = [join(folder, 'in/p.png')];
    const planned = OutputFiles.plan(join(folder, 'link'), ['p.png'], { overwrite: true, inputs });
    await expect(planned).rejects.toThrow('is one of the files that are read');
  });

  test('are not written elsewhere through a link in the folder', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await mkdir(join(folder, 'out'), { recursive: true });
    await symlink(join(folder, 'elsewhere'), join(folder, 'out/sub'));
    const files = await plan(['sub/p.png']);
    await expect(files.write('sub/p.png', 'x')).rejects.toThrow('is a link, which leads elsewhere');
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
  });

  test('a link at a file itself is replaced, and what it leads to stays', async () => {
    await writeFile(join(folder, 'elsewhere.png'), 'kept');
    await symlink(join(folder, 'elsewhere.png'), join(folder, 'out/q.png'));
    await expect(plan(['q.png'])).rejects.toThrow('--overwrite');
    await (await plan(['q.png'], { overwrite: true })).write('q.png', 'new');
    expect(await readFile(join(folder, 'elsewhere.png'), 'utf8')).toBe('kept');
    expect(await readFile(join(folder, 'out/q.png'), 'utf8')).toBe('new');
  });

  test('a file where the folder should be is named', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(OutputFiles.plan(join(folder, 'file'), [], { overwrite: false })).rejects.toThrow('is a file');
    await expect(OutputFiles.plan(join(folder, 'file/sub'), ['a'], { overwrite: false })).rejects.toThrow();
  });
});

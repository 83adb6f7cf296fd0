import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FASHION_MNIST_FILES, writeIdx } from '@weft/data';
import { encodeModel } from '@weft/formats';
import { convAutoencoder } from '@weft/models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const synthetic = ['train', '--dataset', 'synthetic'];

describe('wrong usage exits with 2 and says what was got, what was expected and what to do', () => {
  test.each([
    ['an unknown option', ['train', '--epochz', '3'], ['--epochz', '--epochs', '--help']],
    ['epochs 0', ['train', '--epochs', '0'], ["got '0'", 'a whole number from 1', '--epochs 20']],
    ['epochs NaN', ['train', '--epochs', 'NaN'], ["got 'NaN'", 'a whole number from 1', '--epochs 20']],
    [
      'a limit that cannot be split',
      [...synthetic, '--limit', '1'],
      ['--limit: got 1', 'larger', '--validation-split 0'],
    ],
    [
      'a split that leaves nothing',
      [...synthetic, '--limit', '4', '--validation-split', '0.9'],
      ['--validation-split: got 0.9', '4 training images', 'a larger --limit'],
    ],
    ['an argument too many', ['train', 'foo'], ["got 'foo'", 'no arguments']],
    ['an argument too few', ['evaluate'], ['got none', 'one argument']],
    ['an unknown command', ['trian'], ["'trian'", 'weft train']],
  ])('%s', async (_, args, parts) => {
    const { code, stdout, stderr } = await weft(args, { cwd: folder.path });
    for (const part of parts) expect(stderr).toContain(part);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('no command: the help, on stderr', async () => {
    const { code, stdout, stderr } = await weft([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('weft train');
  });
});

describe('data that are missing or damaged exit with 3', () => {
  /** A folder with four files, each of the size that it should have. */
  async function dataFolder(content: (name: string, bytes: number) => Uint8Array) {
    const data = await temporaryFolder();
    for (const { name, bytes } of Object.values(FASHION_MNIST_FILES)) {
      await writeFile(join(data.path, name), content(name, bytes));
    }
    return data;
  }

  test.each([
    ['cut short', () => new Uint8Array(1000), '1000 bytes'],
    ['altered', (_: string, bytes: number) => new Uint8Array(bytes), 'MD5'],
    [
      'IDX of another shape',
      () => writeIdx({ type: 'uint8', shape: [2, 3, 4], data: new Uint8Array(24) }),
      'expected 26421880',
    ],
  ])('files that are %s, also for auto, which never falls back on a damaged file', async (_, content, part) => {
    const data = await dataFolder(content);
    try {
      for (const dataset of ['auto', 'fashion-mnist']) {
        const out = join(data.path, 'run');
        const { code, stdout, stderr } = await weft(['train', '--dataset', dataset, '--out', out], {
          environment: { WEFT_DATA_DIR: data.path },
        });
        expect(stderr).toContain('train-images-idx3-ubyte.gz is damaged');
        expect(stderr).toContain(part);
        expect(stderr).toContain('Delete it');
        expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
        expect(await readdir(data.path)).not.toContain('run');
      }
    } finally {
      await data.remove();
    }
  });

  test.each([['evaluate'], ['report']])('a path that %s does not find', async (command) => {
    const { code, stderr } = await weft([command, 'nowhere']);
    expect(stderr).toContain('nowhere cannot be read');
    expect(code).toBe(3);
  });

  test('a safetensors file cut short at any place', async () => {
    const bytes = encodeModel(convAutoencoder().model);
    for (const length of [4, 1000, bytes.length - 1]) {
      const path = join(folder.path, 'cut.safetensors');
      await writeFile(path, bytes.subarray(0, length));
      const { code, stdout, stderr } = await weft(['evaluate', path]);
      expect(stderr).toContain('cut.safetensors: the file is cut short');
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    }
  });

  test('a model for images of another shape', async () => {
    const path = join(folder.path, 'colour.safetensors');
    await writeFile(path, encodeModel(convAutoencoder({ height: 32, width: 32, channels: 3 }).model));
    const args = ['evaluate', path, '--dataset', 'synthetic', '--test-limit', '10'];
    const { code, stdout, stderr } = await weft(args);
    expect(stderr).toContain('The model takes images of 32 x 32 pixels, but synthetic garments');
    expect(stderr).toMatch(/has 28 x 28\. The model takes images of 3 channels, but .* has 1 channel\./);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });

  test('a run.json that is none', async () => {
    const run = await temporaryFolder();
    await writeFile(join(run.path, 'run.json'), '{"formatVersion": 1}');
    const { code, stderr } = await weft(['report', run.path]);
    expect(stderr).toContain("run.json is not a run's record");
    expect(code).toBe(3);
    await run.remove();
  });
});

describe('an output folder that cannot be written exits with 1, before anything is trained', () => {
  test.each([
    ['below a file', 'file/run'],
    ['that is a file', 'file'],
    // A recursive mkdir of Node 20 never returns there.
    ...(process.platform === 'linux' ? [['that the system does not make', '/proc/weft']] : []),
  ])('%s', async (_, name) => {
    const path = join(folder.path, 'file');
    await writeFile(path, 'mine');
    const { code, stdout, stderr } = await weft([...synthetic, '--limit', '400', '--out', resolve(folder.path, name)]);
    expect(stderr).toContain('cannot be written');
    expect(stderr).toContain('--out DIR');
    expect(stderr).not.toContain('images to train on');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });
});

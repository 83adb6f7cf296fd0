import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { DataError } from '../src/errors.js';
import { FASHION_MNIST_FILES } from '../src/fashion-mnist/files.js';
import { loadFashionMnist } from '../src/fashion-mnist/load.js';
import { writeIdx } from '../src/idx/write.js';
import { type Contents, md5Of, smallFiles, store, temporaryDirectory } from './fixture.js';

async function refusal(changes: Partial<Contents>, spoil?: (directory: string) => Promise<void>): Promise<DataError> {
  const { files, contents } = smallFiles(changes);
  const directory = await temporaryDirectory();
  await store(directory, contents);
  await spoil?.(directory);
  const error = await loadFashionMnist({ directories: [directory], download: false, files }).catch((reason) => reason);
  expect(error).toBeInstanceOf(DataError);
  return error;
}

describe('loadFashionMnist', () => {
  it('reads the first folder that has all four files', async () => {
    const { files, contents } = smallFiles();
    const [empty, partial, full] = [await temporaryDirectory(), await temporaryDirectory(), await temporaryDirectory()];
    await store(partial, new Map([...contents].slice(1)));
    await store(full, contents);
    const directories = [join(empty, 'missing'), empty, partial, full];
    const data = await loadFashionMnist({ directories, download: false, files });
    expect(data).toMatchObject({ name: 'fashion-mnist', synthetic: false, origin: `read from ${full}` });
    expect(data.train).toMatchObject({ count: 3, height: 28, width: 28, channels: 1 });
    expect(data.test).toMatchObject({ count: 2, height: 28, width: 28, channels: 1 });
    expect([...data.train.labels, ...data.test.labels]).toEqual([9, 0, 3, 5, 1]);
    expect([...data.test.images]).toEqual([...data.train.images.slice(0, 2 * 784)].reverse());
    expect(data.classNames[9]).toBe('Ankle boot');
    expect(data.checksums).toEqual(Object.fromEntries(Object.values(files).map(({ name, md5 }) => [name, md5])));
  });

  it('looks where WEFT_DATA_DIR says', async () => {
    const { files, contents } = smallFiles();
    const directory = await temporaryDirectory();
    await store(directory, contents);
    vi.stubEnv('WEFT_DATA_DIR', directory);
    try {
      const data = await loadFashionMnist({ download: false, files });
      expect(data.origin).toBe(`read from ${directory}`);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('takes a relative WEFT_DATA_DIR from the folder that it is told', async () => {
    const { files, contents } = smallFiles();
    const directory = await temporaryDirectory();
    await store(directory, contents);
    vi.stubEnv('WEFT_DATA_DIR', basename(directory));
    try {
      const warnings: string[] = [];
      const onWarning = (message: string) => void warnings.push(message);
      const relativeTo = dirname(directory);
      const data = await loadFashionMnist({ download: false, files, relativeTo, onWarning });
      expect(data.origin).toBe(`read from ${basename(directory)}`);
      expect(warnings).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('tells of the files that the folder in WEFT_DATA_DIR lacks', async () => {
    const { files, contents } = smallFiles();
    const directory = await temporaryDirectory();
    await store(directory, new Map([...contents].filter(([name]) => name !== 'testImages.gz')));
    vi.stubEnv('WEFT_DATA_DIR', directory);
    try {
      const warnings: string[] = [];
      const onWarning = (message: string) => void warnings.push(message);
      await expect(loadFashionMnist({ download: false, files, onWarning })).rejects.toThrow('is not in');
      expect(warnings).toEqual([expect.stringContaining(`WEFT_DATA_DIR: ${directory} does not hold testImages.gz.`)]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('names the places it looked in when nothing is there and it may not download', async () => {
    const { files } = smallFiles();
    const error = await loadFashionMnist({ directories: ['no/such/folder'], download: false, files }).catch((e) => e);
    expect(error).toMatchObject({ name: 'DataError', code: 'not-found' });
    expect(error.message).toContain('Fashion-MNIST is not in no/such/folder.');
  });

  it('reports a damaged file and never downloads over it', async () => {
    const { files, contents } = smallFiles();
    const damaged = Uint8Array.from(contents.get('trainImages.gz')!);
    damaged[damaged.length - 1]! ^= 1;
    const error = await refusal({}, (directory) => writeFile(join(directory, 'trainImages.gz'), damaged));
    expect(error.code).toBe('damaged');
    expect(error.message).toMatch(
      new RegExp(
        `^Fashion-MNIST: trainImages.gz is damaged \\(MD5 [0-9a-f]{32}, expected ${files.trainImages.md5}\\)\\. Delete it and run again to fetch it anew\\.`,
      ),
    );
    const short = await refusal({}, (directory) => writeFile(join(directory, 'testLabels.gz'), 'x'));
    expect(short.message).toContain(`testLabels.gz is damaged (1 bytes, expected ${files.testLabels.bytes}; MD5 `);
  });

  /** Ways in which a file may come to lie in a folder, other than as its authors packed it. */
  const forms: [string, (packed: Uint8Array, name: string) => [name: string, bytes: Uint8Array]][] = [
    ...[0, 1, 9].map((level): (typeof forms)[number] => [
      `gzip of level ${level}`,
      (packed, name) => [name, gzipSync(gunzipSync(packed), { level })],
    ]),
    [
      'gzip in two parts',
      (packed, name) => {
        const content = gunzipSync(packed);
        return [name, Buffer.concat([content.subarray(0, 20), content.subarray(20)].map((part) => gzipSync(part)))];
      },
    ],
    ['no gzip, in spite of the name', (packed, name) => [name, gunzipSync(packed)]],
    ['no gzip', (packed, name) => [name.replace('.gz', ''), gunzipSync(packed)]],
    ['gzip, in spite of the name', (packed, name) => [name.replace('.gz', ''), packed]],
  ];

  it.each(forms)('takes the same content as %s', async (_, form) => {
    const { files, contents } = smallFiles();
    const [original, other] = [await temporaryDirectory(), await temporaryDirectory()];
    await store(original, contents);
    await store(other, new Map([...contents].map(([name, packed]) => form(packed, name))));
    const load = (directory: string) => loadFashionMnist({ directories: [directory], download: false, files });
    const { origin: _origin, ...expected } = await load(original);
    expect(await load(other)).toMatchObject(expected);
  });

  it.each(forms)('refuses one other byte of the content as %s, with the MD5 got and expected', async (_, form) => {
    const { files, contents } = smallFiles();
    const content = gunzipSync(contents.get('trainImages.gz')!);
    content[content.length - 1]! ^= 1;
    const [name, bytes] = form(gzipSync(content), 'trainImages.gz');
    const directory = await temporaryDirectory();
    const others = [...contents].filter(([each]) => each !== 'trainImages.gz');
    await store(directory, new Map([...others, [name, bytes]]));
    const error = await loadFashionMnist({ directories: [directory], download: false, files }).catch(
      (reason) => reason,
    );
    expect(error).toMatchObject({ name: 'DataError', code: 'damaged' });
    expect(error.message).toContain(`${name} is damaged`);
    const { md5, content: uncompressed } = files.trainImages;
    expect(error.message).toContain(
      `MD5 ${md5Of(bytes)}, expected ${name.endsWith('.gz') ? md5 : uncompressed?.md5}). Delete it`,
    );
  });

  it('sees no uncompressed file whose content nobody has described', async () => {
    const { files, contents } = smallFiles();
    const { content: _, ...undescribed } = files.testLabels;
    const directory = await temporaryDirectory();
    await store(
      directory,
      new Map([...contents].map(([name, packed]) => [name.replace('.gz', ''), gunzipSync(packed)])),
    );
    const described = { directories: [directory], download: false, files };
    expect((await loadFashionMnist(described)).test.count).toBe(2);
    const error = await loadFashionMnist({ ...described, files: { ...files, testLabels: undescribed } }).catch(
      (e) => e,
    );
    expect(error).toMatchObject({ name: 'DataError', code: 'not-found' });
  });

  it('does not wait for a pipe in the place of a file', async () => {
    if (process.platform === 'win32') return;
    const error = await refusal({}, async (directory) => {
      const path = join(directory, 'trainImages.gz');
      await rm(path);
      execFileSync('mkfifo', [path]);
    });
    expect(error.code).toBe('unreadable');
  });

  it.each<[object | null, string]>([
    [null, 'options: got null, expected an object'],
    [{ directory: 'data' }, "there is no option 'directory'"],
    [{ directories: 'data' }, "directories is 'data', expected an array of paths"],
    [{ directories: [''] }, "directories is [''], expected an array of paths"],
    [{ downloadTo: 5 }, 'downloadTo is 5, expected a path'],
    [{ download: 'no' }, "download is 'no', expected true or false"],
    [{ mirrors: 'https://example.org/' }, 'mirrors is'],
    [{ files: {} }, 'files is an object of nothing, expected an object of trainImages'],
    [{ signal: true }, 'signal is true'],
    [{ onProgress: true }, 'onProgress is true'],
    [{ stallMilliseconds: Number.NaN }, 'stallMilliseconds is NaN, expected a number above 0'],
  ])('refuses the options %j', async (options, part) => {
    await expect(loadFashionMnist(options as never)).rejects.toThrow(part);
    await expect(loadFashionMnist(options as never)).rejects.toThrow('loadFashionMnist');
  });

  const pack = (shape: number[], data = new Uint8Array(shape.reduce((a, b) => a * b, 1))) =>
    gzipSync(writeIdx({ type: 'uint8', shape, data }));

  it.each<[string, Partial<Contents>, string]>([
    ['pictures of another size', { trainImages: pack([3, 28, 27]) }, 'shape [3,28,27]'],
    ['pictures without rows', { trainImages: pack([3, 784]) }, 'shape [3,784]'],
    ['no picture', { testImages: pack([0, 28, 28]) }, 'shape [0,28,28]'],
    [
      'pictures of another type',
      { trainImages: gzipSync(writeIdx({ type: 'int8', shape: [1, 28, 28], data: new Int8Array(784) })) },
      'int8',
    ],
    ['fewer labels than pictures', { trainLabels: pack([2]) }, 'shape [2], expected uint8 of shape [3]'],
    ['labels of two dimensions', { testLabels: pack([2, 1]) }, 'shape [2,1]'],
    ['a label beyond 9', { testLabels: pack([2], Uint8Array.of(9, 10)) }, 'label 1 of testLabels.gz is 10'],
  ])('refuses %s', async (_what, changes, part) => {
    const error = await refusal(changes);
    expect(error.code).toBe('mismatch');
    expect(error.message).toContain(part);
  });
});

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const places = [
  ...(process.env.WEFT_DATA_DIR ? [process.env.WEFT_DATA_DIR] : []),
  join(root, 'datasets', 'fashion-mnist'),
  join(root, '..', 'shared', 'datasets', 'fashion-mnist'),
];
const place = places.find((folder) =>
  Object.values(FASHION_MNIST_FILES).every(({ name }) => existsSync(join(folder, name))),
);

describe.skipIf(place === undefined)(
  `the real Fashion-MNIST${place ? '' : ' (skipped: its files are not in WEFT_DATA_DIR or datasets/fashion-mnist)'}`,
  () => {
    it('has 60,000 and 10,000 pictures, as many of each class, with the published mean and deviation', async () => {
      const { train, test } = await loadFashionMnist({ directories: [place!], download: false });
      expect([train.count, test.count]).toEqual([60_000, 10_000]);
      for (const { labels, count } of [train, test]) {
        const counts = new Array<number>(10).fill(0);
        for (const label of labels) counts[label]!++;
        expect(counts).toEqual(new Array(10).fill(count / 10));
      }
      expect([...train.labels.subarray(0, 8)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2]);
      let sum = 0;
      let squares = 0;
      for (const value of train.images) {
        sum += value;
        squares += value * value;
      }
      const mean = sum / train.images.length;
      // The numbers that torchvision users normalise Fashion-MNIST with.
      expect(mean / 255).toBeCloseTo(0.286, 4);
      expect(Math.sqrt(squares / train.images.length - mean * mean) / 255).toBeCloseTo(0.353, 4);
    });

    it('is the same uncompressed', async () => {
      const directory = await temporaryDirectory();
      for (const { name } of Object.values(FASHION_MNIST_FILES)) {
        await writeFile(join(directory, name.replace('.gz', '')), gunzipSync(await readFile(join(place!, name))));
      }
      const { train, test } = await loadFashionMnist({ directories: [directory], download: false });
      expect([train.count, test.count]).toEqual([60_000, 10_000]);
    });
  },
);

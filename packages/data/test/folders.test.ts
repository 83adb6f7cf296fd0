import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { appendFile, link, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeNpy, encodeNpy, encodeNpz } from '@weft/formats/arrays';
import { describe, expect, it } from 'vitest';
import { encodePng, type RecordSet, resizeImage } from '../src/index.js';
import { npy, pixels, png, preparePictures } from './support/picture-folder.js';

const { folders, put, open } = preparePictures();
const opener = fileURLToPath(new URL('support/open-folder.mjs', import.meta.url));

async function all(set: RecordSet): Promise<Uint8Array> {
  const into = new Uint8Array(set.count * set.height * set.width * set.channels);
  await set.read([...set.labels.keys()], into);
  return into;
}

describe('folders', () => {
  it('of classes: numbered by the code points of their names, pictures in the order of their paths', async () => {
    // By UTF-16 the second name would come before the first one.
    const names = ['\ufffd', '\u{10000}', 'b', 'B', 'a/deep'];
    for (const [number, name] of names.entries()) {
      for (const file of ['2.PNG', '10.png']) await put(`${name}/${file}`, png(10 * number + file.length));
    }
    const { train, test, classNames, name } = await open({ testSplit: 0 });
    expect(name).toBe('pictures');
    expect(classNames).toEqual(['B', 'a', 'b', '\ufffd', '\u{10000}']);
    expect(train.paths).toEqual(
      ['B', 'a/deep', 'b', '\ufffd', '\u{10000}'].flatMap((each) => [`${each}/10.png`, `${each}/2.PNG`]),
    );
    expect([...train.labels]).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    expect(test).toBeUndefined();
    expect(train).toMatchObject({ count: 10, shape: [6, 5, 1], dtype: 'uint8', scale: 1 / 255 });
    expect((await all(train)).subarray(30, 60)).toEqual(pixels(35, 30));
    const dataset = train.toImageDataset();
    expect(dataset).toMatchObject({ name: 'train', count: 10, height: 6, width: 5, channels: 1 });
    expect(dataset.images).toEqual(await all(train));
  });

  it('hold out a part of each class that does not depend on other classes, and say so', async () => {
    for (let at = 0; at < 10; at++) await put(`a/${at}.png`, png(at));
    const { test: before, isTestHeldOut } = await open();
    for (let at = 0; at < 20; at++) await put(`b/${at}.png`, png(at));
    const { train, test } = await open();
    expect(isTestHeldOut).toBe(true);
    expect(test?.paths.filter((path) => path.startsWith('a'))).toEqual(before?.paths);
    expect([train.count, test?.count]).toEqual([24, 6]);
    expect([...train.paths, ...(test as RecordSet).paths].sort()).toHaveLength(new Set(train.paths).size + 6);
  });

  it('of sets; a flat one has no classes', async () => {
    for (const [at, path] of ['Train/x/1.png', 'val/y/1.png', 'test/x/1.png', 'other/1.png'].entries()) {
      await put(path, png(at));
    }
    const split = await open();
    expect(split).toMatchObject({ classNames: ['x', 'y'], isTestHeldOut: false, ignored: ['other/1.png'] });
    expect(split.validation?.paths).toEqual(['val/y/1.png']);
    expect([...(split.validation as RecordSet).labels, ...(split.test as RecordSet).labels]).toEqual([1, 0]);
    await rm(folders.pictures, { recursive: true });
    for (const name of ['1.png', '2.png', 'within/3.png']) await put(name, png(1));
    const warnings: string[] = [];
    const flat = await open({ testSplit: 0, onWarning: (message) => warnings.push(message) });
    expect(flat).toMatchObject({ classNames: [], normalClass: undefined });
    expect(flat.train.paths).toEqual(['1.png', '2.png', 'within/3.png']);
    expect(warnings).toEqual([expect.stringContaining('2 pictures lie beside folders of pictures, such as 1.png')]);
  });

  it('as MVTec AD has them: good ones, defects and their masks', async () => {
    const mask = (value: number) => Uint8Array.from({ length: 30 }, (_, at) => (at === 7 ? value : 0));
    await put('train/good/0.png', png(1));
    await put('test/good/0.png', png(2));
    await put('test/cut/0.png', png(3));
    await put('test/cut/1.png', png(4));
    const drawn = encodePng({ height: 6, width: 5, channels: 1, depth: 8, data: mask(200) });
    await put('ground_truth/cut/0_mask.png', drawn);
    await put('ground_truth/cut/9_mask.png', drawn);
    const folder = await open();
    expect(folder).toMatchObject({
      classNames: ['cut', 'good'],
      normalClass: 1,
      ignored: ['ground_truth/cut/9_mask.png'],
    });
    const { test, masks } = folder as { test: RecordSet; masks: RecordSet };
    expect(test.paths).toEqual(['test/cut/0.png', 'test/cut/1.png', 'test/good/0.png']);
    expect([...masks.labels]).toEqual([1, 0, 0]);
    expect(masks.shape).toEqual([6, 5, 1]);
    expect(await all(masks)).toEqual(Uint8Array.from([...mask(255), ...new Uint8Array(60)]));
  });

  it('of pictures of several sizes are resized or cut, and else refused', async () => {
    await put('a.png', png(1, 6, 5));
    await put('b.png', png(2, 9, 10, 3));
    await expect(open()).rejects.toThrow(
      'The pictures are of different sizes, such as a.png with 6 x 5 pixels (height x width) and b.png with 9 x 10',
    );
    const { train } = await open({ size: [4, 3], testSplit: 0, channels: 3 });
    const data = pixels(2, 270);
    const wanted = resizeImage({ height: 9, width: 10, channels: 3, depth: 8, data }, 4, 3);
    expect((await all(train)).subarray(36)).toEqual(wanted.data);
    const tiles = await open({ tile: 6, overlap: 2, testSplit: 0, channels: 1 });
    expect(tiles.train.pictures).toEqual([
      { path: 'a.png', height: 6, width: 5, first: 0, count: 1 },
      { path: 'b.png', height: 9, width: 10, first: 1, count: 4 },
    ]);
    expect(tiles.train.paths).toEqual(['a.png', 'b.png', 'b.png', 'b.png', 'b.png']);
  });
});

describe('records of a folder', () => {
  it('are read in any order, also twice', async () => {
    for (let at = 0; at < 9; at++) await put(`${at}.png`, png(at));
    const { train } = await open({ testSplit: 0 });
    const into = new Uint8Array(4 * 30 + 1);
    await train.read(Uint32Array.of(7, 0, 1, 7), into);
    expect(into).toEqual(Uint8Array.from([...[7, 0, 1, 7].flatMap((at) => [...pixels(at, 30)]), 0]));
    await expect(train.read([9], into)).rejects.toThrow('there is no record 9: the set train has 9');
    await expect(train.read([0, 1, 2, 3, 4], into)).rejects.toThrow(
      '5 records of [6,5,1] take 150 bytes; got room for 121',
    );
  });

  it('have the hash of the same bytes from a .npy file', async () => {
    const images = Uint8Array.from(Array.from({ length: 8 }, (_, at) => [...pixels(at, 30)]).flat());
    for (let at = 0; at < 8; at++) await put(`${at}.png`, png(at));
    await writeFile(join(folders.root, 'same.npy'), npy([8, 6, 5], images));
    const ofPictures = await open({ testSplit: 0 });
    const ofNpy = await open({ testSplit: 0 }, '../same.npy');
    expect(ofNpy.train.sha256).toBe(ofPictures.train.sha256);
    expect(await all(ofNpy.train)).toEqual(images);
    expect(readdirSync(folders.cache)).toHaveLength(1);
  });
});

describe('.npy files', () => {
  it('are sets with labels, in place or made anew', async () => {
    const bytes = pixels(1, 4 * 12);
    await put('train.npy', npy([4, 2, 2, 3], bytes));
    await put('train_labels.npy', npy([4], Int32Array.of(0, 2, 1, 2)));
    await put('test.npy', npy([1, 2, 2, 3], bytes.subarray(0, 12)));
    await put('test_labels.npy', npy([1, 1], Uint8Array.of(1)));
    const folder = await open();
    expect(folder).toMatchObject({ classNames: ['0', '1', '2'], isTestHeldOut: false });
    expect([...folder.train.labels, ...(folder.test as RecordSet).labels]).toEqual([0, 2, 1, 2, 1]);
    expect(await all(folder.test as RecordSet)).toEqual(bytes.subarray(0, 12));
    const grey = await open({ channels: 1, size: 1 });
    expect(grey.train).toMatchObject({ count: 4, shape: [1, 1, 1] });
    expect(grey.train.paths[3]).toBe('train.npy#3');
  });

  it('of other types become bytes', async () => {
    await put('train.npy', npy([1, 1, 3], Uint16Array.of(0, 257 * 7, 65535)));
    expect(await all((await open({ testSplit: 0 })).train)).toEqual(Uint8Array.of(0, 7, 255));
    await put('train.npy', npy([1, 1, 4], Float32Array.of(0, 0.5, 1, 100 / 255)));
    expect(await all((await open({ testSplit: 0 })).train)).toEqual(Uint8Array.of(0, 128, 255, 100));
    await put('train.npy', encodeNpy(Float64Array.of(0, 0.5, 1, 100 / 255), [1, 1, 4], { byteOrder: 'big' }));
    expect(await all((await open({ testSplit: 0 })).train)).toEqual(Uint8Array.of(0, 128, 255, 100));
    await put('train.npy', encodeNpy(Uint16Array.of(0, 257 * 7, 65535), [1, 1, 3], { byteOrder: 'big' }));
    expect(await all((await open({ testSplit: 0 })).train)).toEqual(Uint8Array.of(0, 7, 255));
    await put('train.npy', npy([1, 1, 2], Float32Array.of(0, 1.5)));
    await expect(open()).rejects.toThrow('train.npy#0: It holds the value 1.5; floats of pictures lie from 0 to 1.');
  });

  it.each([
    ['cut short', npy([2, 2, 2], pixels(1, 8)).subarray(0, 130), 'needs'],
    ['empty', new Uint8Array(), 'no .npy file'],
    [
      'of signed numbers',
      encodeNpy(Int32Array.of(1), [1, 1, 1]),
      'Its values are int32; pictures are uint8, uint16, float32, float64.',
    ],
    ['without pictures', encodeNpy(new Uint8Array(0), [0, 2, 2]), 'it holds nothing'],
    [
      "in Fortran's order",
      encodeNpy(pixels(1, 8), [2, 2, 2], { order: 'F' }),
      'Write numpy.ascontiguousarray(array) instead.',
    ],
    ['of one axis', npy([8], pixels(1, 8)), 'pictures are [count, height, width]'],
    ['of two channels', npy([1, 2, 2, 2], pixels(1, 8)), 'with 1, 3 or 4 channels'],
    ['with a long header', Buffer.from('\x93NUMPY\x02\0\xff\xff\xff\x7f', 'latin1'), 'longer than 64 KiB'],
  ])('that are %s are refused', async (_, content, message) => {
    await put('train.npy', content);
    await expect(open()).rejects.toThrow(message);
    await expect(open()).rejects.toMatchObject({ name: 'DataError' });
  });

  it('that are no set are named', async () => {
    await put('a.npy', npy([1, 1, 1], pixels(1, 1)));
    await put('b.npy', npy([1, 1, 1], pixels(1, 1)));
    await expect(open()).rejects.toThrow('got a.npy, b.npy; expected train.npy');
  });
});

describe('a .npz file', () => {
  const bytes = pixels(1, 5 * 6);
  const labels = Int32Array.of(1, 0, 1, 2);
  const arrays = {
    x_train: { data: bytes.subarray(0, 24), shape: [4, 2, 3] },
    y_train: { data: labels, shape: [4] },
    x_test: { data: bytes.subarray(24), shape: [1, 2, 3] },
    y_test: { data: Int32Array.of(2), shape: [1] },
  };

  it.each([
    ['x_train', 'y_train', 'x_test', 'y_test'],
    ['train_images', 'train_labels', 'test_images', 'test_labels'],
    ['train', 'train_labels', 'test', 'test_labels'],
  ])('is sets with labels by the names %s, %s, %s and %s', async (...names) => {
    const named = Object.fromEntries(Object.values(arrays).map((array, at) => [names[at], array]));
    await put('digits.npz', encodeNpz(named, { compress: true }));
    const { train, test, name, classNames } = await open({}, 'digits.npz');
    expect({ name, classNames }).toEqual({ name: 'digits.npz', classNames: ['0', '1', '2'] });
    expect(train.labels).toEqual(labels);
    expect(await all(train)).toEqual(bytes.subarray(0, 24));
    expect(await all(test as RecordSet)).toEqual(bytes.subarray(24));
  });

  it('with one array is one set, and is unpacked once', async () => {
    await put(
      'all.npz',
      encodeNpz({ arr_0: { data: bytes, shape: [5, 2, 3] }, y: { data: bytes.slice(0, 5), shape: [5] } }),
    );
    const first = await open({ testSplit: 0 }, 'all.npz');
    const again = await open({ testSplit: 0 }, 'all.npz');
    expect([...again.train.labels]).toEqual([...bytes.subarray(0, 5)]);
    expect(again.sha256).toBe(first.sha256);
    const [unpacked] = readdirSync(folders.cache);
    expect(readdirSync(join(folders.cache, unpacked)).sort()).toEqual(['arr_0.npy', 'labels.npy']);
    // What is damaged in the cache is unpacked again.
    const place = join(folders.cache, unpacked, 'arr_0.npy');
    const good = await readFile(place);
    await appendFile(place, 'x');
    await open({ testSplit: 0 }, 'all.npz');
    expect(await readFile(place)).toEqual(good);
    expect(decodeNpy(good).shape).toEqual([5, 2, 3]);
  });

  it.each([
    ['cut short', encodeNpz(arrays).subarray(0, 300), 'It is no zip file, or is cut short'],
    ['with an array twice', encodeNpz({ x_train: arrays.x_train, train: arrays.x_train }), 'are both train.npy'],
    [
      'with a name that leads elsewhere',
      encodeNpz({ '../x': arrays.x_train }),
      "array '../x' has a name that is no file's",
    ],
    ['without pictures', encodeNpz({ y: arrays.y_train }), 'got no .npy file of pictures'],
  ])('%s is refused', async (_, content, message) => {
    await put('bad.npz', content);
    await expect(open({}, 'bad.npz')).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringContaining(message),
    });
  });
});

describe('files that are not read', () => {
  it('are named, and left out or refused', async () => {
    await put('good.png', png(1));
    await put('cut.png', png(2).subarray(0, 60));
    await put('empty.png', '');
    await put('text.jpg', 'this is no picture');
    await put('notes.txt', 'this is none either');
    await put('.hidden.png', 'nobody looks');
    await put('Thumbs.db', 'nor here');
    await put('outside.secret', png(1));
    await writeFile(join(folders.root, 'secret.png'), png(3));
    await symlink(join(folders.root, 'secret.png'), join(folders.pictures, 'link.png'));
    await symlink(join(folders.pictures, 'good.png'), join(folders.pictures, 'inside.png'));
    await symlink(folders.pictures, join(folders.pictures, 'round'));
    await symlink('nowhere.png', join(folders.pictures, 'nothing.png'));
    execFileSync('mkfifo', [join(folders.pictures, 'pipe.png')]);
    const folder = await open({ onBadImage: 'skip', testSplit: 0 });
    expect(folder.train.paths).toEqual(['good.png', 'inside.png']);
    expect(folder.ignored).toEqual(['notes.txt', 'outside.secret', 'round']);
    expect(folder.bad.map(({ path }) => path)).toEqual([
      'cut.png',
      'empty.png',
      'link.png',
      'nothing.png',
      'pipe.png',
      'text.jpg',
    ]);
    expect(folder.bad.find(({ path }) => path === 'link.png')?.reason).toBe(
      'It is a link out of the folder, which is not followed.',
    );
    for (const { reason } of folder.bad) expect(reason).toMatch(/^[A-Z].*\.$/);
    await expect(open()).rejects.toThrow(/6 of its files are not read.*cut\.png: .*text\.jpg: The file is no PNG/s);
    const again = await open({ onBadImage: 'skip', testSplit: 0 });
    expect(again.bad).toEqual(folder.bad);
  });

  it('make no folder', async () => {
    await expect(open()).rejects.toThrow('there is no PNG, JPEG, TIFF or .npy file');
    await expect(open({}, 'nothing')).rejects.toThrow('there is no such folder');
    await put('bad.png', 'no');
    await expect(open({ onBadImage: 'skip' })).rejects.toThrow('no picture to train on is read');
    await expect(open({}, 'bad.png')).rejects.toThrow('it is neither a folder nor a .npy or .npz file');
  });
});

describe('the cache', () => {
  const files = async () => (await readdir(folders.cache)).sort();

  it('is made once, and anew when the folder has changed', async () => {
    await put('a.png', png(1));
    const place = await put('b.png', png(2));
    const phases: string[] = [];
    const onProgress = ({ phase }: { readonly phase: string }) => phases.push(phase);
    await open({ onProgress });
    expect(phases).toContain('decode');
    phases.length = 0;
    const first = await open({ onProgress });
    expect(new Set(phases)).toEqual(new Set(['verify']));
    await writeFile(place, png(3));
    await utimes(place, 1, 1);
    const second = await open();
    expect(second.sha256).not.toBe(first.sha256);
    expect(await files()).toHaveLength(1);
  });

  it('that is damaged anywhere is noticed, and made anew', async () => {
    for (let at = 0; at < 4; at++) await put(`${at}.png`, png(at));
    const { sha256 } = await open();
    const [name] = await files();
    const path = join(folders.cache, name);
    const whole = await readFile(path);
    for (const at of [10, 4096 + 31, 4096 + 121, whole.length - 300, whole.length - 60, whole.length - 1]) {
      const bytes = Buffer.from(whole);
      bytes[at] ^= 1;
      await writeFile(path, bytes);
      const warnings: string[] = [];
      const folder = await open({ onWarning: (message) => warnings.push(message) });
      expect(warnings).toEqual([`The cache of pictures ${path} is damaged. It is made anew.`]);
      expect(folder.sha256).toBe(sha256);
      expect(await readFile(path)).toEqual(whole);
    }
    for (const length of [0, 5000, whole.length - 1]) {
      await writeFile(path, whole.subarray(0, length));
      expect((await open()).sha256).toBe(sha256);
    }
    await appendFile(path, 'x');
    expect((await open()).sha256).toBe(sha256);
  });

  it('leaves nothing behind when it is not finished', async () => {
    for (let at = 0; at < 40; at++) await put(`${at}.png`, png(at));
    const controller = new AbortController();
    const stopping = open({
      signal: controller.signal,
      onProgress: ({ phase }) => phase === 'decode' && controller.abort(),
    });
    await expect(stopping).rejects.toThrow('abort');
    expect(await files()).toEqual([]);
    await open();
    const [name] = await files();
    // What a process that was killed has left: there is no process of this number.
    const half = join(folders.cache, `${name}.4194305.00000000-0000-0000-0000-000000000000.tmp`);
    await link(join(folders.cache, name), half);
    await put('more.png', png(9));
    await open();
    expect(await files()).toEqual([name]);
  });

  it('that was half written when the process was killed counts for nothing', async () => {
    for (let at = 0; at < 40; at++) await put(`${at}.png`, png(at));
    const run = (when = '') =>
      spawnSync(process.execPath, [opener, folders.pictures, folders.cache, when], { encoding: 'utf8' });
    expect(run('decode').signal).toBe('SIGKILL');
    expect(await files()).toEqual([expect.stringMatching(/\.weft-records\.\d+\..*\.tmp$/)]);
    const { stdout } = run();
    expect(await files()).toEqual([expect.stringMatching(/\.weft-records$/)]);
    const { train } = await open({ testSplit: 0, cache: join(folders.root, 'other') });
    expect(stdout.trim()).toBe(train.sha256);
  });

  // The system refuses files of more than 8 blocks of 1,024 bytes, as a full disk does.
  it.skipIf(process.platform === 'win32')('for which there is no room is an error, and nothing is left', async () => {
    for (let at = 0; at < 8; at++) await put(`${at}.png`, png(at, 40, 40));
    const command = `ulimit -f 8; exec "$0" "$@"`;
    const args = ['-c', command, process.execPath, opener, folders.pictures, folders.cache];
    const { stdout, status } = spawnSync('bash', args, { encoding: 'utf8' });
    expect(stdout).toMatch(
      /^DataError unwritable: The cache of pictures .* cannot be written: there is no room for it \(EFBIG\)\. It takes 1 MiB\. Set WEFT_CACHE_DIR/,
    );
    expect(status).toBe(1);
    expect(await files()).toEqual([]);
  });

  it('that cannot be written is an error that says what to do', async () => {
    await put('a.png', png(1));
    await writeFile(join(folders.root, 'file'), '');
    await expect(open({ cache: join(folders.root, 'file', 'cache') })).rejects.toThrow(
      /The cache of pictures .* cannot be written: the system refuses \(ENOTDIR\).*Set WEFT_CACHE_DIR to a folder with room/,
    );
    await mkdir(folders.cache);
    expect(await files()).toEqual([]);
  });
});

it.each([
  [{ size: 0 }, 'size is 0, expected an integer from 1 to 16384'],
  [{ size: [1, 2, 3] }, 'size is [1,2,3], expected a number of pixels, or [height, width]'],
  [{ tile: 8, overlap: 8 }, 'overlap is 8, expected an integer from 0 to 7'],
  [{ tile: 8, size: 8 }, 'both size and tile are given'],
  [{ overlap: 8 }, 'overlap is given without tile'],
  [{ channels: 2 }, 'channels is 2, expected 1, 3 or 4'],
  [{ onBadImage: 'ignore' }, "onBadImage is 'ignore', expected 'skip' or 'stop'"],
  [{ testSplit: 1 }, 'testSplit is 1, expected a number from 0 to below 1'],
  [{ sise: 8 }, "there is no option 'sise'"],
])('refuses the options %o', async (options, message) => {
  await expect(open(options as object)).rejects.toThrow(message);
});

import { EventEmitter, once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DownloadOptions, DownloadProgress } from '../src/download/download.js';
import { isAllowed } from '../src/download/request.js';
import { DataError } from '../src/errors.js';
import { FASHION_MNIST_MIRRORS } from '../src/fashion-mnist/files.js';
import { loadFashionMnist } from '../src/fashion-mnist/load.js';
import { DEAD_ADDRESS, serve, smallFiles, store, temporaryDirectory } from './fixture.js';

// Time passes where a test lets it: no server is too slow for any limit.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Lets time pass, once what is under way in this turn of the event loop is done. */
const passSoon = (milliseconds: number) => void setImmediate(() => vi.advanceTimersByTime(milliseconds));

const { files, contents } = smallFiles();
const names = [...contents.keys()].sort();

const nameOf = (url: string | undefined) => (url ?? '').split('/').at(-1)!;

/** A sound mirror of the small files. */
const sound: RequestListener = (request, response) => {
  const content = contents.get(nameOf(request.url));
  if (content === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-length': content.length }).end(content);
};

/** A mirror on which every answer is written by `answer`, which is given the right content. */
const mirror = (answer: (response: ServerResponse, content: Uint8Array) => void) =>
  serve((request, response) => answer(response, contents.get(nameOf(request.url))!));

async function load(downloadTo: string, mirrors: string[], options: Partial<DownloadOptions> = {}) {
  return loadFashionMnist({ directories: [], downloadTo, mirrors, files, ...options });
}

/** The error of a load that fails, after which no file, whole or partial, may be left. */
async function failure(mirrors: string[], options: Partial<DownloadOptions> = {}): Promise<DataError> {
  const directory = await temporaryDirectory();
  const error = await load(directory, mirrors, options).then(
    () => expect.fail('the data set was loaded'),
    (reason: unknown) => reason,
  );
  expect(await readdir(directory)).toEqual([]);
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

describe('the download of Fashion-MNIST', () => {
  it('stores the four files byte for byte and nothing else, in a folder it creates', async () => {
    const address = await serve(sound);
    const directory = join(await temporaryDirectory(), 'new', 'folder');
    const data = await load(directory, [address]);
    expect((await readdir(directory)).sort()).toEqual(names);
    for (const [name, content] of contents) {
      expect(Buffer.compare(await readFile(join(directory, name)), content)).toBe(0);
    }
    expect(data.origin).toBe(`downloaded from ${address}`);
    expect([...data.train.labels]).toEqual([9, 0, 3]);
  });

  it('fetches only what is not there, compressed or not', async () => {
    const asked: string[] = [];
    const address = await serve((request, response) => {
      asked.push(nameOf(request.url));
      sound(request, response);
    });
    const directory = await temporaryDirectory();
    const [missing, ...others] = names;
    await store(directory, new Map(others.map((name) => [name.replace('.gz', ''), gunzipSync(contents.get(name)!)])));
    expect([...(await load(directory, [address])).train.labels]).toEqual([9, 0, 3]);
    expect(asked).toEqual([missing]);
  });

  it('removes the folders that it made if nothing came, and no others', async () => {
    const directory = await temporaryDirectory();
    await expect(load(join(directory, 'new', 'folder'), [DEAD_ADDRESS])).rejects.toThrow('ECONNREFUSED');
    expect(await readdir(directory)).toEqual([]);
    const partly = await serve((request, response) => {
      if (nameOf(request.url) === 'testLabels.gz') response.writeHead(404).end();
      else sound(request, response);
    });
    await expect(load(join(directory, 'new'), [partly])).rejects.toThrow('404');
    expect((await readdir(join(directory, 'new'))).sort()).toEqual(names.filter((name) => name !== 'testLabels.gz'));
  });

  it('finishes from a slow server and reports every step on the way', async () => {
    const steps: DownloadProgress[] = [];
    // The server sends the next piece only when the last was reported: any buffering of progress would hang it.
    let reported = () => {};
    const address = await mirror(async (response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      const cuts = [0, 0.25, 0.5, 0.75, 1].map((part) => Math.floor(part * content.length));
      for (let i = 1; i < cuts.length; i++) {
        const seen = new Promise<void>((resolve) => {
          reported = resolve;
        });
        response.write(content.subarray(cuts[i - 1], cuts[i]));
        await seen;
      }
      response.end();
    });
    const directory = await temporaryDirectory();
    await load(directory, [address], {
      onProgress(step) {
        steps.push(step);
        if (step.received > 0) reported();
      },
    });
    for (const [name, content] of contents) {
      const received = steps.filter((step) => step.file === name).map((step) => step.received);
      expect(received.length).toBeGreaterThanOrEqual(5);
      expect(received).toEqual([...received].sort((a, b) => a - b));
      expect(received[0]).toBe(0);
      expect(received.at(-1)).toBe(content.length);
    }
    expect(steps.every((step) => step.mirror === address)).toBe(true);
  });

  it('fetches only what the folder lacks', async () => {
    const asked: string[] = [];
    const address = await serve((request, response) => {
      asked.push(nameOf(request.url));
      sound(request, response);
    });
    const directory = await temporaryDirectory();
    await store(directory, new Map([...contents].filter(([name]) => name !== 'testImages.gz')));
    await load(directory, [address]);
    expect(asked).toEqual(['testImages.gz']);
  });

  it('goes on to the next mirror when the first is dead, answers 404, cuts off, lies or stalls', async () => {
    const good = await serve(sound);
    const broken: [string, string][] = [
      ['dead', DEAD_ADDRESS],
      ['404', await serve((_request, response) => response.writeHead(404).end('not here'))],
      ['cut off', await mirror((response, content) => void cutOff(response, content))],
      ['wrong bytes', await mirror((response, content) => response.end(content.map((byte) => byte ^ 1)))],
      ['stalled', await mirror((response) => void response.writeHead(200).write('x'))],
    ];
    for (const [what, address] of broken) {
      const directory = await temporaryDirectory();
      const onProgress = ({ mirror, received }: DownloadProgress) => {
        if (what === 'stalled' && mirror === address && received > 0) passSoon(20_000);
      };
      const data = await load(directory, [address, good], { onProgress });
      expect(data.origin, what).toBe(`downloaded from ${good}`);
      expect((await readdir(directory)).sort(), what).toEqual(names);
    }
  });

  it('does not ask a mirror again that failed', async () => {
    let asked = 0;
    const bad = await serve((_request, response) => {
      asked++;
      response.writeHead(500).end();
    });
    await load(await temporaryDirectory(), [bad, await serve(sound)]);
    expect(asked).toBe(1);
  });

  it('says of each mirror why it failed, and what to do', async () => {
    const notFound = await serve((_request, response) => response.writeHead(404).end());
    const dead = DEAD_ADDRESS;
    const { code, message } = await failure([notFound, dead]);
    expect(code).toBe('download');
    expect(message).toContain('Fashion-MNIST: trainImages.gz could not be downloaded');
    expect(message).toContain(`${notFound}trainImages.gz: HTTP 404`);
    expect(message).toMatch(new RegExp(`${dead}trainImages.gz: .*ECONNREFUSED`));
    expect(message).toContain('WEFT_DATA_DIR');
  });

  it('notices a connection that breaks off, with and without an announced length', async () => {
    const announced = await mirror((response, content) => void cutOff(response, content));
    expect((await failure([announced])).message).toMatch(/broke off after \d+ of \d+ bytes/);
    const chunked = await mirror((response, content) => response.end(content.subarray(0, 40)));
    expect((await failure([chunked])).message).toContain('has 40 bytes, expected');
    const unannounced = await mirror((response, content) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(content.subarray(0, 40));
    });
    expect((await failure([unannounced])).message).toContain('ended after 40 of');
  });

  it('notices wrong bytes of the right length', async () => {
    const address = await mirror((response, content) => response.end(content.map((byte) => byte ^ 1)));
    const { code, message } = await failure([address]);
    expect(code).toBe('download');
    expect(message).toContain(`expected ${files.trainImages.md5}`);
  });

  it('stops reading when more comes than the file can have', async () => {
    let closed = () => {};
    const stopped = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const address = await mirror(async (response) => {
      response.on('close', () => closed());
      response.writeHead(200);
      const piece = Buffer.alloc(65536);
      while (!response.closed) if (!response.write(piece)) await Promise.race([once(response, 'drain'), stopped]);
    });
    expect((await failure([address])).message).toMatch(/has more than the \d+ bytes expected/);
    await stopped;
  });

  it('gives up on a server that never answers and on one that stops sending', async () => {
    const silent = await mirror(() => passSoon(10_000));
    expect((await failure([silent])).message).toContain('nothing came for 10 s');
    const muffled = await mirror(() => passSoon(3000));
    expect((await failure([muffled], { connectMilliseconds: 3000 })).message).toContain('nothing came for 3 s');
    const stalled = await mirror(half);
    const onProgress = ({ received }: DownloadProgress) => received > 0 && passSoon(20_000);
    expect((await failure([stalled], { onProgress })).message).toContain('nothing came for 20 s');
  });

  it('bears a server that takes its time, but not for ever', async () => {
    const client = new EventEmitter();
    const onProgress = ({ received }: DownloadProgress) =>
      received > 0 && void setImmediate(() => client.emit('received'));
    // Each piece comes a moment before it would have been too late.
    const dripping = await mirror(async (response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      for (const [begin, end] of [[0, 1], [1, 2], [2, 3], [3, 4], [4]]) {
        response.write(content.subarray(begin, end));
        await once(client, 'received');
        vi.advanceTimersByTime(19_999);
      }
      response.end();
    });
    expect((await load(await temporaryDirectory(), [dripping], { onProgress })).train.count).toBe(3);
    const { message } = await failure([dripping], { onProgress, fileMilliseconds: 60_000 });
    expect(message).toContain('did not come within 60 s');
  });

  it('follows redirects, but not for ever and not to other protocols', async () => {
    const good = await serve(sound);
    const redirecting = await serve((request, response) =>
      response.writeHead(302, { location: `${good}${nameOf(request.url)}` }).end(),
    );
    const data = await load(await temporaryDirectory(), [redirecting]);
    expect(data.train.count).toBe(3);
    let asked = 0;
    const looping = await serve((request, response) => {
      asked++;
      response.writeHead(301, { location: request.url! }).end();
    });
    expect((await failure([looping])).message).toContain('redirected more than 5 times');
    expect(asked).toBe(6);
    const file = await serve((_request, response) => response.writeHead(302, { location: 'file:///etc/hosts' }).end());
    expect((await failure([file])).message).toContain('redirected to file://, expected https://');
  });

  it('asks nobody over http but this machine, neither a mirror nor one that another redirects to', async () => {
    const plain = 'http://mirror.invalid/';
    expect((await failure([plain])).message).toContain(`${plain}trainImages.gz: is not asked over http://`);
    const leading = await serve((_request, response) => response.writeHead(302, { location: plain }).end());
    expect((await failure([leading])).message).toContain('redirected to http://mirror.invalid, expected https://');
    expect((await failure(['mirror/'])).message).toContain('mirror/trainImages.gz: is no address');
  });

  it.each([
    ['https://a.example/', undefined, true],
    ['https://b.example/', 'https://a.example/', true],
    ['http://b.example/', 'https://a.example/', false],
    ['http://a.example/', undefined, false],
    ['http://127.0.0.1:8080/', undefined, true],
    ['http://[::1]/', undefined, true],
    ['https://a.example/', 'http://localhost/', true],
    ['http://127.0.0.1/', 'http://localhost:1/', true],
    ['http://127.0.0.1/', 'https://a.example/', false],
    ['https://localhost/', 'https://a.example/', false],
    ['http://127.0.0.1.a.example/', undefined, false],
    ['http://localhost.a.example/', undefined, false],
    ['ftp://localhost/', undefined, false],
    ['file:///etc/hosts', undefined, false],
  ])('%s, redirected to from %s: allowed is %s', (address, from, allowed) => {
    expect(isAllowed(new URL(address), from === undefined ? undefined : new URL(from))).toBe(allowed);
  });

  it('asks no mirror of its own over anything but https', () => {
    expect(FASHION_MNIST_MIRRORS.map((address) => new URL(address).protocol)).toEqual(['https:', 'https:']);
  });

  it('stops with the signal, before it starts and in the middle, and leaves nothing behind', async () => {
    const reason = new Error('enough');
    const directory = await temporaryDirectory();
    const good = await serve(sound);
    await expect(load(directory, [good], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const endless = await mirror(half);
    const loading = load(directory, [endless, good], {
      signal: controller.signal,
      onProgress: ({ received }) => received > 0 && controller.abort(reason),
    });
    await expect(loading).rejects.toBe(reason);
    expect(await readdir(directory)).toEqual([]);
  });

  it('says so when the files cannot be stored, and asks no mirror', async () => {
    const directory = await temporaryDirectory();
    const occupied = join(directory, 'a-file');
    await writeFile(occupied, '');
    const error = await load(join(occupied, 'below'), [DEAD_ADDRESS]).catch((reason: DataError) => reason);
    expect(error).toMatchObject({ name: 'DataError', code: 'unwritable' });
  });

  it('leaves none of the folders that it made if the last cannot be made', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'new', 'sub', 'x'.repeat(300));
    const error = await load(path, [DEAD_ADDRESS]).catch((reason) => reason);
    expect(error).toMatchObject({ name: 'DataError', code: 'unwritable' });
    expect(await readdir(directory)).toEqual([]);
  });

  // A recursive mkdir of Node 20 never returns there.
  it.skipIf(process.platform !== 'linux')('says so where the system makes no folder', async () => {
    const error = await load('/proc/weft/data', [DEAD_ADDRESS]).catch((reason) => reason);
    expect(error).toMatchObject({ name: 'DataError', code: 'unwritable' });
  });

  it('hands on an error of the progress callback and leaves nothing behind', async () => {
    const directory = await temporaryDirectory();
    const error = new Error('the terminal is gone');
    const onProgress = ({ received }: DownloadProgress) => {
      if (received > 0) throw error;
    };
    await expect(load(directory, [await serve(sound)], { onProgress })).rejects.toBe(error);
    expect(await readdir(directory)).toEqual([]);
  });
});

/** Announces the whole file and sends a part of it. */
function half(response: ServerResponse, content: Uint8Array): void {
  response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 50));
}

/** Announces the whole file, sends a part of it and drops the connection. */
async function cutOff(response: ServerResponse, content: Uint8Array): Promise<void> {
  response.writeHead(200, { 'content-length': content.length });
  await new Promise<void>((resolve) => response.write(content.subarray(0, 60), () => resolve()));
  response.destroy();
}

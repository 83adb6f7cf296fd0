import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { DataError, FASHION_MNIST_FILES, type ImageDataset } from '@weft/data';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Terminal } from '../terminal/terminal.js';
import { type DataRequest, loadData } from './load-data.js';

let folder: string;
let server: Server;
let mirrors: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-load-data-'));
  server = createServer((_, response) => {
    response.statusCode = 404;
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  mirrors = [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`];
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Loads with a mirror that has nothing; returns what was written to stderr as well. */
async function load(request: DataRequest, directory = folder) {
  const stderr = new PassThrough();
  const terminal = new Terminal(false, new PassThrough() as never, stderr as never);
  const data = await loadData(request, terminal, { directories: [directory], downloadTo: directory, mirrors });
  return { data, stderr: String(stderr.read() ?? '') };
}

describe('loadData', () => {
  test('auto says why Fashion-MNIST could not be had, and draws the synthetic set', async () => {
    const { data, stderr } = await load({ dataset: 'auto', limit: 30, testLimit: 20 });
    expect(data).toMatchObject({ name: 'synthetic', synthetic: true, train: { count: 30 }, test: { count: 20 } });
    expect(stderr).toContain('404');
    expect(stderr).toContain('Fashion-MNIST could not be had');
    expect(stderr).toContain('synthetic');
    expect(await readdir(folder)).toEqual([]);
  });

  test('fashion-mnist never falls back', async () => {
    await expect(load({ dataset: 'fashion-mnist' })).rejects.toMatchObject({ name: 'DataError', code: 'download' });
  });

  test('a damaged file is never a reason to fall back', async () => {
    const damaged = await mkdtemp(join(tmpdir(), 'weft-damaged-'));
    for (const { name } of Object.values(FASHION_MNIST_FILES)) await writeFile(join(damaged, name), 'not these');
    for (const dataset of ['auto', 'fashion-mnist'] as const) {
      await expect(load({ dataset }, damaged)).rejects.toSatisfy(
        (error) => error instanceof DataError && error.code === 'damaged',
      );
    }
    await rm(damaged, { recursive: true });
  });

  test('synthetic asks nobody, and is cut as asked: the first images of the larger set', async () => {
    const few = await load({ dataset: 'synthetic', limit: 12, testLimit: 3 }, '/nowhere');
    const more = await load({ dataset: 'synthetic', limit: 20, testLimit: 7 }, '/nowhere');
    expect(few.stderr).toBe('');
    const [first, longer] = [few, more].map(({ data }) => (data.train as ImageDataset).images);
    expect(first).toEqual(longer.subarray(0, 12 * 784));
    expect(few.data.test.labels).toEqual(more.data.test.labels.subarray(0, 3));
  });
});

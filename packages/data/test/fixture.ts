import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { FashionMnistFiles } from '../src/fashion-mnist/files.js';
import { writeIdx } from '../src/idx/write.js';

/** A folder that is gone after the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'weft-data-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Serves on 127.0.0.1 until the test is over; returns the address of the root folder. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** An address at which nothing listens: the system hands such a port out to nobody who asks for any. */
export const DEAD_ADDRESS = 'http://127.0.0.1:1/';

export const md5Of = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

export type Contents = Record<keyof FashionMnistFiles, Uint8Array>;

/** Three training and two test pictures in the format of Fashion-MNIST; `changes` replaces whole files. */
export function smallFiles(changes: Partial<Contents> = {}): {
  files: FashionMnistFiles;
  contents: Map<string, Uint8Array>;
} {
  const pictures = (count: number) =>
    Uint8Array.from({ length: count * 784 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 24) & 0xff);
  const all: Contents = {
    trainImages: gzipSync(writeIdx({ type: 'uint8', shape: [3, 28, 28], data: pictures(3) })),
    trainLabels: gzipSync(writeIdx({ type: 'uint8', shape: [3], data: Uint8Array.of(9, 0, 3) })),
    testImages: gzipSync(writeIdx({ type: 'uint8', shape: [2, 28, 28], data: pictures(2).reverse() })),
    testLabels: gzipSync(writeIdx({ type: 'uint8', shape: [2], data: Uint8Array.of(5, 1) })),
    ...changes,
  };
  const entries = (Object.keys(all) as (keyof Contents)[]).map((key) => {
    const content = all[key];
    const inflated = gunzipSync(content);
    const file = { name: `${key}.gz`, bytes: content.length, md5: md5Of(content) };
    return [key, { ...file, content: { bytes: inflated.length, md5: md5Of(inflated) } }, content] as const;
  });
  return {
    files: Object.fromEntries(entries.map(([key, file]) => [key, file])) as unknown as FashionMnistFiles,
    contents: new Map(entries.map(([, file, content]) => [file.name, content])),
  };
}

export async function store(directory: string, contents: Map<string, Uint8Array>): Promise<void> {
  for (const [name, content] of contents) await writeFile(join(directory, name), content);
}

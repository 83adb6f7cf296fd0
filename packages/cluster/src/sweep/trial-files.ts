import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '@nats-io/obj';
import { ClusterError } from '../errors.js';
import type { SentFile } from './files.js';
import { type Persistence, persist } from './persist.js';
import type { TrialAddress } from './trial-queue.js';

/** A file that stays away for so long does not come. */
const FETCH_MILLISECONDS = 60_000;

/** The files of one trial on the server, by what they hold. */
export class TrialFiles {
  /** Files that this process has sent. */
  private readonly sent = new Set<string>();

  constructor(
    private readonly store: ObjectStore,
    private readonly address: TrialAddress,
    private readonly persistence: Persistence,
  ) {}

  /** Sends files of a folder; those that were sent before are not sent again. */
  async send(folder: string, paths: readonly string[]): Promise<SentFile[]> {
    const files: SentFile[] = [];
    for (const path of paths) files.push(await this.sendFile(join(folder, path), path));
    return files;
  }

  /** @param path of the file in the folder, with `/` between names */
  async sendFile(file: string, path: string): Promise<SentFile> {
    const content = await readFile(file);
    const sha256 = createHash('sha256').update(content).digest('hex');
    if (!this.sent.has(sha256)) {
      await persist(() => this.store.putBlob({ name: this.nameOf(sha256) }, content), this.persistence);
      this.sent.add(sha256);
    }
    return { path, bytes: content.length, sha256 };
  }

  /** Writes files into a folder. Their paths have been checked. @throws ClusterError as {@link fetch} does */
  async place(files: readonly SentFile[], folder: string): Promise<void> {
    for (const file of files) {
      const path = join(folder, file.path);
      const content = await this.fetch(file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, { flag: 'wx' });
    }
  }

  /** @throws ClusterError `missing` or `damaged` if the server has not the bytes that were announced */
  fetch(file: SentFile): Promise<Uint8Array> {
    return persist(() => this.fetchOnce(file), this.persistence);
  }

  private async fetchOnce({ path, bytes, sha256 }: SentFile): Promise<Uint8Array> {
    const name = this.nameOf(sha256);
    const info = await this.store.info(name);
    if (!info || info.deleted) throw new ClusterError('missing', `${path} is not on the server any more.`);
    if (info.size !== bytes || info.options?.link) throw damaged(path);
    const found = await this.store.get(name);
    if (!found) throw new ClusterError('missing', `${path} is not on the server any more.`);
    void found.error.catch(() => undefined);
    const content = await readBounded(found.data, bytes, path);
    if (createHash('sha256').update(content).digest('hex') !== sha256) throw damaged(path);
    return content;
  }

  /** Deletes files from the server, those excepted that others are. */
  async forget(files: readonly SentFile[], except: readonly SentFile[] = []): Promise<void> {
    const kept = new Set(except.map(({ sha256 }) => sha256));
    for (const { sha256 } of files) {
      if (kept.has(sha256)) continue;
      this.sent.delete(sha256);
      await persist(() => this.store.delete(this.nameOf(sha256)), this.persistence);
    }
  }

  private nameOf(sha256: string): string {
    return `${this.address.study}.${this.address.key}.${sha256}`;
  }
}

const damaged = (path: string) =>
  new ClusterError('damaged', `${path} on the server holds other bytes than announced.`);

async function readBounded(stream: ReadableStream<Uint8Array>, bytes: number, path: string): Promise<Uint8Array> {
  const content = new Uint8Array(bytes);
  const reader = stream.getReader();
  let length = 0;
  try {
    while (true) {
      const { done, value } = await inTime(reader.read(), path);
      if (done) break;
      if (length + value.length > bytes) throw damaged(path);
      content.set(value, length);
      length += value.length;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (length !== bytes) throw damaged(path);
  return content;
}

/** @throws Error, which another try may mend, if the server falls silent: the client would wait for ever */
async function inTime<Value>(value: Promise<Value>, path: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${path} does not come from the server.`)), FETCH_MILLISECONDS);
  });
  try {
    return await Promise.race([value, silence]);
  } finally {
    clearTimeout(timer);
  }
}

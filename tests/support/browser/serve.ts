import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css',
  csv: 'text/csv',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  json: 'application/json',
  mjs: 'text/javascript',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
};

/** Files by their path from the root, such as `/index.html`. */
export type ServedFiles = Readonly<Record<string, string | Uint8Array>>;

export interface ServeOptions {
  /** Whether pages are cross-origin isolated, so that they may share memory. Default: false. */
  readonly isolated?: boolean;
  /** Content security policy of all answers. */
  readonly policy?: string;
}

/** A server of static files. */
export interface FileServer {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** What was asked for and found, with bytes of the bodies as they were sent. */
  readonly requests: readonly { readonly path: string; readonly bytes: number }[];
  close(): Promise<void>;
}

/**
 * Serves the files of a folder, or given ones, to pages on this machine.
 *
 * @param files path of a folder, or contents by path; folders answer with their `index.html`
 */
export async function serve(files: string | ServedFiles, options: ServeOptions = {}): Promise<FileServer> {
  const requests: { path: string; bytes: number }[] = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const body = await contentOf(files, path);
    const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': body === undefined ? 'text/plain' : type,
      'cache-control': 'no-cache',
      ...(options.isolated && {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      }),
      ...(options.policy !== undefined && { 'content-security-policy': options.policy }),
    });
    if (body !== undefined) requests.push({ path, bytes: Buffer.byteLength(body) });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, requests, close: () => closed(server) };
}

async function contentOf(files: string | ServedFiles, path: string): Promise<string | Uint8Array | undefined> {
  if (typeof files !== 'string') return files[path];
  if (path.split('/').includes('..')) return undefined;
  return readFile(join(files, path)).catch(() => undefined);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

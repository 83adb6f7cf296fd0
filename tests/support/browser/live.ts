import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { newPage, type WatchedPage } from './chromium.js';
import { type FileServer, type ServedFiles, serve } from './serve.js';

const workspace = fileURLToPath(new URL('../../../', import.meta.url));
const built = join(workspace, 'docs/site/dist/live');

/** A folder of a host on which the pages lie: they must work below any path. */
const BASE = '/some/folder/live';

/** A size and a colour scheme of a screen. */
export const SCREENS = [
  { name: 'desktop-light', viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;

export interface LivePage extends WatchedPage {
  readonly server: FileServer;
  /** Address of the page, without settings. */
  readonly address: string;
}

export interface LiveOptions extends BrowserContextOptions {
  /** Whether the host sends the headers of isolation. Default true. */
  readonly isolated?: boolean;
  /** Settings in the address, behind `#`. */
  readonly settings?: string;
}

/** Opens one of the built live pages. `pnpm build` must have built them. */
export async function openLive(
  browser: Browser,
  name: string,
  { isolated = true, settings = '', ...options }: LiveOptions = {},
): Promise<LivePage> {
  const server = await serve(builtFiles(BASE), { isolated });
  const watched = await newPage(browser, options);
  const address = `${server.origin}${BASE}/${name}/`;
  await watched.page.goto(settings === '' ? address : `${address}#${settings}`);
  return { ...watched, server, address };
}

/** The live pages below a path. */
export function builtFiles(base: string): ServedFiles {
  const names = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));
  return Object.fromEntries(names.map((name) => [`${base}/${name}`, readFileSync(join(built, name))]));
}

/** A file of the build. */
export const builtFile = (name: string): Uint8Array => readFileSync(join(built, name));

/** Waits until the service worker has all files, so that the page works offline. */
export async function waitUntilKept(page: Page): Promise<void> {
  await page.getByText('It works offline from now on.').waitFor();
}

/** What was asked of a server: requests, and bytes as a host with gzip sends them. */
export function traffic({ requests }: FileServer): { requests: number; bytes: number } {
  const bytes = requests.reduce((sum, { path }) => sum + gzipSync(builtFile(path.slice(BASE.length + 1))).length, 0);
  return { requests: requests.length, bytes };
}

/** Says what a page has loaded, and that it is no more than it should be. */
export function expectTraffic(name: string, server: FileServer, most: { requests: number; bytes: number }): void {
  const { requests, bytes } = traffic(server);
  console.log(`${name}: ${requests} requests, ${bytes} bytes behind gzip`);
  expect(requests).toBeLessThanOrEqual(most.requests);
  expect(bytes).toBeLessThanOrEqual(most.bytes);
}

/** What a program for Node that imports packages of Weft prints. It runs what was built. */
export function printedByNode(program: string): string {
  const cwd = join(workspace, 'packages/cli');
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd, encoding: 'utf8' }).trim();
}

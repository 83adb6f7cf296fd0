import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { packagesFolder } from '../packages.js';
import { newPage } from './chromium.js';
import { type FileServer, type ServedFiles, type ServeOptions, serve } from './serve.js';

/** What pages import. */
export type Web = typeof import('../../../packages/web/src/index.js');

/** What is the same in `@weft/web` and in `@weft/pool`, for programs that run in both. */
export type Weft = Pick<Web, keyof Web & keyof typeof import('../../../packages/pool/src/index.js')>;

const dist = join(packagesFolder, 'web/dist');

/** An empty page, and the files of `@weft/web` that a page may take as they are. */
export function webFiles(): Record<string, string | Uint8Array> {
  const scripts = readdirSync(dist).filter((file) => file.endsWith('.js'));
  return {
    '/index.html': '<!doctype html><html lang="en"><title>Weft</title><link rel="icon" href="data:,">',
    ...Object.fromEntries(scripts.map((file) => [`/${file}`, readFileSync(join(dist, file))])),
  };
}

/** A page that can run programs with Weft. */
export interface WebPage {
  readonly page: Page;
  readonly problems: readonly string[];
  /** What Weft has warned of. */
  readonly warnings: readonly string[];
  readonly server: FileServer;
  /** Runs a function that uses nothing but its arguments. */
  run<Argument, Result>(
    program: (weft: Web, argument: Argument) => Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
  close(): Promise<void>;
}

interface WebOptions {
  readonly files?: ServedFiles;
  /** A script that runs before all others of the page. */
  readonly before?: string;
}

/** Opens a page of a server with `@weft/web`. */
export async function openWeb(
  browser: Browser,
  { files = webFiles(), before, ...options }: ServeOptions & WebOptions = {},
): Promise<WebPage> {
  const server = await serve(files, options);
  const { page, problems } = await newPage(browser);
  const warnings: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'warning') warnings.push(message.text());
  });
  if (before !== undefined) await page.addInitScript(before);
  await page.goto(server.origin);
  const close = async () => {
    await page.context().close();
    await server.close();
  };
  return {
    page,
    problems,
    warnings,
    server,
    run: (program, argument) =>
      page.evaluate(`import('/weft.js').then((weft) => (${program})(weft, ${JSON.stringify(argument)}))`),
    close,
  };
}

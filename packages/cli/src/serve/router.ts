import type { IncomingMessage, ServerResponse } from 'node:http';
import { FIGURE_FILES, RUN_FILES } from '../run/directory.js';
import { type Access, tokenOf } from './access.js';
import { type Answer, json, type POLICIES, send, sentence } from './answer.js';
import { FileRefusal, readBounded } from './bounded-file.js';
import type { PageFiles } from './page-files.js';
import { runView } from './run-view.js';
import type { Runs } from './runs.js';
import type { Samples } from './samples.js';

/** What the server answers from. */
export interface Site {
  readonly access: Access;
  readonly runs: Runs;
  readonly samples: Samples;
  readonly page: PageFiles;
}

interface ServedFile {
  readonly type: string;
  readonly policy: keyof typeof POLICIES;
}

const MOST_BYTES = 64 * 2 ** 20;

/** The files of a run that may be opened, by their paths in addresses. There are no others. */
const SERVED: ReadonlyMap<string, ServedFile> = new Map<string, ServedFile>([
  [RUN_FILES.report, { type: 'text/html; charset=utf-8', policy: 'report' }],
  [RUN_FILES.metrics, { type: 'text/csv; charset=utf-8', policy: 'data' }],
  [RUN_FILES.record, { type: 'application/json; charset=utf-8', policy: 'data' }],
  ...FIGURE_FILES.map((file): [string, ServedFile] => [
    file.replaceAll('\\', '/'),
    { type: file.endsWith('.svg') ? 'image/svg+xml' : 'image/png', policy: 'figure' },
  ]),
]);

const missing = (what: string) => sentence(404, `There is no ${what} here.`);

/** Answers one request. */
export async function respond(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const refusal = site.access.refuse(request);
  if (refusal) {
    const { status, message } = refusal;
    return send(request, response, sentence(status, message, status === 405 ? { Allow: 'GET, HEAD' } : {}));
  }
  const url = addressOf(request);
  if (!url) return send(request, response, sentence(400, 'This is no address.'));
  send(request, response, admitted(request, url, site) ?? (await answer(url, site)));
}

/** The address that is asked for; undefined if it is none, or not written as browsers write it. */
function addressOf({ url = '' }: IncomingMessage): URL | undefined {
  // The characters of our own addresses; others, and what stands for them, are in none of them.
  if (!/^\/[\w./-]*(\?[\w=&-]*)?$/.test(url) || url.startsWith('//')) return undefined;
  return URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost') : undefined;
}

/** What is answered to whoever has no cookie yet; undefined if the cookie is there. */
function admitted(request: IncomingMessage, url: URL, { access }: Site): Answer | undefined {
  const token = url.pathname === '/' ? tokenOf(url) : undefined;
  const cookie = token !== undefined && request.method === 'GET' ? access.exchange(token) : undefined;
  const isKnown = access.isKnown(request);
  // The clean address takes the place of the one with the token, in the browser's history too.
  if (cookie !== undefined || (isKnown && token !== undefined)) {
    return sentence(303, 'See /', { Location: '/', ...(cookie !== undefined && { 'Set-Cookie': cookie }) });
  }
  return isKnown ? undefined : sentence(access.unknown.status, access.unknown.message);
}

async function answer({ pathname }: URL, site: Site): Promise<Answer> {
  if (pathname === '/api/runs') return json(await site.runs.list());
  const [, api, id, rest = ''] = /^(\/api)?\/runs\/([0-9a-f]{16})(?:\/(.*))?$/.exec(pathname) ?? [];
  if (id === undefined) return site.page.answer(pathname) ?? missing('such page');
  if (api !== undefined) return rest === '' ? runAnswer(id, site) : missing('such page');
  if (rest === '') return site.page.shell;
  return fileAnswer(id, rest, site);
}

async function runAnswer(id: string, { runs, samples }: Site): Promise<Answer> {
  const reader = await runs.reader(id);
  const contents = await reader?.read();
  if (!reader || !contents) return missing('such run any more: its folder is gone');
  return json(runView(reader.run, contents, (model) => samples.of(reader.run, contents, model)));
}

async function fileAnswer(id: string, file: string, { runs, samples }: Site): Promise<Answer> {
  const [, model, row] = /^samples\/([a-z][a-z0-9-]*)\/([a-z0-9-]+)\.png$/.exec(file) ?? [];
  const reader = await runs.reader(id);
  if (!reader) return missing('such run any more: its folder is gone');
  if (model !== undefined) {
    const picture = samples.picture(reader.run, model, row);
    return picture ? { type: 'image/png', body: picture, policy: 'figure' } : missing('such picture any more');
  }
  const served = SERVED.get(file);
  if (!served) return missing('such file');
  try {
    const found = await readBounded(reader.run.path, file, MOST_BYTES);
    return found && found !== 'unchanged' ? { ...served, body: found.bytes } : missing('such file');
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    return sentence(403, `${file} of this run ${error.message}. It is not shown.`);
  }
}

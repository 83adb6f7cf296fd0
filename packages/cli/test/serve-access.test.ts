import { execFileSync } from 'node:child_process';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { RunList } from '../src/serve/views.js';
import { exampleRecordText } from './support/example-record.js';
import { ask, cookieOf, type Served, sendText, startServe, startServeAt } from './support/serve.js';
import { temporaryFolder, weft } from './support/weft.js';

const PAGE = '<!doctype html><title>Theirs</title><script>document.title = "ran"</script>';
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>';
const HOSTILE = '<img src=x onerror=alert(1)>&quot;';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let served: Served;
let cookie: string;
let address: Readonly<Record<string, string>>;

/** A run that came from elsewhere, with files of its own beside those of a run. */
async function writeRun(name: string): Promise<string> {
  const run = join(folder.path, 'runs', name);
  await mkdir(join(run, 'figures'), { recursive: true });
  await writeFile(join(run, 'run.json'), exampleRecordText({ figures: [{ name: 'figure-1', title: HOSTILE }] }));
  await writeFile(join(run, 'report.html'), PAGE);
  await writeFile(join(run, 'figures', 'figure-1.svg'), SVG);
  await writeFile(join(run, 'options.json'), '{"secret": true}');
  await writeFile(join(run, 'notes.html'), 'secret');
  return run;
}

const signed = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  ask(served, path, { method, headers: { Cookie: cookie, ...headers } });

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder.path, 'secret'), 'secret');
  await writeFile(join(folder.path, 'report.html'), 'secret');
  for (const name of ['plain', HOSTILE]) await writeRun(name);
  served = await startServe([join(folder.path, 'runs')]);
  cookie = await cookieOf(served);
  const { runs } = JSON.parse((await signed('/api/runs')).text) as RunList;
  address = Object.fromEntries(runs.map(({ name, id }) => [name, `/runs/${id}`]));
});
afterAll(async () => {
  expect((await served.end()).code).toBe(0);
  await folder.remove();
});

describe('the token', () => {
  test('is good once, for a cookie that scripts and other sites do not have; the address then has no secret', async () => {
    const other = await startServe([join(folder.path, 'runs')]);
    onTestFinished(async () => void (await other.end()));
    const path = other.address.slice(other.origin.length);
    expect(path).toMatch(/^\/\?token=[\w-]{43}$/);
    for (const wrong of ['/?token=', '/?token=wrong', `${path}x`, path.slice(0, -1)]) {
      expect((await ask(other, wrong)).status).toBe(401);
    }
    // A look ahead, as by a program that checks links, does not use it up.
    expect((await ask(other, path, { method: 'HEAD' })).status).toBe(401);
    const { status, headers } = await ask(other, path);
    expect({ status, to: headers.location }).toEqual({ status: 303, to: '/' });
    const [made, ...attributes] = headers['set-cookie']?.[0]?.split('; ') ?? [];
    expect(attributes.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict']);
    expect(made).toMatch(new RegExp(`^weft-serve-${other.port}=[\\w-]{43}$`));
    expect(made).not.toContain(path.slice('/?token='.length));
    expect(await ask(other, path)).toMatchObject({ status: 401 });
    // Whoever has the cookie may use the address again.
    expect(await ask(other, path, { headers: { Cookie: made } })).toMatchObject({ status: 303 });
    expect(await ask(other, '/', { headers: { Cookie: `a=b; ${made}` } })).toMatchObject({ status: 200 });
    // The cookie of one server is none of another.
    expect((await ask(served, '/', { headers: { Cookie: made } })).status).toBe(401);
    expect((await other.end()).code).toBe(0);
  });

  test('is printed alone on stdout, and Ctrl-C ends with success', async () => {
    const other = await startServe([join(folder.path, 'runs'), '--quiet']);
    onTestFinished(async () => void (await other.end()));
    const { code, stdout, stderr } = await other.end();
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${other.address}\n`, stderr: '' });
  });
});

describe('nobody gets anything', () => {
  const everything = () => [
    '/',
    '/style.css',
    '/serve/page/main.js',
    '/api/runs',
    address.plain,
    `/api${address.plain}`,
    `${address.plain}/report.html`,
    `${address.plain}/figures/figure-1.svg`,
    '/nothing',
  ];

  test('without the cookie, or with a wrong one', async () => {
    for (const path of everything()) {
      for (const headers of [
        {},
        { Cookie: '' },
        { Cookie: `${cookie}x` },
        { Cookie: cookie.replace('=', '=x') },
      ] as const) {
        const { status, text } = await ask(served, path, { headers: { ...headers } });
        expect({ path, status }).toEqual({ path, status: 401 });
        expect(text).toContain('Open the address that weft serve has printed');
      }
    }
  });

  test('by another name of this machine', async () => {
    const { port } = served;
    for (const Host of [`localhost:${port}`, `127.0.0.1:${port}`]) {
      expect((await signed('/api/runs', { Host })).status).toBe(200);
    }
    const others = ['evil.example', '127.0.0.1', 'localhost', `127.0.0.1:${port + 1}`, `0.0.0.0:${port}`];
    const longer = [
      `evil.example:${port}`,
      `localhost:${port}.evil.example`,
      `127.0.0.1:${port}.`,
      `[::1]:${port}`,
      `LOCALHOST:${port}`,
    ];
    for (const Host of [...others, ...longer]) {
      for (const path of everything()) expect((await signed(path, { Host })).status).toBe(403);
    }
    // Without a name at all, as old programs ask.
    expect(await sendText(served, `GET / HTTP/1.0\r\nCookie: ${cookie}\r\n\r\n`)).toMatch(/^HTTP\/1.1 403 /);
    expect(await sendText(served, `GET / HTTP/1.1\r\nCookie: ${cookie}\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /);
  });

  test('from another site, also from another port of this machine', async () => {
    const { port, origin } = served;
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: `http://127.0.0.1:${port + 1}` },
      { Origin: `https://127.0.0.1:${port}` },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      for (const path of everything()) expect((await signed(path, { ...headers } as never)).status).toBe(403);
    }
    for (const headers of [{ Origin: origin }, { 'Sec-Fetch-Site': 'same-origin' }, { 'Sec-Fetch-Site': 'none' }]) {
      expect((await signed('/api/runs', { ...headers } as never)).status).toBe(200);
    }
  });

  test('but by GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const { status, headers } = await signed('/api/runs', {}, method);
      expect({ method, status, allow: headers.allow }).toEqual({ method, status: 405, allow: 'GET, HEAD' });
    }
    const [got, head] = [await signed('/style.css'), await signed('/style.css', {}, 'HEAD')];
    expect(head.text).toBe('');
    expect(head.headers['content-length']).toBe(got.headers['content-length']);
  });

  test('from another machine', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((each) => each && !each.internal && each.family === 'IPv4');
    if (!outside) return;
    const outcome = await new Promise((resolve) => {
      const socket = connect(served.port, outside.address, () => resolve('connected'));
      socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    });
    expect(outcome).toBe('ECONNREFUSED');
  });
});

describe('every answer', () => {
  test('says what browsers may do with it', async () => {
    for (const path of ['/', '/style.css', '/api/runs', `${address.plain}/report.html`, '/nothing', '/%']) {
      const { headers } = await signed(path);
      expect(headers).toMatchObject({
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('has a policy: our page runs its own files only, a report is on its own, figures run nothing', async () => {
    const policy = async (path: string) => String((await signed(path)).headers['content-security-policy']).split('; ');
    const page = await policy('/');
    expect(page).toEqual(expect.arrayContaining(["script-src 'self'", "connect-src 'self'", "base-uri 'none'"]));
    expect(page.join()).not.toContain('unsafe');
    const report = await policy(`${address.plain}/report.html`);
    expect(report).toContain('sandbox allow-scripts');
    expect(report.some((rule) => rule.startsWith('connect-src'))).toBe(false);
    const figure = await policy(`${address.plain}/figures/figure-1.svg`);
    expect(figure).toContain('sandbox');
    expect(figure.some((rule) => rule.startsWith('script-src'))).toBe(false);
  });

  test('is sent anew only if it has changed', async () => {
    const { headers } = await signed('/style.css');
    const again = await signed('/style.css', { 'If-None-Match': String(headers.etag) });
    expect(again).toMatchObject({ status: 304, text: '' });
  });
});

describe('of a run', () => {
  test('its report, its figures and its numbers are served', async () => {
    expect(await signed(`${address.plain}/report.html`)).toMatchObject({ status: 200, text: PAGE });
    expect(await signed(`${address.plain}/figures/figure-1.svg`)).toMatchObject({ status: 200, text: SVG });
    expect((await signed(`${address.plain}/run.json`)).headers['content-type']).toContain('application/json');
  });

  test('nothing else is served, however it is written', async () => {
    const run = address.plain;
    const paths = [
      ...['options.json', 'notes.html', 'run.lock', 'figures/', 'figures', 'figures/figure-9.svg', 'constructor'],
      ...['../secret', '../../secret', 'figures/../../../secret', 'figures/../options.json', './options.json'],
      ...['%2e%2e/%2e%2e/secret', '..%2f..%2fsecret', '..%5c..%5csecret', '..\\..\\secret', '%2e%2e%2fsecret'],
      ...['report.html%00.svg', 'report.html%00', 'report.html/', 'report.html;x', '.%2freport.html', '%72eport.html'],
      ...[
        'figures//figure-1.svg',
        'samples/cae/../../options.json',
        'samples/cae/original.png',
        'samples/__proto__/x.png',
      ],
    ].map((name) => `${run}/${name}`);
    const others = [
      '//etc/passwd',
      '/../secret',
      '/..%2fsecret',
      '/runs/../secret',
      '/runs/plain/report.html',
      '/etc/passwd',
    ];
    const absent = `/runs/${'a'.repeat(16)}/report.html`;
    for (const path of [...paths, ...others, 'http://evil.example/', '*', '/%c3%a9', absent]) {
      const { status, text } = await signed(path);
      expect({ path, isRefused: [400, 404].includes(status) }).toEqual({ path, isRefused: true });
      expect(text).not.toContain('secret');
    }
  });

  test.skipIf(process.platform === 'win32')(
    'no link is followed, no pipe is waited for, nothing huge is read',
    async () => {
      const runs = join(folder.path, 'runs');
      for (const name of ['linked-file', 'linked-folder', 'pipe', 'huge'])
        await mkdir(join(runs, name, 'figures'), { recursive: true });
      for (const name of ['linked-file', 'linked-folder', 'pipe', 'huge']) {
        await writeFile(join(runs, name, 'run.json'), exampleRecordText({}));
      }
      await symlink('../../report.html', join(runs, 'linked-file', 'report.html'));
      await symlink('../run.json', join(runs, 'linked-file', 'figures', 'figure-1.svg'));
      await mkdir(join(folder.path, 'elsewhere'));
      await writeFile(join(folder.path, 'elsewhere', 'figure-1.svg'), 'secret');
      execFileSync('rmdir', [join(runs, 'linked-folder', 'figures')]);
      await symlink(join(folder.path, 'elsewhere'), join(runs, 'linked-folder', 'figures'));
      execFileSync('mkfifo', [join(runs, 'pipe', 'report.html'), join(runs, 'pipe', 'metrics.csv')]);
      await writeFile(join(runs, 'huge', 'report.html'), '');
      await truncate(join(runs, 'huge', 'report.html'), 2 ** 32);
      await symlink(runs, join(runs, 'around'));
      await symlink(folder.path, join(runs, 'out'));
      const other = await startServe([runs]);
      onTestFinished(async () => void (await other.end()));
      const own = await cookieOf(other);
      const get = (path: string) => ask(other, path, { headers: { Cookie: own } });
      const list = JSON.parse((await get('/api/runs')).text) as RunList;
      expect(list.runs.map(({ name }) => name).sort()).toEqual(
        [HOSTILE, 'huge', 'linked-file', 'linked-folder', 'pipe', 'plain'].sort(),
      );
      const at = Object.fromEntries(list.runs.map(({ name, id }) => [name, `/runs/${id}`]));
      for (const [path, message] of [
        [`${at['linked-file']}/report.html`, 'is a link'],
        [`${at['linked-file']}/figures/figure-1.svg`, 'is a link'],
        [`${at['linked-folder']}/figures/figure-1.svg`, 'lies behind one'],
        [`${at.pipe}/report.html`, 'is no file'],
        [`${at.huge}/report.html`, 'has 4294967296 bytes'],
      ]) {
        const { status, text } = await get(path);
        expect(status).toBe(403);
        expect(text).toContain(message);
        expect(text).not.toContain('secret');
      }
      expect((await get(`/api${at.pipe}`)).text).toContain('metrics.csv is no file');
      expect((await get('/api/runs')).status).toBe(200);
      expect((await other.end()).code).toBe(0);
    },
  );
});

describe('weft serve refuses, in a sentence,', () => {
  test('a port that is in use, and takes another where none was asked for', async () => {
    const { code, stdout, stderr } = await weft(['serve', join(folder.path, 'runs'), '--port', String(served.port)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `weft: --port: port ${served.port} cannot be had: another program uses it. Give another, such as --port 8643, or --port 0 for any that is free.\n`,
    );
    const other = createServer();
    // Whoever has the default port already serves as well.
    await new Promise((resolve) => other.once('error', resolve).listen(8642, '127.0.0.1', () => resolve(undefined)));
    const free = await startServeAt([join(folder.path, 'runs')]);
    onTestFinished(async () => void (await free.end()));
    expect(free.port).not.toBe(8642);
    expect((await free.end()).code).toBe(0);
    await new Promise((resolve) => other.close(resolve));
  });

  test.each([
    ['a folder that is not there', 'nowhere', 'nowhere cannot be served'],
    ['a file', 'secret', 'secret is a file. Give the folder of a run'],
  ])('%s', async (_, given, message) => {
    const { code, stdout, stderr } = await weft(['serve', given], { cwd: folder.path });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(message);
  });

  test.each(['-1', '65536', 'x', '1.5'])('the port %s', async (port) => {
    const { code, stderr } = await weft(['serve', '--port', port], { cwd: folder.path });
    expect(code).toBe(2);
    expect(stderr).toContain('--port');
  });
});

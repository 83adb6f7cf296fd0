import type { ChildProcess } from 'node:child_process';
import { request } from 'node:http';
import { connect } from 'node:net';
import { type CallOptions, type Finished, weft } from './weft.js';

/** A `weft serve` that runs. */
export interface Served {
  /** As it was printed: with the token. */
  readonly address: string;
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  readonly port: number;
  /** Ends it by Ctrl-C. */
  end(): Promise<Finished>;
}

/** Runs `weft serve` until it is ended, at a port that is free. */
export async function startServe(args: readonly string[], options: CallOptions = {}): Promise<Served> {
  return startServeAt([...args, '--port', '0'], options);
}

/** The same, at the port that the arguments say, or the default one. */
export async function startServeAt(args: readonly string[], options: CallOptions = {}): Promise<Served> {
  let child: ChildProcess | undefined;
  let ended: Promise<Finished> | undefined;
  const address = await new Promise<string>((resolve, reject) => {
    let stdout = '';
    ended = weft(['serve', ...args], {
      ...options,
      onSpawn(started) {
        child = started;
        started.stdout?.on('data', (text: string) => {
          stdout += text;
          if (stdout.includes('\n')) resolve(stdout.trim());
        });
      },
    });
    ended.then(({ stderr }) => reject(new Error(`weft serve has ended: ${stderr}`)));
  });
  const { origin, port } = new URL(address);
  return {
    ...{ address, origin, port: Number(port) },
    end() {
      child?.kill('SIGINT');
      return ended as Promise<Finished>;
    },
  };
}

/** What a server answers. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * Asks as nobody but a test does: the path is sent as it stands, and so are the headers.
 *
 * @param path not resolved, and not encoded
 */
export function ask(
  { port }: Pick<Served, 'port'>,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.on('error', reject).end();
  });
}

/** What comes back for a text that is sent as it stands, until the server closes the connection. */
export function sendText({ port }: Pick<Served, 'port'>, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

/** Exchanges the token of a server for its cookie. */
export async function cookieOf(served: Served): Promise<string> {
  const { headers } = await ask(served, served.address.slice(served.origin.length));
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

/** Asks until what is answered is what is waited for. */
export async function askUntil<Value>(
  served: Pick<Served, 'port'>,
  path: string,
  cookie: string,
  isIt: (value: Value) => boolean,
): Promise<Value> {
  for (;;) {
    const { status, text } = await ask(served, path, { headers: { Cookie: cookie } });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    const value = JSON.parse(text) as Value;
    if (isIt(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe } from 'vitest';

/** Folders where systems put servers, besides those of PATH. */
const FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
const WAIT_MILLISECONDS = 50;
const START_MILLISECONDS = 120_000;

function find(): string | undefined {
  const names = process.platform === 'win32' ? ['nats-server.exe'] : ['nats-server'];
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...FOLDERS].filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const executable = find();

/** Describes tests with a real NATS server. Where there is none, they are skipped, and their name says so. */
export function inNats(name: string, tests: () => void): void {
  if (executable !== undefined) describe(name, tests);
  else describe.skip(`${name} (skipped: nats-server is not installed)`, tests);
}

/** How a server is to be. */
export interface NatsOptions {
  /** Default one that is free. */
  readonly port?: number;
  /** Default true. */
  readonly jetstream?: boolean;
  /** Where it listens; default 127.0.0.1. */
  readonly host?: string;
  /** More of its configuration, such as `authorization { token: secret }`. */
  readonly config?: string;
}

/** A NATS server of its own, with an empty store. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends the server, by default at once without a farewell, and starts it again on the same port and store. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the server for a while: `restart` brings it back. */
  halt(signal?: NodeJS.Signals): Promise<void>;
  /** Stops the server from answering, and lets it go on. */
  signal(signal: NodeJS.Signals): void;
  /** What the server has logged. */
  log(): string;
  /** Ends the server and removes what it has stored. */
  stop(): Promise<void>;
}

/** Starts a NATS server and waits until it answers. */
export async function startNats(options: NatsOptions = {}): Promise<NatsServer> {
  if (executable === undefined) throw new Error('nats-server is not installed: use inNats.');
  const folder = mkdtempSync(join(tmpdir(), 'weft-nats-'));
  const { host = '127.0.0.1', jetstream = true, config = '' } = options;
  const configFile = join(folder, 'server.conf');
  const store = jetstream ? `jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))} }` : '';
  writeFileSync(configFile, `${store}\n${config}\n`);
  const logFile = join(folder, 'log');
  let port = options.port ?? -1;
  let child: ChildProcess;
  const start = async () => {
    const args = ['-c', configFile, '-a', host, '-p', String(port), '-l', logFile, '--ports_file_dir', folder];
    // A configuration that makes no sense is complained of before there is a log.
    const errors = openSync(logFile, 'a');
    child = spawn(executable, args, { stdio: ['ignore', 'ignore', errors] });
    closeSync(errors);
    port = await ready(child, folder, port, () => readLog(logFile));
  };
  const halt = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    // A stopped process hears of no other signal before it goes on.
    if (process.platform !== 'win32') child.kill('SIGCONT');
    await ended;
  };
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid!;
    },
    halt,
    async restart(signal) {
      await halt(signal);
      await start();
    },
    signal: (signal) => void child.kill(signal),
    log: () => readLog(logFile),
    async stop() {
      await halt();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The port at which the server answers. */
async function ready(child: ChildProcess, folder: string, wanted: number, log: () => string): Promise<number> {
  const until = Date.now() + START_MILLISECONDS;
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  while (Date.now() < until && failure === undefined && child.exitCode === null) {
    const port = wanted > 0 ? wanted : chosenPort(folder, child.pid);
    if (port !== undefined && (await answers(port))) return port;
    await wait(WAIT_MILLISECONDS);
  }
  child.kill('SIGKILL');
  throw new Error(`nats-server does not start: ${failure?.message ?? log().slice(-2000)}`);
}

/** The port that a server has chosen, which it writes into a file. */
function chosenPort(folder: string, pid: number | undefined): number | undefined {
  const file = readdirSync(folder).find((name) => name.endsWith(`_${pid}.ports`));
  if (file === undefined) return undefined;
  try {
    const { nats } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return Number(new URL(nats[0]).port);
  } catch {
    // It is being written.
    return undefined;
  }
}

/** Whether a server greets those who connect, which it does when its store is open. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const end = (does: boolean) => {
      socket.destroy();
      resolve(does);
    };
    socket.once('data', (data) => end(data.toString('latin1').startsWith('INFO')));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

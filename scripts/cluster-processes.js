// Processes of a cluster on one machine: a server, workers behind slow lines, and trainings. For scripts and tests.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { slowLine } from './slow-line.js';

const COMMAND = fileURLToPath(new URL('../packages/cli/bin/weft.js', import.meta.url));

const NODE = process.execPath;

/** Where systems put servers, which are not in everybody's PATH. */
const PATH = [process.env.PATH, '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].filter(Boolean).join(delimiter);

/** Characters of a process's output that are kept, its last. */
const MOST_LOG = 20_000;

/** A process whose output is kept. */
export class Process {
  log = '';
  /** @type {Promise<import('./cluster-processes.d.ts').ProcessEnd>} */
  ended;
  isRunning = true;

  /**
   * @param {string} name
   * @param {string} file
   * @param {readonly string[]} args
   * @param {NodeJS.ProcessEnv} [environment]
   */
  constructor(name, file, args, environment = {}) {
    this.name = name;
    this.child = spawn(file, args, {
      env: { ...process.env, PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.log = (this.log + text).slice(-MOST_LOG);
      });
    }
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => {
        this.log += `${error.message}\n`;
        this.isRunning = false;
        resolve({ code: null, signal: null });
      });
      this.child.on('close', (code, signal) => {
        this.isRunning = false;
        resolve({ code, signal });
      });
    });
  }

  /** @param {NodeJS.Signals} signal */
  kill(signal) {
    if (this.isRunning) this.child.kill(signal);
  }

  /**
   * Waits until the process has ended.
   *
   * @param {number} milliseconds
   * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null } | undefined>} nothing if it runs on
   */
  async endsWithin(milliseconds) {
    const abort = new AbortController();
    const timeout = wait(milliseconds, undefined, { signal: abort.signal }).catch(() => undefined);
    const end = await Promise.race([this.ended, timeout]);
    abort.abort();
    return end;
  }
}

/**
 * A call of the command.
 *
 * @param {string} name
 * @param {readonly string[]} args
 */
export const weft = (name, args) => new Process(name, NODE, [COMMAND, ...args]);

/** @returns {Promise<number>} a port that is free */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** @param {number} port */
function isAnswering(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    // A server of NATS speaks first.
    socket.once('data', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('data', () => socket.destroy());
  });
}

/** Whether a NATS server can be started here. */
export async function hasServer() {
  const { code } = await new Process('nats-server', 'nats-server', ['--version']).ended;
  return code === 0;
}

/** A NATS server with JetStream, the lines that lead to it, and what runs on it. */
export class LocalCluster {
  /** @type {Process[]} */
  processes = [];
  /** @type {import('./slow-line.js').SlowLine[]} */
  #lines = [];
  /** @type {Process | undefined} */
  #server;

  /**
   * @param {number} port
   * @param {string} folder
   */
  constructor(port, folder) {
    this.port = port;
    this.folder = folder;
  }

  static async start() {
    const cluster = new LocalCluster(await freePort(), mkdtempSync(join(tmpdir(), 'weft-cluster-')));
    await cluster.startServer();
    return cluster;
  }

  get url() {
    return `nats://127.0.0.1:${this.port}`;
  }

  async startServer() {
    const store = join(this.folder, 'server');
    const args = ['-js', '-sd', store, '-a', '127.0.0.1', '-p', String(this.port)];
    const server = new Process('server', 'nats-server', args);
    this.#server = server;
    this.processes.push(server);
    while (!(await isAnswering(this.port))) {
      if (!server.isRunning) throw new Error(`nats-server does not start.\n${server.log}`);
      await wait(20);
    }
  }

  /** @param {NodeJS.Signals} signal */
  async stopServer(signal) {
    this.#server?.kill(signal);
    await this.#server?.ended;
  }

  /** @param {Omit<import('./slow-line.js').SlowLineOptions, 'port'>} [options] */
  async startLine(options = {}) {
    const line = await slowLine({ port: this.port, ...options });
    this.#lines.push(line);
    return line;
  }

  /**
   * @param {string} name
   * @param {readonly string[]} [args]
   * @param {Omit<import('./slow-line.js').SlowLineOptions, 'port'>} [options] of the line
   */
  async startWorker(name, args = [], options = {}) {
    const line = await this.startLine(options);
    return { line, process: this.run(name, ['worker', `nats://127.0.0.1:${line.port}`, ...args]) };
  }

  /**
   * @param {string} name
   * @param {readonly string[]} args
   */
  run(name, args) {
    return this.node(name, [COMMAND, ...args]);
  }

  /**
   * @param {string} name
   * @param {readonly string[]} args
   */
  node(name, args) {
    // Nothing of this machine's own cache is used, and nothing is left in it.
    const process = new Process(name, NODE, args, { XDG_CACHE_HOME: join(this.folder, 'cache') });
    this.processes.push(process);
    return process;
  }

  /** What all processes have written. */
  get logs() {
    return this.processes.map(({ name, log }) => `--- ${name}\n${log.trimEnd() || '(nothing)'}`).join('\n');
  }

  /** Ends everything, also what stands still, and removes its files. */
  async close() {
    for (const each of this.processes) each.kill('SIGKILL');
    await Promise.all(this.processes.map(({ ended }) => ended));
    await Promise.all(this.#lines.map((line) => line.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

import { randomBytes } from 'node:crypto';
import { hostname, totalmem } from 'node:os';
import { availableThreads, WorkerPool } from '@weft/pool';
import { NUMERICS_VERSION } from '@weft/train';
import { type Connection, type ConnectOptions, connect } from '../bus/connect.js';
import { systemClock } from '../clock.js';
import type { Constant } from '../job/job.js';
import { holderOfKey } from '../key/claim.js';
import { openKeys } from '../key/key-store.js';
import { Machine } from '../machine/machine.js';
import { beat } from '../registry/heartbeat.js';
import { DataIndex } from '../store/data-index.js';
import { ObjectCache } from '../store/object-cache.js';
import { fetchObject } from '../store/object-source.js';
import { openObjects } from '../store/object-store.js';
import { coordinatorKey, subjectsOf } from '../subjects.js';
import { persist } from '../sweep/persist.js';
import { CODE_VERSION } from '../version.js';
import { Channel } from '../wire/channel.js';
import { SESSION_MESSAGES } from '../wire/messages.js';
import { ClusterWorker } from './cluster-worker.js';
import { Occupation } from './occupation.js';

/** A worker that is connected: for what else it may do. */
export interface ServingWorker {
  readonly connection: Connection;
  /** Its name among the workers of the cluster. */
  readonly id: string;
  readonly threads: number;
  /** What it does: whoever wants it to do something else waits until it is free. */
  readonly occupation: Occupation;
  /** Aborted when the worker is to leave. */
  readonly signal: AbortSignal;
}

/** How a worker serves. */
export interface ServeWorkerOptions extends ConnectOptions {
  /** Of the cluster. Default `default`. */
  readonly name?: string;
  /** Threads that compute. Default: all cores. */
  readonly threads?: number;
  /** Most bytes of memory that a job may take. Default: half of the machine's. */
  readonly memory?: number;
  /** A folder of data: files in it are found by what they hold, and need not come from the server. */
  readonly dataRoot?: string;
  /** A folder for data that came from the server, of this worker alone. Without it, they are fetched each time. */
  readonly cache?: string;
  /** Ends it: the worker leaves after the running step. */
  readonly signal?: AbortSignal;
  /** Receives lines about what it does, for people. */
  readonly onEvent?: (line: string) => void;
  /** Does something else beside trainings, until the signal is aborted. */
  readonly also?: (worker: ServingWorker) => Promise<void>;
}

/**
 * Serves as a worker of a cluster until the signal is aborted: joins each training that a coordinator begins.
 *
 * @param url of the NATS server, such as `nats://host:4222`
 * @throws ClusterError if the server cannot be used
 *
 * @example
 * const leave = new AbortController();
 * const serving = serveWorker('nats://127.0.0.1:4222', { threads: 2, signal: leave.signal });
 * leave.abort();
 * await serving;
 */
export async function serveWorker(url: string, options: ServeWorkerOptions = {}): Promise<void> {
  const { name = 'default', threads = availableThreads(), onEvent: say = () => {}, also, cache } = options;
  const { memory = totalmem() / 2, signal = new AbortController().signal } = options;
  const subjects = subjectsOf(name);
  const id = workerId();
  const index = options.dataRoot === undefined ? undefined : await DataIndex.open(options.dataRoot);
  const connection = await connect(url, { clientName: `weft worker ${id}`, ...options });
  const { bus } = connection;
  const ended = new AbortController();
  try {
    const store = await openObjects(connection.objects, connection.server.maximumBytes);
    const keys = await openKeys(connection.kv);
    const sources = { index, cache: cache === undefined ? undefined : new ObjectCache(cache), store };
    const channel = new Channel(bus, SESSION_MESSAGES);
    const occupation = new Occupation();
    const worker = new ClusterWorker({
      bus,
      id,
      host: hostname(),
      threads,
      code: CODE_VERSION,
      numerics: NUMERICS_VERSION,
      clock: systemClock,
      channel,
      subjects,
      mostMemory: memory,
      occupation,
      say,
      async constantOf({ sha256, bytes }: Constant) {
        const { bytes: found } = await persist(() => fetchObject(sources, sha256, bytes), { signal: ended.signal });
        return found;
      },
      openMachine: () => openMachine(threads, memory),
      revisionNow: async () => (await holderOfKey(keys, coordinatorKey(name)))?.revision,
    });
    const stopBeat = beat(bus, subjects.alive, () => worker.heartbeat);
    say(`worker ${id} with ${threads} thread${threads === 1 ? '' : 's'} is ready at ${connection.server.address}`);
    try {
      const leaving = AbortSignal.any([signal, ended.signal]);
      const besides = also?.({ connection, id, threads, occupation, signal: leaving });
      const reason = await Promise.race([aborted(signal), connection.ended, failureOf(besides)]);
      ended.abort();
      await besides;
      await worker.leave();
      if (reason) throw reason;
    } finally {
      ended.abort();
      stopBeat();
      await worker.close();
    }
  } finally {
    await connection.close();
  }
}

/** A machine with a pool of its own, whose memory is given back with it. */
async function openMachine(threads: number, mostMemory: number): Promise<Machine> {
  const pool = await WorkerPool.create({ threads });
  const machine = await Machine.create(pool, { mostMemory });
  const close = machine.close.bind(machine);
  return Object.assign(machine, {
    close: async () => {
      await close();
      await pool.close();
    },
  });
}

/** The machine's name as a word of a subject, and something that no other process has. */
function workerId(): string {
  const host = hostname()
    .split('.')[0]
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 40);
  return `${host || 'worker'}-${randomBytes(3).toString('hex')}`;
}

/** Settles when something fails, and never if it does not. */
function failureOf(work: Promise<void> | undefined): Promise<never> {
  return new Promise((_, reject) => work?.catch(reject));
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

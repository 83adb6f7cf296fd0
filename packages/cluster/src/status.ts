import { setTimeout as wait } from 'node:timers/promises';
import { type Connection, type ConnectOptions, connect, type ServerDescription } from './bus/connect.js';
import { type Holder, holderOfKey, renewalOf } from './key/claim.js';
import { existingKeys } from './key/key-store.js';
import { Registry, type WorkerStatus } from './registry/registry.js';
import { coordinatorKey, subjectsOf } from './subjects.js';
import { placeNames } from './sweep/place.js';

/** How a cluster is looked at. */
export interface StatusOptions extends ConnectOptions {
  /** Of the cluster. Default `default`. */
  readonly name?: string;
  /** Seconds to listen; workers say something once a second. Default 3.5. */
  readonly seconds?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** Who is there and does what, as the server and the workers say. */
export interface ClusterStatus {
  readonly server: ServerDescription;
  /** Who begins trainings; undefined if nobody does. */
  readonly coordinator: (Holder & { readonly isAlive: boolean }) | undefined;
  readonly workers: readonly WorkerStatus[];
  /** Trials that wait for workers, or are performed. */
  readonly trials: number;
  /** Messages that were no heartbeats. */
  readonly refused: number;
}

/**
 * Looks for a few seconds at a cluster: its server, its coordinator, its workers and what they do.
 *
 * @param url of the NATS server, such as `nats://host:4222`
 * @throws ClusterError if the server cannot be used
 *
 * @example
 * const { workers } = await clusterStatus('nats://127.0.0.1:4222');
 * workers.map(({ host, threads }) => `${host}: ${threads}`);
 */
export async function clusterStatus(url: string, options: StatusOptions = {}): Promise<ClusterStatus> {
  const { name = 'default', seconds = 3.5, signal } = options;
  const connection = await connect(url, { clientName: 'weft status', ...options });
  try {
    const registry = new Registry(connection.bus, subjectsOf(name).alive);
    const keys = await existingKeys(connection.kv);
    const key = coordinatorKey(name);
    const before = keys && (await renewalOf(keys, key));
    await wait(1000 * seconds, undefined, signal && { signal });
    const holder = keys && (await holderOfKey(keys, key));
    const isAlive = holder !== undefined && (await renewalOf(keys!, key)) !== before;
    return {
      server: connection.server,
      coordinator: holder && { ...holder, isAlive },
      workers: registry.workers,
      trials: await trialsOn(connection, name),
      refused: registry.refused,
    };
  } finally {
    await connection.close();
  }
}

/** Trials on the server: none if there was never one. */
async function trialsOn(connection: Connection, name: string): Promise<number> {
  const manager = await connection.jetstreamManager();
  const { bucket, subjects } = placeNames(name);
  for await (const stream of manager.streams.list(`${subjects}.>`)) {
    if (stream.config.name === bucket) return stream.state.messages;
  }
  return 0;
}

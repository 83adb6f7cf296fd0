import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { NUMERICS_VERSION } from '@weft/train';
import { type ConnectOptions, connect } from './bus/connect.js';
import { systemClock } from './clock.js';
import { ClusterRuntime } from './coordinator/cluster-runtime.js';
import { claimKey } from './key/claim.js';
import { openKeys } from './key/key-store.js';
import { openObjects } from './store/object-store.js';
import { coordinatorKey, subjectsOf } from './subjects.js';
import { persist } from './sweep/persist.js';
import { CODE_VERSION } from './version.js';
import { Channel } from './wire/channel.js';
import { SESSION_MESSAGES } from './wire/messages.js';

/** Deadlines are so much longer after the connection was down, in milliseconds. */
const GRACE = 10_000;

/** How a cluster is opened. */
export interface ClusterOptions extends ConnectOptions {
  /** Of the cluster, where one server has several: small letters, digits and dashes. Default `default`. */
  readonly name?: string;
  /** Seconds to wait for the first worker, and for another one when all are lost. Default 120. */
  readonly waitSeconds?: number;
  /** What this process does, for people, such as `weft train`. */
  readonly work?: string;
  /** Receives lines about workers and the connection, for people. */
  readonly onEvent?: (line: string) => void;
}

/**
 * Opens the workers of a cluster as a runtime, for `fit`, `predict` and `evaluate`. This process becomes the cluster's
 * coordinator until the runtime is closed. Workers are started by `weft worker URL`, before or afterwards.
 *
 * @param url of the NATS server, such as `nats://host:4222`
 * @throws ClusterError if the server cannot be used, or another process coordinates the cluster
 *
 * @example
 * const runtime = await cluster('nats://127.0.0.1:4222');
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1] });
 * await fit(model, { x: Float32Array.of(0, 1), y: Float32Array.of(1, 3) }, { epochs: 2, pool: runtime });
 * await runtime.close();
 */
export async function cluster(url: string, options: ClusterOptions = {}): Promise<ClusterRuntime> {
  const { name = 'default', waitSeconds = 120, work = 'training', onEvent = () => {} } = options;
  const subjects = subjectsOf(name);
  const connection = await connect(url, { clientName: 'weft coordinator', ...options });
  try {
    const objects = await openObjects(connection.objects, connection.server.maximumBytes);
    const keys = await openKeys(connection.kv);
    const owner = { id: `coordinator-${randomBytes(4).toString('hex')}`, host: hostname(), work };
    const claim = await claimKey(keys, coordinatorKey(name), owner, {
      onWait: (holder) =>
        onEvent(`${holder.work} on ${holder.host} coordinates this cluster: looking whether it lives`),
    });
    const { bus } = connection;
    const ended = new AbortController();
    const runtime = new ClusterRuntime({
      bus,
      subjects,
      channel: new Channel(bus, SESSION_MESSAGES),
      clock: systemClock,
      revision: claim.revision,
      code: CODE_VERSION,
      numerics: NUMERICS_VERSION,
      grace: GRACE,
      patience: 1000 * waitSeconds,
      say: onEvent,
      keep: async (bytes) => void (await persist(() => objects.put(bytes), { signal: ended.signal })),
      async close() {
        ended.abort();
        await bus.flush();
        await claim.release().catch(() => undefined);
        await connection.close();
      },
    });
    void claim.lost.then((error) => runtime.stop(error));
    void connection.ended.then((error) => {
      if (error) runtime.stop(error);
      ended.abort(error);
    });
    return runtime;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

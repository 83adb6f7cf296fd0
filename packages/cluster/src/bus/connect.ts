import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { Objm } from '@nats-io/obj';
import { connect as connectClient, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { ClusterError } from '../errors.js';
import { type Address, parseAddresses } from './address.js';
import type { Bus } from './bus.js';
import { connectionError } from './connection-error.js';
import { type Credentials, clientCredentials, withEnvironment } from './credentials.js';
import { greetingOf } from './greeting.js';
import { NatsBus } from './nats-bus.js';
import { serverWarnings } from './server-warnings.js';

/** How to connect to a NATS server. Credentials that are not given are taken from the environment. */
export interface ConnectOptions extends Credentials {
  /** What the server's own tools call this connection; default `weft`. */
  readonly clientName?: string;
  /** Waits for a server that does not answer yet, instead of failing; default false. */
  readonly waitsForServer?: boolean;
  /** Seconds that a server may take to answer; default 10. */
  readonly timeoutSeconds?: number;
  /** Whether a server without JetStream is refused; default true. */
  readonly needsJetStream?: boolean;
  /** Receives what somebody should know of an open or old server, once for each thing. */
  readonly onWarning?: (message: string) => void;
  /** Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** What the server says of itself. */
export interface ServerDescription {
  readonly version: string;
  /** As in `nats://host:4222`. */
  readonly address: string;
  /** Most bytes of a message. */
  readonly maximumBytes: number;
  readonly isEncrypted: boolean;
}

/** A connection to a NATS server, and what is built on it. */
export interface Connection {
  readonly bus: Bus;
  readonly kv: Kvm;
  readonly objects: Objm;
  readonly jetstream: JetStreamClient;
  jetstreamManager(): Promise<JetStreamManager>;
  readonly server: ServerDescription;
  /** Settles when the connection has ended for good: with the reason if the server has refused it. */
  readonly ended: Promise<ClusterError | undefined>;
  close(): Promise<void>;
}

/** The client looks for a dead connection so often; two answers that stay out end it. */
const PING_MILLISECONDS = 5000;
const RECONNECT_MILLISECONDS = 500;

/**
 * Connects to a NATS server. A connection that breaks is made again for as long as it takes.
 *
 * @param url such as `nats://host:4222` or `tls://host`, or several with commas between them
 * @throws ClusterError if there is no such server, if it refuses the credentials, or has no JetStream
 *
 * @example
 * const connection = await connect('nats://127.0.0.1:4222', { user: 'ann', password: 'secret' });
 * connection.server.version; // such as 2.12.7
 * await connection.close();
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Connection> {
  const addresses = parseAddresses(url);
  const credentials = withEnvironment(options, options.environment ?? process.env);
  const client = await open(addresses, credentials, options);
  try {
    const server = describe(client, addresses[0]);
    if ((options.needsJetStream ?? true) && client.info!.jetstream !== true) {
      throw new ClusterError(
        'unfit',
        `The NATS server at ${server.address} runs without JetStream. Start it with -js.`,
      );
    }
    for (const warning of serverWarnings({
      ...server,
      host: addresses[0].host,
      listensAt: client.info!.host,
      demandsCredentials: (client.info!.auth_required ?? false) || (client.info!.tls_verify ?? false),
      sentSecret: (credentials.password ?? credentials.token) !== undefined,
    })) {
      options.onWarning?.(warning);
    }
    return connectionOf(client, server, credentials);
  } catch (error) {
    await client.close();
    throw error;
  }
}

async function open(
  addresses: readonly [Address, ...Address[]],
  credentials: Credentials,
  options: ConnectOptions,
): Promise<NatsConnection> {
  const { clientName = 'weft', waitsForServer = false, timeoutSeconds = 10 } = options;
  const given = clientCredentials(credentials);
  const client: NodeConnectionOptions = {
    ...given,
    ...(given.tls === undefined && addresses.some(({ isEncrypted }) => isEncrypted) && { tls: {} }),
    servers: addresses.map(({ server }) => server),
    name: clientName,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MILLISECONDS,
    // Who sends sums to all needs none of them back.
    noEcho: true,
    pingInterval: PING_MILLISECONDS,
    timeout: 1000 * timeoutSeconds,
    waitOnFirstConnect: waitsForServer,
  };
  try {
    return await connectClient(client);
  } catch (error) {
    throw connectionError(error, addresses[0].url, credentials, await greetingOf(addresses[0]));
  }
}

function describe(client: NatsConnection, { url, isEncrypted }: Address): ServerDescription {
  const { version, max_payload, tls_required, tls_available } = client.info!;
  return {
    version,
    address: url,
    maximumBytes: max_payload,
    isEncrypted: isEncrypted || (tls_required ?? false) || (tls_available ?? false),
  };
}

function connectionOf(client: NatsConnection, server: ServerDescription, credentials: Credentials): Connection {
  const bus = new NatsBus(client);
  const ended = client.closed().then((error) => {
    return error ? connectionError(error, server.address, credentials) : undefined;
  });
  return {
    bus,
    kv: new Kvm(client),
    objects: new Objm(client),
    jetstream: jetstream(client),
    jetstreamManager: () => jetstreamManager(client),
    server,
    ended,
    close: () => bus.close(),
  };
}

import { readFileSync } from 'node:fs';
import {
  type Authenticator,
  credsAuthenticator,
  type NodeConnectionOptions,
  nkeyAuthenticator,
} from '@nats-io/transport-node';
import { ClusterError } from '../errors.js';

/** How this machine shows who it is, by NATS's own means. At most one of user, token, nkey and creds. */
export interface Credentials {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Path of a file with an nkey's seed, which begins with SU. */
  readonly nkey?: string;
  /** Path of a file with a JSON Web Token and a seed, as `nsc` writes it. */
  readonly creds?: string;
  /** Path of the certificate, in PEM, of the authority that has signed the server's. */
  readonly tlsCa?: string;
  /** Paths of this machine's own certificate and its key, in PEM, for a server that demands one. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** The environment variable of each credential. */
const CREDENTIAL_VARIABLES = {
  user: 'WEFT_NATS_USER',
  password: 'WEFT_NATS_PASSWORD',
  token: 'WEFT_NATS_TOKEN',
  nkey: 'WEFT_NATS_NKEY',
  creds: 'WEFT_NATS_CREDS',
  tlsCa: 'WEFT_NATS_TLS_CA',
  tlsCert: 'WEFT_NATS_TLS_CERT',
  tlsKey: 'WEFT_NATS_TLS_KEY',
} as const satisfies Record<keyof Credentials, string>;

type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = Object.keys(CREDENTIAL_VARIABLES) as (keyof Credentials)[];
/** Ways of which one is taken. */
const WAYS = ['user', 'token', 'nkey', 'creds'] as const;

/**
 * Adds what the environment says to what was given. A way that was given, such as a token, replaces the environment's
 * way; a password may come from the environment for a user that was given.
 *
 * @throws ClusterError with the code `usage` if more than one way is left
 */
export function withEnvironment(given: Credentials, environment: Environment): Credentials {
  const hasWay = WAYS.some((way) => given[way] !== undefined);
  const found: Record<string, string> = {};
  for (const name of NAMES) {
    const isWay = (WAYS as readonly string[]).includes(name);
    const value = given[name] ?? (isWay && hasWay ? undefined : environment[CREDENTIAL_VARIABLES[name]]);
    if (value !== undefined && value !== '') found[name] = value;
  }
  // A password in the environment belongs to the user there; with a token or a key it says nothing.
  if (found.user === undefined && given.password === undefined) delete found.password;
  check(found);
  return found;
}

function check(credentials: Credentials): void {
  const ways = WAYS.filter((way) => credentials[way] !== undefined);
  if (ways.length > 1) {
    throw new ClusterError('usage', `Credentials: got ${ways.join(' and ')}, expected one of ${WAYS.join(', ')}.`);
  }
  if ((credentials.user === undefined) !== (credentials.password === undefined)) {
    const [missing, there] = credentials.user === undefined ? ['user', 'password'] : ['password', 'user'];
    const advice = `Set ${CREDENTIAL_VARIABLES[missing as 'user']}.`;
    throw new ClusterError('usage', `Credentials: got a ${there} without a ${missing}. ${advice}`);
  }
  if ((credentials.tlsCert === undefined) !== (credentials.tlsKey === undefined)) {
    throw new ClusterError('usage', 'Credentials: a certificate and its key go together. Give both, or neither.');
  }
}

/**
 * What NATS's client takes for credentials.
 *
 * @throws ClusterError with the code `usage` if a file cannot be read or is none of its kind
 */
export function clientCredentials(credentials: Credentials): NodeConnectionOptions {
  const { user, password, token, nkey, creds, tlsCa, tlsCert, tlsKey } = credentials;
  return {
    ...(user !== undefined && { user, pass: password ?? '' }),
    ...(token !== undefined && { token }),
    ...(nkey !== undefined && { authenticator: ofSeed(nkey) }),
    ...(creds !== undefined && { authenticator: ofCreds(creds) }),
    ...((tlsCa ?? tlsCert) !== undefined && {
      tls: {
        ...(tlsCa !== undefined && { ca: pem(tlsCa, 'CERTIFICATE') }),
        ...(tlsCert !== undefined && { cert: pem(tlsCert, 'CERTIFICATE'), key: pem(tlsKey!, 'PRIVATE KEY') }),
      },
    }),
  };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'an error';
    throw new ClusterError('usage', `${path} cannot be read (${code}).`, { cause });
  }
}

function pem(path: string, label: string): string {
  const text = read(path).toString('latin1');
  if (new RegExp(`-----BEGIN [A-Z ]*${label}-----`).test(text)) return text;
  throw new ClusterError('usage', `${path} holds no ${label.toLowerCase()} in PEM.`);
}

const SEED = /\bSU[A-Z2-7]{56}\b/;

function ofSeed(path: string): Authenticator {
  const [seed] = SEED.exec(read(path).toString('latin1')) ?? [];
  if (seed === undefined) throw new ClusterError('usage', `${path} holds no seed of an nkey of a user (SU...).`);
  return checked(path, nkeyAuthenticator(new TextEncoder().encode(seed)));
}

function ofCreds(path: string): Authenticator {
  return checked(path, credsAuthenticator(read(path)));
}

/** An authenticator that reads its file well: the client asks it only in the middle of a connection. */
function checked(path: string, authenticator: Authenticator): Authenticator {
  try {
    authenticator('nonce');
    return authenticator;
  } catch (cause) {
    throw new ClusterError('usage', `${path} holds no credentials that can sign (${(cause as Error).message}).`, {
      cause,
    });
  }
}

import type { Connection, ConnectOptions, Credentials } from '@weft/cluster';
import type { Kind } from '../arguments/kinds.js';
import { option, type Values } from '../arguments/table.js';
import { UsageError } from '../exit.js';
import type { Terminal } from '../terminal/terminal.js';

/** The name of a cluster, which is a word of its subjects. */
const clusterName: Kind<string> = {
  placeholder: 'NAME',
  expected: 'up to 32 of the characters a to z, 0 to 9 and -',
  example: 'default',
  read: (text) => (/^[a-z0-9-]{1,32}$/.test(text) ? text : undefined),
};

/** The address of a NATS server, or of several; `connect` says more of one that is none. */
export const serverUrl: Kind<string> = {
  placeholder: 'URL',
  expected: 'the address of a NATS server, such as nats://host:4222',
  example: 'nats://127.0.0.1:4222',
  read: (text) => (/^(?:nats|tls):\/\/\S+$/.test(text) ? text : undefined),
};

const file: Kind<string> = {
  placeholder: 'FILE',
  expected: 'the path of a file',
  example: 'worker.nk',
  read: (text) => (text === '' ? undefined : text),
};

const userName: Kind<string> = {
  placeholder: 'USER',
  expected: 'the name of a user',
  example: 'weft',
  read: (text) => (text === '' ? undefined : text),
};

const secretFile = (help: string) => option<string | undefined>({ kind: file, default: undefined, help });

/** Options of every command that connects to a NATS server. Secrets come from files and the environment. */
export const connectionOptions = {
  name: option({
    kind: clusterName,
    default: 'default',
    help: 'Name of the cluster: those with different names on one server do not see each other.',
  }),
  user: option<string | undefined>({
    kind: userName,
    default: undefined,
    help: 'User of the NATS server, with the password in WEFT_NATS_PASSWORD. A token goes into WEFT_NATS_TOKEN.',
  }),
  nkey: secretFile("File with the seed of an nkey, instead of a user's password."),
  creds: secretFile('File with credentials, as nsc writes it.'),
  tlsCa: secretFile("Certificate, in PEM, of the authority that has signed the server's."),
  tlsCert: secretFile('Certificate of this machine, in PEM, for a server that asks for one.'),
  tlsKey: secretFile('Key of that certificate, in PEM.'),
};

/** The credentials among a command's options. What is not given there, `connect` takes from the environment. */
export function credentialsOf(values: Omit<Values<typeof connectionOptions>, 'name'>): Credentials {
  const { user, nkey, creds, tlsCa, tlsCert, tlsKey } = values;
  const given = { user, nkey, creds, tlsCa, tlsCert, tlsKey };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/**
 * Connects a command to a NATS server. Warnings of the server go to the terminal.
 *
 * @throws UsageError if the address or an option makes no sense
 */
export async function connectTerminal(
  url: string,
  values: Omit<Values<typeof connectionOptions>, 'name'>,
  terminal: Terminal,
  options: ConnectOptions = {},
): Promise<Connection> {
  const { ClusterError, connect } = await import('@weft/cluster');
  try {
    const onWarning = (message: string) => terminal.warning(message);
    return await connect(url, { onWarning, ...options, ...credentialsOf(values) });
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'usage') throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

import { ClusterError } from '../errors.js';

/** Where a NATS server is. */
export interface Address {
  readonly url: string;
  readonly host: string;
  /** Host and port, as the client takes them. */
  readonly server: string;
  /** Whether only an encrypted connection will do. */
  readonly isEncrypted: boolean;
}

const EXAMPLE = 'nats://host:4222';
const DEFAULT_PORT = '4222';

/**
 * Where servers are that a text such as `nats://host:4222` or `tls://one,tls://other` names.
 *
 * @throws ClusterError with the code `usage` if the text names none
 */
export function parseAddresses(text: string): readonly [Address, ...Address[]] {
  const [first, ...others] = text.split(',').map((part) => parse(part.trim()));
  return [first, ...others];
}

function parse(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '' || !/^\/?$/.test(url.pathname)) {
    throw new ClusterError(
      'usage',
      `The server's address: got '${text.slice(0, 100)}', expected ${EXAMPLE} or tls://host:4222.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new ClusterError(
      'usage',
      `The server's address has credentials in it, which others can read. Use ${EXAMPLE}, and set WEFT_NATS_USER and ` +
        'WEFT_NATS_PASSWORD, or WEFT_NATS_TOKEN.',
    );
  }
  const server = `${url.hostname}:${url.port || DEFAULT_PORT}`;
  return { url: `${url.protocol}//${server}`, host: url.hostname, server, isEncrypted: url.protocol === 'tls:' };
}

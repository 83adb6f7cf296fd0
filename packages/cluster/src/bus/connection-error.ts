import { errors } from '@nats-io/transport-node';
import { ClusterError } from '../errors.js';
import type { Credentials } from './credentials.js';
import type { Greeting } from './greeting.js';

/** Codes by which Node's TLS says that a certificate will not do. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|SSL|certificate|\btls\b/i;

/** What a failed connection means, and what to do about it. */
export function connectionError(
  error: unknown,
  address: string,
  credentials: Credentials,
  greeting?: Greeting,
): ClusterError {
  const known = error instanceof Error ? error : new Error(String(error));
  const { code = '' } = known as NodeJS.ErrnoException;
  const options = { cause: error };
  if (known instanceof ClusterError) return known;
  if (known instanceof errors.AuthorizationError || known instanceof errors.UserAuthenticationExpiredError) {
    return new ClusterError('refused', refusal(address, credentials), options);
  }
  if (CERTIFICATE.test(`${code} ${known.message}`)) {
    return new ClusterError('certificate', certificate(known, address, credentials), options);
  }
  if (known instanceof errors.TimeoutError) {
    if (greeting?.wantsCertificate)
      return new ClusterError('certificate', ownCertificate(address, credentials), options);
    return new ClusterError('unreachable', `The NATS server at ${address} does not answer in time.`, options);
  }
  const reason = known.message === '' ? code : known.message;
  return new ClusterError(
    'unreachable',
    `No NATS server answers at ${address} (${reason}). Start one with nats-server -js, or mend the address.`,
    options,
  );
}

function refusal(address: string, { user, token, nkey, creds }: Credentials): string {
  const shown =
    (user !== undefined && `user ${user} with this password`) ||
    (token !== undefined && 'this token') ||
    (nkey !== undefined && `the nkey of ${nkey}`) ||
    (creds !== undefined && `the credentials of ${creds}`);
  if (shown) return `The NATS server at ${address} refuses ${shown}.`;
  return `The NATS server at ${address} asks for credentials. Give --user, --nkey or --creds, or set WEFT_NATS_TOKEN.`;
}

function certificate(error: Error, address: string, { tlsCa }: Credentials): string {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === undefined ? error.message : `${code}: ${error.message}`;
  const said = `The encrypted connection to the NATS server at ${address} fails (${reason}).`;
  if (/does not support 'tls'/.test(error.message))
    return `${said} It has no certificate: use nats:// without --tls-ca.`;
  if (tlsCa === undefined) return `${said} Give the certificate of the authority that signed the server's by --tls-ca.`;
  return said;
}

/** A server that wants a certificate of this machine has ended the connection without a word. */
function ownCertificate(address: string, { tlsCert }: Credentials): string {
  if (tlsCert !== undefined) return `The NATS server at ${address} refuses the certificate ${tlsCert}.`;
  return `The NATS server at ${address} asks for a certificate of this machine. Give --tls-cert and --tls-key.`;
}

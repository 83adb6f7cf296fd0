import { createConnection } from 'node:net';
import type { Address } from './address.js';

/** What of a server's greeting says why it does not go on. */
export interface Greeting {
  /** Whether it asks for a certificate of this machine. */
  readonly wantsCertificate: boolean;
}

/** Most characters of a greeting. */
const MOST = 2 ** 16;
const MILLISECONDS = 3000;

/**
 * The greeting of a NATS server, which comes before any encryption; undefined if none comes. A server that refuses the
 * certificate of this machine just ends the connection, of which NATS's client only says that the time is up.
 */
export function greetingOf({ host, server }: Address): Promise<Greeting | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(Number(server.slice(server.lastIndexOf(':') + 1)), host.replace(/^\[|\]$/g, ''));
    let text = '';
    const end = () => {
      socket.destroy();
      resolve(parse(text));
    };
    socket.setEncoding('utf8').setTimeout(MILLISECONDS, end);
    socket.on('data', (part) => {
      text += part;
      if (text.includes('\n') || text.length > MOST) end();
    });
    socket.on('error', end).on('close', end);
  });
}

function parse(text: string): Greeting | undefined {
  const [, json] = /^INFO (\{.*\})\s*\r?\n/.exec(text) ?? [];
  try {
    return json === undefined ? undefined : { wantsCertificate: JSON.parse(json).tls_verify === true };
  } catch {
    return undefined;
  }
}

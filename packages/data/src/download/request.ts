import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';

/** Why one address did not deliver. The message is a sentence fragment for the user, such as "HTTP 404". */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
}

export interface RequestLimits {
  /** Milliseconds until the headers of the last redirect must have come. */
  connectMilliseconds: number;
  /** Milliseconds between two pieces of the body. */
  stallMilliseconds: number;
  /** Milliseconds until the whole body must have come. */
  totalMilliseconds: number;
  signal?: AbortSignal | undefined;
}

const MAXIMUM_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The answer to one GET, whatever its status. The caller must consume or destroy it. */
function respond(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    // A connection of its own: a kept-alive one would hold the process open after the last file.
    const options = { signal, agent: false, headers: { 'accept-encoding': 'identity', 'user-agent': 'weft' } };
    get(url, options, resolve).on('error', reject);
  });
}

/** This machine, to which nothing goes over a network. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Whether an address may be asked: over https, or over http on this machine. From elsewhere, nobody is sent to this
 * machine: what listens here may trust whoever asks.
 *
 * @param from the address that redirected to it, if one did
 */
export function isAllowed({ protocol, hostname }: URL, from?: URL): boolean {
  const isHere = LOOPBACK.test(hostname);
  if (from !== undefined && isHere && !LOOPBACK.test(from.hostname)) return false;
  return protocol === 'https:' || (protocol === 'http:' && isHere);
}

async function follow(address: string, signal: AbortSignal): Promise<IncomingMessage> {
  if (!URL.canParse(address)) throw new RequestFailure('is no address');
  let url = new URL(address);
  if (!isAllowed(url)) throw new RequestFailure(`is not asked over ${url.protocol}//, expected https://`);
  for (let redirects = 0; redirects <= MAXIMUM_REDIRECTS; redirects++) {
    const response = await respond(url, signal);
    const status = response.statusCode ?? 0;
    if (status === 200) return response;
    response.destroy();
    const location = response.headers.location;
    if (!REDIRECTS.has(status) || location === undefined) throw new RequestFailure(`HTTP ${status}`);
    if (!URL.canParse(location, url.href)) throw new RequestFailure(`redirected to ${location}, which is no address`);
    const target = new URL(location, url);
    if (!isAllowed(target, url)) {
      throw new RequestFailure(
        `redirected to ${target.protocol}//${target.host}, expected https:// of another machine`,
      );
    }
    url = target;
  }
  throw new RequestFailure(`redirected more than ${MAXIMUM_REDIRECTS} times`);
}

function explain(error: unknown): RequestFailure {
  if (error instanceof RequestFailure) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  // An AggregateError of several refused addresses has a code and an empty message.
  return new RequestFailure(
    message && code && !message.includes(code) ? `${message} (${code})` : message || `${code}`,
    {
      cause: error,
    },
  );
}

/**
 * Sends the body of an address to `receive`, piece by piece.
 *
 * Gives up when nothing comes for too long, when all of it takes too long, when the body is not of the length announced
 * or expected, when there are more than five redirects or one to another protocol, or when the signal is aborted.
 *
 * @param address       an https address, or an http address of this machine
 * @param expectedBytes length the body must have
 * @param receive       takes each piece; the next is not read before it has finished
 * @throws RequestFailure with the reason; the signal's reason if it was aborted; whatever `receive` throws
 */
export async function requestBytes(
  address: string,
  expectedBytes: number,
  receive: (piece: Uint8Array) => Promise<void>,
  { connectMilliseconds, stallMilliseconds, totalMilliseconds, signal }: RequestLimits,
): Promise<void> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  let timer: NodeJS.Timeout | undefined;
  let lateness: string | undefined;
  const end = setTimeout(() => {
    lateness ??= `did not come within ${totalMilliseconds / 1000} s`;
    controller.abort();
  }, totalMilliseconds);
  const allow = (milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      lateness ??= `nothing came for ${milliseconds / 1000} s`;
      controller.abort();
    }, milliseconds);
  };
  let received = 0;
  let receiverFailure: { error: unknown } | undefined;
  try {
    allow(connectMilliseconds);
    const response = await follow(address, controller.signal);
    const announced = response.headers['content-length'];
    if (announced !== undefined && Number(announced) !== expectedBytes) {
      response.destroy();
      throw new RequestFailure(`has ${announced} bytes, expected ${expectedBytes}`);
    }
    allow(stallMilliseconds);
    for await (const piece of response as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      received += piece.length;
      if (received > expectedBytes) throw new RequestFailure(`has more than the ${expectedBytes} bytes expected`);
      try {
        await receive(piece);
      } catch (error) {
        receiverFailure = { error };
        throw error;
      }
      allow(stallMilliseconds);
    }
    if (received < expectedBytes) throw new RequestFailure(`ended after ${received} of ${expectedBytes} bytes`);
  } catch (error) {
    signal?.throwIfAborted();
    if (receiverFailure) throw receiverFailure.error;
    if (lateness !== undefined) throw new RequestFailure(lateness, { cause: error });
    if (received > 0 && received < expectedBytes && !(error instanceof RequestFailure)) {
      throw new RequestFailure(`broke off after ${received} of ${expectedBytes} bytes`, { cause: error });
    }
    throw explain(error);
  } finally {
    clearTimeout(timer);
    clearTimeout(end);
    signal?.removeEventListener('abort', abort);
    controller.abort();
  }
}

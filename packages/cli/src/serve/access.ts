import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is refused: a status, and a sentence for people. */
export interface Refusal {
  readonly status: 401 | 403 | 405;
  readonly message: string;
}

/** Query parameter of the token, once. */
const TOKEN = 'token';

/** Whoever may not read the cookie cannot guess it, and neither the token. */
const secret = () => randomBytes(32).toString('base64url');

/**
 * Decides who may look. The address that is printed has a token, which is good for one exchange: for a cookie that no
 * script reads and no other site sends. After that the address in the browser has no secret.
 */
export class Access {
  private token: string | undefined = secret();
  private readonly session = secret();
  private readonly hosts: readonly string[];
  private readonly cookie: string;

  /** @param port of the server; browsers send cookies to all ports of a host, so it is in the cookie's name */
  constructor(private readonly port: number) {
    this.hosts = ['127.0.0.1', 'localhost'].map((host) => (port === 80 ? host : `${host}:${port}`));
    this.cookie = `weft-serve-${port}`;
  }

  /** The address for a browser, with the token. */
  get address(): string {
    return `http://${this.hosts[0]}/?${TOKEN}=${this.token}`;
  }

  /** Whether a request comes from our own page or from a person, and not from another site or another name. */
  refuse({ method, headers }: IncomingMessage): Refusal | undefined {
    const { host, origin } = headers;
    // A name that a stranger has made lead to this machine is not ours (DNS rebinding).
    if (host === undefined || !this.hosts.includes(host)) {
      return { status: 403, message: `This page answers at http://${this.hosts[0]}/ only.` };
    }
    const site = headers['sec-fetch-site'];
    const isOwn = site === undefined || site === 'same-origin' || site === 'none';
    if (!isOwn || (origin !== undefined && origin !== `http://${host}`)) {
      return { status: 403, message: `Other sites may not look. Type or paste the address instead: http://${host}/` };
    }
    if (method === 'GET' || method === 'HEAD') return undefined;
    return { status: 405, message: 'This page is read only: GET and HEAD are answered.' };
  }

  /** Whether a request has the cookie. */
  isKnown({ headers }: IncomingMessage): boolean {
    const values = (headers.cookie ?? '').split(/; */).flatMap((pair) => {
      const [name, ...value] = pair.split('=');
      return name === this.cookie ? [value.join('=')] : [];
    });
    return values.some((value) => isSame(value, this.session));
  }

  /**
   * Exchanges the token of an address for the cookie; it is worth nothing afterwards.
   *
   * @returns the text of `Set-Cookie`; undefined if the token is not, or no longer, the one that was printed
   */
  exchange(token: string): string | undefined {
    if (this.token === undefined || !isSame(token, this.token)) return undefined;
    this.token = undefined;
    return `${this.cookie}=${this.session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** What is said to whoever has no cookie. */
  get unknown(): Refusal {
    return {
      status: 401,
      message: `Open the address that weft serve has printed on its terminal. It is good once, for one browser; start weft serve --port ${this.port} again for another.`,
    };
  }
}

/** The token in an address. */
export function tokenOf(url: URL): string | undefined {
  return url.searchParams.get(TOKEN) ?? undefined;
}

/** In a time that does not tell how much of the texts is the same. */
function isSame(got: string, expected: string): boolean {
  const [a, b] = [got, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a, b);
}

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Nothing may be done. */
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What a browser may do with what it gets. */
export const POLICIES = {
  /** For our page: its own files, and questions to its own server. */
  page: `${NOTHING}; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; require-trusted-types-for 'script'`,
  /** For data. */
  data: `${NOTHING}; sandbox`,
  /**
   * For a run's report, which may be a stranger's page: its scripts run with an origin of their own, from where neither
   * this server nor anything else can be asked.
   */
  report: `${NOTHING}; sandbox allow-scripts; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:`,
  /** For a figure: a drawing may have styles, never scripts. */
  figure: `${NOTHING}; sandbox; style-src 'unsafe-inline'; img-src data:; font-src data:`,
} as const;

/** What is sent. */
export interface Answer {
  readonly status?: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly policy: keyof typeof POLICIES;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends an answer; a browser that has the same already is told so. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status = 200, type, body, policy, headers = {} } = answer;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  const common = { ...SAFE, 'Content-Security-Policy': POLICIES[policy], ...headers };
  if (status === 200 && request.headers['if-none-match'] === tag) {
    response.writeHead(304, { ...common, ETag: tag }).end();
    return;
  }
  response.writeHead(status, {
    ...common,
    ...(status === 200 && { ETag: tag }),
    'Content-Type': type,
    'Content-Length': bytes.byteLength,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** Headers of every answer. */
const SAFE = {
  // Kept, but asked for each time: what was seen must not be shown to whoever has no cookie any more.
  'Cache-Control': 'private, no-cache',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};

/** A sentence as a page of its own. */
export function sentence(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${message}\n`, policy: 'data', headers };
}

/** A value as JSON. */
export function json(value: unknown): Answer {
  return { type: 'application/json; charset=utf-8', body: JSON.stringify(value), policy: 'data' };
}

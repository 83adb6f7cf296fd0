import { createServer, type Server } from 'node:http';
import { UsageError } from '../exit.js';
import { Access } from './access.js';
import { send, sentence } from './answer.js';
import { PageFiles } from './page-files.js';
import { respond, type Site } from './router.js';
import type { Runs } from './runs.js';
import { Samples } from './samples.js';

/** Taken unless another is asked for, or it is in use. */
export const DEFAULT_PORT = 8642;

/** Connections at a time; a browser has six. */
const MOST_CONNECTIONS = 128;
const REQUEST_MILLISECONDS = 30_000;

/** A server that runs. */
export interface RunningServer {
  /** With the token. */
  readonly address: string;
  /** Ends it, and whatever it computes. */
  close(): Promise<void>;
}

/**
 * Serves runs to this machine.
 *
 * @param port 0 takes any that is free; undefined the default one, or any if that is in use
 * @throws UsageError if the port that was asked for cannot be had
 */
export async function serveRuns(runs: Runs, port: number | undefined): Promise<RunningServer> {
  const page = await PageFiles.load();
  const samples = new Samples();
  let site: Site | undefined;
  const server = createServer({ requestTimeout: REQUEST_MILLISECONDS }, (request, response) => {
    if (!site) {
      response.destroy();
      return;
    }
    respond(request, response, site).catch((error: Error) => {
      if (response.headersSent) response.destroy();
      else send(request, response, sentence(500, `That went wrong: ${error.message}`));
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  const got = await listen(server, port);
  const access = new Access(got);
  site = { access, runs, samples, page };
  return {
    address: access.address,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, samples.close()]);
    },
  };
}

async function listen(server: Server, port: number | undefined): Promise<number> {
  try {
    return await listenAt(server, port ?? DEFAULT_PORT);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (port === undefined && code === 'EADDRINUSE') return await listenAt(server, 0);
    const reason =
      code === 'EADDRINUSE' ? 'another program uses it' : code === 'EACCES' ? 'it is not open to this user' : message;
    throw new UsageError(
      `--port: port ${port ?? DEFAULT_PORT} cannot be had: ${reason}. Give another, such as --port ${DEFAULT_PORT + 1}, or --port 0 for any that is free.`,
      { cause },
    );
  }
}

/** Listens on this machine's own address, which no other machine reaches. */
function listenAt(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

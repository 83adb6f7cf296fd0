import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClusterError, type ConnectOptions, connect } from '../../packages/cluster/src/index.js';
import { nkeys } from '../../packages/cluster/test/support/nkeys.js';
import { inNats, type NatsOptions, type NatsServer, startNats } from '../support/nats.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0 && process.platform !== 'win32';
const folder = mkdtempSync(join(tmpdir(), 'weft-credentials-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** What comes of a connection: the server's version, or a code and a message. */
async function outcome(url: string, options: ConnectOptions) {
  try {
    const connection = await connect(url, { environment: {}, ...options });
    await connection.close();
    return { code: 'connected', message: connection.server.version };
  } catch (error) {
    expect(error).toBeInstanceOf(ClusterError);
    return error as ClusterError;
  }
}

/** A server for the tests of one way to show who one is. */
function withServer(options: () => NatsOptions): { readonly url: string; readonly port: number } {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNats(options());
  });
  afterAll(() => server?.stop());
  return {
    get url() {
      return server.url;
    },
    get port() {
      return server.port;
    },
  };
}

inNats('a server that asks for a user and a password', () => {
  const server = withServer(() => ({ config: 'authorization { user: ann, password: "right one" }' }));

  it('takes the right ones, given or from the environment', async () => {
    expect(await outcome(server.url, { user: 'ann', password: 'right one' })).toMatchObject({ code: 'connected' });
    const environment = { WEFT_NATS_USER: 'ann', WEFT_NATS_PASSWORD: 'right one' };
    expect(await outcome(server.url, { environment })).toMatchObject({ code: 'connected' });
    const { WEFT_NATS_USER: _, ...password } = environment;
    expect(await outcome(server.url, { user: 'ann', environment: password })).toMatchObject({ code: 'connected' });
  });

  it('refuses others, and the error names the user but no secret', async () => {
    const wrong = await outcome(server.url, { user: 'ann', password: 'wrong one' });
    expect(wrong).toMatchObject({ code: 'refused' });
    expect(wrong.message).toBe(`The NATS server at ${server.url} refuses user ann with this password.`);
    expect(await outcome(server.url, { token: 'right one' })).toMatchObject({ code: 'refused' });
    const none = await outcome(server.url, {});
    expect(none).toMatchObject({ code: 'refused' });
    expect(none.message).toContain('asks for credentials. Give --user, --nkey or --creds, or set WEFT_NATS_TOKEN');
  });

  it('ends a connection whose credentials it takes no more, with the reason', async () => {
    const port = await freePort();
    const config = (password: string) => `authorization { user: ann, password: ${password} }`;
    const first = await startNats({ port, config: config('old') });
    const connection = await connect(first.url, { user: 'ann', password: 'old', environment: {} });
    await first.stop();
    const second = await startNats({ port, config: config('new') });
    expect(await connection.ended).toMatchObject({ code: 'refused', message: expect.stringContaining('user ann') });
    expect(connection.bus.isConnected).toBe(false);
    await second.stop();
  });
});

inNats('a server that asks for a token', () => {
  const server = withServer(() => ({ config: 'authorization { token: "the-token" }' }));

  it('takes the right one only', async () => {
    expect(await outcome(server.url, { environment: { WEFT_NATS_TOKEN: 'the-token' } })).toMatchObject({
      code: 'connected',
    });
    const wrong = await outcome(server.url, { token: 'guessed-one' });
    expect(wrong).toMatchObject({ code: 'refused' });
    expect(wrong.message).not.toContain('guessed-one');
  });
});

inNats('a server that asks for an nkey', () => {
  const [known, other] = [nkeys.createUser(), nkeys.createUser()];
  const server = withServer(() => ({ config: `authorization { users: [{ nkey: ${known.getPublicKey()} }] }` }));
  const seed = (name: string, pair: typeof known) =>
    write(name, Buffer.concat([Buffer.from('# a worker\n'), pair.getSeed()]));

  it('takes those who hold its seed, in a file', async () => {
    expect(await outcome(server.url, { nkey: seed('known.nk', known) })).toMatchObject({ code: 'connected' });
    const environment = { WEFT_NATS_NKEY: seed('known.nk', known) };
    expect(await outcome(server.url, { environment })).toMatchObject({ code: 'connected' });
    const wrong = await outcome(server.url, { nkey: seed('other.nk', other) });
    expect(wrong).toMatchObject({ code: 'refused', message: expect.stringContaining('the nkey of') });
    expect(wrong.message).not.toContain('SU');
  });

  it('takes the seed from a file of credentials, too', async () => {
    const creds = (pair: typeof known) =>
      [
        '-----BEGIN NATS USER JWT-----',
        'e30.e30.e30',
        '------END NATS USER JWT------',
        '',
        '-----BEGIN USER NKEY SEED-----',
      ]
        .concat(Buffer.from(pair.getSeed()).toString(), '------END USER NKEY SEED------', '')
        .join('\n');
    const refused = await outcome(server.url, { creds: write('other.creds', creds(other)) });
    expect(refused).toMatchObject({ code: 'refused', message: expect.stringContaining('the credentials of') });
  });
});

const openssl = (name: string, subject: string) => {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const out = ['-keyout', key, '-out', certificate, '-days', '2', '-subj', subject];
  execFileSync('openssl', ['req', '-x509', ...curve, ...names, ...out], { stdio: 'ignore' });
  return { key, certificate };
};

describe.skipIf(!hasOpenssl)(`TLS${hasOpenssl ? '' : ' (skipped: openssl is not installed)'}`, () => {
  let server: NatsServer | undefined;
  let files: { key: string; certificate: string };
  let own: typeof files;
  let other: typeof files;
  const tls = (more = '') =>
    `tls { cert_file: ${JSON.stringify(files.certificate)}, key_file: ${JSON.stringify(files.key)} ${more} }`;
  const start = async (config: string) => {
    await server?.stop();
    server = await startNats({ config });
    return server.url;
  };
  beforeAll(() => {
    [files, own, other] = ['server', 'worker', 'other'].map((name) => openssl(name, `/CN=${name}`));
  });
  afterAll(() => server?.stop());

  inNats('of a server', () => {
    it('is used by those who trust its certificate, and refused by others', async () => {
      const url = await start(tls());
      const secure = url.replace('nats:', 'tls:');
      const connection = await connect(secure, { tlsCa: files.certificate, environment: {} });
      expect(connection.server.isEncrypted).toBe(true);
      await connection.close();
      expect(await outcome(url, { tlsCa: files.certificate })).toMatchObject({ code: 'connected' });
      const untrusted = await outcome(secure, {});
      expect(untrusted).toMatchObject({ code: 'certificate', message: expect.stringContaining('by --tls-ca') });
      expect(await outcome(secure, { tlsCa: other.certificate })).toMatchObject({ code: 'certificate' });
    });

    it('may ask for a certificate of this machine', async () => {
      const url = await start(tls(`, ca_file: ${JSON.stringify(own.certificate)}, verify: true`));
      const trusting = { tlsCa: files.certificate };
      const mine = { ...trusting, tlsCert: own.certificate, tlsKey: own.key };
      expect(await outcome(url, mine)).toMatchObject({ code: 'connected' });
      // The server ends the connection without a word: the client waits for its time to be up.
      const patience = { timeoutSeconds: 1 };
      const none = await outcome(url, { ...trusting, ...patience });
      expect(none).toMatchObject({ code: 'certificate', message: expect.stringContaining('--tls-cert and --tls-key') });
      const wrong = { ...trusting, tlsCert: other.certificate, tlsKey: other.key, ...patience };
      const refused = await outcome(url, wrong);
      expect(refused).toMatchObject({
        code: 'certificate',
        message: expect.stringContaining('refuses the certificate'),
      });
    });

    it('is missed where an address demands it', async () => {
      const url = await start('');
      const missing = await outcome(url.replace('nats:', 'tls:'), {});
      expect(missing).toMatchObject({ code: 'certificate', message: expect.stringContaining('has no certificate') });
    });
  });
});

inNats('a server', () => {
  const server = withServer(() => ({ jetstream: false }));

  it('without JetStream is refused with advice, unless it is not needed', async () => {
    const refused = await outcome(server.url, {});
    expect(refused).toMatchObject({ code: 'unfit', message: expect.stringContaining('Start it with -js.') });
    expect(await outcome(server.url, { needsJetStream: false })).toMatchObject({ code: 'connected' });
  });

  it('may be one of several, of which some are away', async () => {
    const url = `nats://127.0.0.1:${await freePort()},${server.url}`;
    expect(await outcome(url, { needsJetStream: false })).toMatchObject({ code: 'connected' });
  });
});

describe('where no server is', () => {
  it('the error says so, and how to start one', async () => {
    const url = `nats://127.0.0.1:${await freePort()}`;
    const gone = await outcome(url, {});
    expect(gone).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(`No NATS server answers at ${url}`),
    });
    expect(gone.message).toContain('nats-server -js');
  });

  it('but something that never speaks, the wait has an end', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    const { port } = await new Promise<{ port: number }>((resolve) => {
      silent.once('listening', () => resolve(silent.address() as { port: number }));
    });
    const gone = await outcome(`nats://127.0.0.1:${port}`, { timeoutSeconds: 0.2 });
    expect(gone).toMatchObject({ code: 'unreachable', message: expect.stringContaining('does not answer in time') });
    silent.close();
  });

  it('but something else, it is no server', async () => {
    const other = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    const { port } = await new Promise<{ port: number }>((resolve) => {
      other.once('listening', () => resolve(other.address() as { port: number }));
    });
    expect(await outcome(`nats://127.0.0.1:${port}`, {})).toMatchObject({ code: 'unreachable' });
    other.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../packages/cluster/src/bus/connect.js';
import { inNats, type NatsServer, startNats } from '../support/nats.js';

// The server's configuration and the certificate of docs/CLUSTER.md, as a reader copies them.
const page = readFileSync(new URL('../../docs/CLUSTER.md', import.meta.url), 'utf8');
const configuration = /```conf\n([\s\S]*?)```/.exec(page)![1];
const certificate = /^openssl req [\s\S]*?(?=\n```)/m.exec(page)![0];
const hasOpenssl = spawnSync('openssl', ['version']).status === 0 && process.platform !== 'win32';

inNats('the server of docs/CLUSTER.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-rack-'));
  let server: NatsServer;
  const url = () => `tls://localhost:${server.port}`;
  const [, password] = /user: "worker", password: "([^"]+)"/.exec(configuration)!;

  beforeAll(async () => {
    if (!hasOpenssl) return;
    execFileSync('sh', ['-c', certificate], { cwd: folder, stdio: 'ignore' });
    const config = configuration
      .replace(/^listen: .*\n/m, '')
      .replaceAll('/etc/nats', folder)
      .replaceAll('/var/lib/nats', join(folder, 'store'));
    expect(config).not.toMatch(/\/etc|\/var/);
    server = await startNats({ jetstream: false, config });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.runIf(hasOpenssl)('serves those who have its password and its certificate, with all that Weft needs', async () => {
    const warnings: string[] = [];
    const options = { user: 'worker', password, tlsCa: join(folder, 'cert.pem'), environment: {} };
    const connection = await connect(url(), { ...options, onWarning: (message) => warnings.push(message) });
    const other = await connect(url(), options);
    try {
      const bucket = await connection.kv.create('weft-test');
      const revision = await bucket.put('key', 'value');
      expect((await bucket.get('key'))?.revision).toBe(revision);
      const watched = await bucket.watch();
      for await (const entry of watched) {
        expect(entry.string()).toBe('value');
        break;
      }
      const objects = await connection.objects.create('weft-test');
      await objects.putBlob({ name: 'object' }, new Uint8Array(300_000).fill(7));
      expect((await objects.getBlob('object'))?.length).toBe(300_000);
      const received = new Promise((resolve) => {
        other.bus.subscribe('weft.test.all', ({ data }) => resolve([...data]));
      });
      await other.bus.flush();
      connection.bus.publish('weft.test.all', Uint8Array.of(1, 2));
      expect(await received).toEqual([1, 2]);
      expect(connection.server.isEncrypted).toBe(true);
      expect(warnings.filter((text) => /credentials|unencrypted/.test(text))).toEqual([]);
    } finally {
      await other.close();
      await connection.close();
    }
  });

  it.runIf(hasOpenssl)('refuses others, and is not trusted without its certificate', async () => {
    const right = { user: 'worker', password, tlsCa: join(folder, 'cert.pem'), environment: {} };
    await expect(connect(url(), { ...right, password: 'guessed' })).rejects.toThrow(/credentials|refuse/i);
    const { tlsCa: _, ...untrusting } = right;
    await expect(connect(url(), untrusting)).rejects.toThrow(/certificate/i);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, clusterStatus, connect } from '../../packages/cluster/src/index.js';
import { claimKey } from '../../packages/cluster/src/key/claim.js';
import { openKeys } from '../../packages/cluster/src/key/key-store.js';
import { beat, type Heartbeat } from '../../packages/cluster/src/registry/heartbeat.js';
import { coordinatorKey, subjectsOf } from '../../packages/cluster/src/subjects.js';
import { inNats, type NatsServer, startNats } from '../support/nats.js';

const command = fileURLToPath(new URL('../../packages/cli/bin/weft.js', import.meta.url));

async function weft(...args: string[]) {
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

inNats('the status of a cluster', () => {
  let server: NatsServer;
  let connection: Connection;
  const ends: (() => unknown)[] = [];

  /** A worker that says so of itself, and computes 500 images between two heartbeats. */
  function worker(name: string, more: Partial<Heartbeat>): void {
    const counts = { microBatches: 0, examples: 0, sentBytes: 0, receivedBytes: 0, refused: 0 };
    const facts = { id: 'a', host: 'box', threads: 2, numerics: 1, code: '0', state: 'training' as const, revision: 1 };
    const say = () => {
      counts.examples += 500;
      counts.sentBytes += 1000;
      return { ...facts, ...counts, ...more };
    };
    ends.push(beat(connection.bus, subjectsOf(name).alive, say, 0.2));
  }

  beforeAll(async () => {
    server = await startNats();
    connection = await connect(server.url, { environment: {} });
    const keys = await openKeys(connection.kv);
    const owner = { id: 'c-1', host: 'head', work: 'weft train' };
    const claim = await claimKey(keys, coordinatorKey('busy'), owner, { renewSeconds: 0.2 });
    await claimKey(keys, coordinatorKey('dead'), owner, { renewSeconds: 3600 });
    ends.push(() => claim.release());
    worker('busy', { id: 'b', threads: 1, refused: 3 });
    worker('busy', { id: 'a', host: 'evil\u001b[2J\nhost', job: 'trial 7' });
    const nonsense = setInterval(() => connection.bus.publish(subjectsOf('busy').alive, Uint8Array.of(1)), 200);
    ends.push(() => clearInterval(nonsense));
  });
  afterAll(async () => {
    for (const end of ends) await end();
    await connection?.close();
    await server?.stop();
  });

  it('names the coordinator, the workers with their rates, and counts what was refused', async () => {
    const status = await clusterStatus(server.url, { name: 'busy', environment: {}, seconds: 6 });
    expect(status.coordinator).toMatchObject({ id: 'c-1', host: 'head', work: 'weft train', isAlive: true });
    expect(status.workers.map(({ id, threads }) => [id, threads])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    // Each image comes with two bytes, at whatever rate.
    const [{ examplesPerSecond, bytesPerSecond }] = status.workers;
    expect(examplesPerSecond).toBeGreaterThan(0);
    expect(bytesPerSecond! / examplesPerSecond!).toBeCloseTo(2);
    expect(status.refused).toBeGreaterThan(0);
    expect(status).toMatchObject({ trials: 0, server: { address: server.url } });
  });

  it('tells a coordinator that lives from one that does not, and one cluster from another', async () => {
    const look = (name: string) => clusterStatus(server.url, { name, environment: {}, seconds: 1 });
    const [dead, none] = [await look('dead'), await look('none')];
    expect(dead.coordinator).toMatchObject({ id: 'c-1', isAlive: false });
    expect(dead.workers).toEqual([]);
    expect(none).toMatchObject({ coordinator: undefined, workers: [], refused: 0 });
  });

  it('is shown as a table, in which no worker writes what it likes', async () => {
    const { code, stdout, stderr } = await weft('cluster', 'status', server.url, '--name', 'busy');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Coordinator  weft train on head (c-1)\n');
    expect(stdout).toMatch(/^Workers {6}2 with 3 threads, [\d,]+ images\/s, traffic .*, [1-9]\d* messages refused$/m);
    expect(stdout).toMatch(/^a +evil\\u001b\[2J host +2 +trial 7 /m);
    expect(stdout).toMatch(/^b +box +1 +trains .* 3$/m);
  });

  it('is told programs as JSON', async () => {
    const { code, stdout } = await weft('cluster', 'status', server.url, '--name', 'none', '--json', '--quiet');
    expect(code).toBe(0);
    const totals = { workers: 0, threads: 0, imagesPerSecond: 0, bytesPerSecond: 0, refused: 0 };
    expect(JSON.parse(stdout)).toMatchObject({ name: 'none', coordinator: null, workers: [], trials: 0, totals });
  });
});

describe('weft cluster', () => {
  it.each([
    [['cluster', 'status', 'nats://127.0.0.1:9'], 1, 'No NATS server answers at nats://127.0.0.1:9'],
    [['cluster', 'status', 'box:4222'], 2, "got 'box:4222', expected the address of a NATS server"],
    [['cluster', 'status'], 2, 'got no address'],
    [['cluster', 'stop', 'nats://box'], 2, "got 'stop', expected status"],
    [['cluster', 'status', 'nats://box', '--name', 'A B'], 2, '--name'],
    [['cluster', 'status', 'nats://box', '--nkey', '/nowhere'], 2, '/nowhere cannot be read (ENOENT)'],
    [['cluster', 'status', 'nats://box', '--user', 'ann'], 2, 'Set WEFT_NATS_PASSWORD'],
  ])('%j ends with %i and a sentence', async (args, code, message) => {
    const ended = await weft(...args);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });
});

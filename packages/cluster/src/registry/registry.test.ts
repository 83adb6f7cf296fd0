import { describe, expect, it } from 'vitest';
import { MemoryNetwork } from '../bus/memory-bus.js';
import { beat, type Heartbeat, heartbeatMessages } from './heartbeat.js';
import { Registry, type RegistryOptions } from './registry.js';

const SUBJECT = 'weft.test.alive';
const heartbeat = (id: string, more: Partial<Heartbeat> = {}): Heartbeat => ({
  id,
  host: 'box',
  threads: 2,
  numerics: 1,
  code: '0.1.0',
  state: 'waiting',
  revision: 0,
  microBatches: 0,
  examples: 0,
  sentBytes: 0,
  receivedBytes: 0,
  refused: 0,
  ...more,
});

function fixture(options: RegistryOptions = {}) {
  const network = new MemoryNetwork();
  const sender = network.join();
  const clock = { now: 0 };
  const registry = new Registry(network.join(), SUBJECT, { now: () => clock.now, ...options });
  const send = async (bytes: Uint8Array) => {
    sender.publish(SUBJECT, bytes);
    await network.idle();
  };
  const say = (id: string, more?: Partial<Heartbeat>) => send(heartbeatMessages.encode('alive', heartbeat(id, more)));
  return { network, sender, clock, registry, send, say };
}

describe('a registry', () => {
  it('lists workers by id until they are silent', async () => {
    const { registry, clock, say } = fixture();
    await say('b');
    clock.now = 4000;
    await say('a', { state: 'training', job: 'cae' });
    expect(registry.workers.map(({ id, silentSeconds }) => [id, silentSeconds])).toEqual([
      ['a', 0],
      ['b', 4],
    ]);
    expect(registry.workers[0]).toMatchObject({ job: 'cae', state: 'training', examplesPerSecond: undefined });
    clock.now = 5001;
    expect(registry.workers.map(({ id }) => id)).toEqual(['a']);
  });

  it('measures rates by its own clock, also of a process that began anew', async () => {
    const { registry, clock, say } = fixture();
    await say('a', { examples: 1000, sentBytes: 10, receivedBytes: 10 });
    clock.now = 2000;
    await say('a', { examples: 1500, sentBytes: 20, receivedBytes: 40 });
    expect(registry.workers[0]).toMatchObject({ examplesPerSecond: 250, bytesPerSecond: 20 });
    for (let second = 3; second <= 12; second++) {
      clock.now = 1000 * second;
      await say('a', { examples: 1500 + 100 * second, sentBytes: 20, receivedBytes: 40 });
    }
    expect(registry.workers[0]).toMatchObject({ examplesPerSecond: 100, bytesPerSecond: 0 });
    clock.now = 13_000;
    await say('a', { examples: 3 });
    expect(registry.workers[0]).toMatchObject({ examplesPerSecond: undefined });
  });

  it('refuses and counts what is no heartbeat, and workers beyond its bound', async () => {
    const { registry, send, say, clock } = fixture({ mostWorkers: 2 });
    const heard: string[] = [];
    registry.onHeartbeat(({ id }) => heard.push(id));
    await say('a');
    await send(Uint8Array.of(1, 2, 3));
    const bytes = heartbeatMessages.encode('alive', heartbeat('x'));
    bytes[30] ^= 1;
    await send(bytes);
    await say('b');
    await say('c');
    await say('a');
    expect(registry.workers.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(registry.refused).toBe(3);
    expect(heard).toEqual(['a', 'b', 'a']);
    clock.now = 60_000;
    await say('c');
    expect(registry.workers.map(({ id }) => id)).toEqual(['c']);
  });

  it('hears the heartbeats of a worker, and nothing after it is closed', async () => {
    const { registry, network, sender } = fixture();
    let examples = 0;
    const twice = new Promise<void>((resolve) => {
      registry.onHeartbeat((heard) => heard.examples === 2 && resolve());
    });
    const stop = beat(sender, SUBJECT, () => heartbeat('a', { examples: ++examples }), 0.01);
    await twice;
    stop();
    registry.close();
    await network.idle();
    const said = examples;
    expect(registry.workers[0].examples).toBeLessThanOrEqual(said);
  });
});

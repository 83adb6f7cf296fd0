import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, connect } from '../../packages/cluster/src/index.js';
import { claimKey, holderOfKey } from '../../packages/cluster/src/key/claim.js';
import { type KeyStore, openKeys } from '../../packages/cluster/src/key/key-store.js';
import { inNats, type NatsServer, startNats } from '../support/nats.js';

const owner = (id: string) => ({ id, host: 'box', work: 'weft train' });

inNats('a key in a bucket of NATS', () => {
  let server: NatsServer;
  const open: Connection[] = [];
  const keysOf = async (): Promise<KeyStore> => {
    const connection = await connect(server.url, { environment: {} });
    open.push(connection);
    return openKeys(connection.kv);
  };

  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(async () => {
    for (const connection of open) await connection.close();
    await server?.stop();
  });

  it('is written by one of those that know its revision, and revisions grow', async () => {
    const [one, other] = [await keysOf(), await keysOf()];
    const results = await Promise.all([one.set('a.b', Uint8Array.of(1), 0), other.set('a.b', Uint8Array.of(2), 0)]);
    const [revision, ...others] = results.filter((each) => each !== undefined);
    expect(others).toEqual([]);
    expect(await one.set('a.b', Uint8Array.of(3), revision - 1)).toBeUndefined();
    const next = await other.set('a.b', Uint8Array.of(4), revision);
    expect(next).toBeGreaterThan(revision);
    expect(await one.get('a.b')).toEqual({ value: Uint8Array.of(4), revision: next });
    await one.remove('a.b', revision);
    expect((await one.get('a.b'))?.revision).toBe(next);
    await one.remove('a.b', next!);
    expect(await one.get('a.b')).toBeUndefined();
    expect(await other.set('a.b', Uint8Array.of(5), 0)).toBeGreaterThan(next!);
  });

  it('is held through a restart of the server, and refused to others', async () => {
    const [one, other] = [await keysOf(), await keysOf()];
    const claim = await claimKey(one, 'held', owner('a'), { renewSeconds: 0.1 });
    await server.restart();
    const before = await eventually(() => one.get('held.renewed'));
    // The holder renews again when its connection is back.
    await eventually(async () => (await one.get('held.renewed'))!.revision > before!.revision || undefined);
    await expect(claimKey(other, 'held', owner('b'), { silenceSeconds: 600 })).rejects.toThrow('is alive');
    expect(claim.isHeld).toBe(true);
    expect(await holderOfKey(other, 'held')).toMatchObject({ id: 'a', revision: claim.revision });
    await claim.release();
    expect(await holderOfKey(other, 'held')).toBeUndefined();
  });
});

/** What a question gives as soon as it gives something, also if the server is away at first. */
async function eventually<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await ask().catch(() => undefined);
    if (value !== undefined) return value;
    await wait(20);
  }
}

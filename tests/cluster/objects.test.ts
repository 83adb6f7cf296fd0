import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, connect } from '../../packages/cluster/src/index.js';
import { type ObjectStore, openObjects, sha256Of } from '../../packages/cluster/src/store/object-store.js';
import { OBJECT_BUCKET } from '../../packages/cluster/src/subjects.js';
import { inNats, type NatsServer, startNats } from '../support/nats.js';

const bytesOf = (length: number, seed = 0) => Uint8Array.from({ length }, (_, at) => (at * 7 + seed) % 251);

inNats('objects on a NATS server', () => {
  let server: NatsServer;
  let connection: Connection;
  let objects: ObjectStore;
  beforeAll(async () => {
    server = await startNats();
    connection = await connect(server.url, { environment: {} });
    objects = await openObjects(connection.objects, connection.server.maximumBytes);
  });
  afterAll(async () => {
    await connection?.close();
    await server?.stop();
  });
  const bucket = () => connection.objects.open(OBJECT_BUCKET);

  it.each([0, 1, 1000, 3_000_000])('of %i bytes are what was put, and lie there once', async (length) => {
    const bytes = bytesOf(length);
    const [sha256] = await Promise.all([objects.put(bytes), objects.put(bytes)]);
    expect(sha256).toBe(sha256Of(bytes));
    const { size } = (await (await bucket()).status()).streamInfo.state as unknown as { size: number };
    await objects.put(bytes);
    expect(((await (await bucket()).status()).streamInfo.state as unknown as { size: number }).size).toBe(size);
    expect(Buffer.compare(await objects.get(sha256, length), bytes)).toBe(0);
  });

  it('survive a restart of the server', async () => {
    const sha256 = await objects.put(bytesOf(500_000, 1));
    const back = new Promise<void>((resolve) => {
      connection.bus.onConnection((is) => is && resolve());
    });
    await server.restart();
    await back;
    expect(await objects.get(sha256, 500_000)).toHaveLength(500_000);
  });

  it('are refused if they are not there, have another size, hold other bytes or are links', async () => {
    const store = await bucket();
    const [wanted, other] = [bytesOf(1000, 2), bytesOf(1000, 3)];
    const hash = sha256Of(wanted);
    await expect(objects.get(hash, 1000)).rejects.toMatchObject({ code: 'missing' });
    await store.putBlob({ name: hash }, other);
    await expect(objects.get(hash, 1000)).rejects.toMatchObject({ code: 'damaged' });
    await expect(objects.get(hash, 999)).rejects.toMatchObject({ code: 'missing' });
    const linked = sha256Of(bytesOf(7));
    await store.link(linked, (await store.info(hash))!);
    await expect(objects.get(linked, 1000)).rejects.toMatchObject({ code: 'missing' });
    await store.delete(hash);
    await expect(objects.get(hash, 1000)).rejects.toMatchObject({ code: 'missing' });
  });
});

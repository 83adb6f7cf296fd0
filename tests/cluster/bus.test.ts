import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, connect } from '../../packages/cluster/src/index.js';
import { inNats, type NatsServer, startNats } from '../support/nats.js';

inNats('a bus over a NATS server', () => {
  let server: NatsServer;
  const open: Connection[] = [];
  const join = async () => {
    const connection = await connect(server.url, { environment: {} });
    open.push(connection);
    return connection;
  };

  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(async () => {
    for (const connection of open) await connection.close();
    await server?.stop();
  });

  it('carries bytes from one machine to another, in order and up to its limit', async () => {
    const [one, other] = [await join(), await join()];
    const heard: Uint8Array[] = [];
    const all = new Promise<void>((resolve) => {
      other.bus.subscribe('weft.test.*', ({ data }) => {
        heard.push(data);
        if (heard.length === 3) resolve();
      });
    });
    await other.bus.flush();
    const bytes = Uint8Array.of(1);
    one.bus.publish('weft.test.a', bytes);
    bytes[0] = 2;
    one.bus.publish('weft.test.b', bytes);
    one.bus.publish('weft.test.c', new Uint8Array(one.bus.maximumBytes));
    await all;
    expect(heard.map(({ length }) => length)).toEqual([1, 1, one.server.maximumBytes]);
    expect(heard.slice(0, 2).map(([first]) => first)).toEqual([1, 2]);
  });
});

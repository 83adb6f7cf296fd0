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
    one.bus.publish('weft.test.a', Uint8Array.of(1));
    one.bus.publish('weft.test.b', Uint8Array.of(2));
    one.bus.publish('weft.test.c', new Uint8Array(one.bus.maximumBytes));
    await all;
    expect(heard.map(({ length }) => length)).toEqual([1, 1, one.server.maximumBytes]);
    expect(heard.slice(0, 2).map(([first]) => first)).toEqual([1, 2]);
  });

  it('says when the server has gone and come back, and goes on', async () => {
    const [one, other] = [await join(), await join()];
    const both = [one.bus, other.bus];
    const becomes = (isConnected: boolean) =>
      Promise.all(
        both.map((bus) => new Promise<void>((resolve) => bus.onConnection((is) => is === isConnected && resolve()))),
      );
    const [down, up] = [becomes(false), becomes(true)];
    const heard = new Promise<string>((resolve) => {
      other.bus.subscribe('weft.again', ({ data }) => resolve(data.join()));
    });
    await server.halt();
    await down;
    expect(both.map(({ isConnected }) => isConnected)).toEqual([false, false]);
    one.bus.publish('weft.again', Uint8Array.of(1));
    await server.restart();
    await up;
    one.bus.publish('weft.again', Uint8Array.of(2));
    expect(await heard).toBe('2');
  });
});

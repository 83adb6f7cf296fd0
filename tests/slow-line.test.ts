import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Line, type SlowLineOptions, slowLine } from '../scripts/slow-line.js';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Waits until something is so; the limit is for machines that are busy. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 5 });

/** A server that keeps what it is sent, and its end of each connection. */
async function startServer() {
  const sockets: Socket[] = [];
  const got: Buffer[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('data', (bytes) => got.push(bytes)).on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, sockets, received: () => Buffer.concat(got) };
}

async function startLine(options: SlowLineOptions) {
  const line = await slowLine(options);
  endings.push(() => line.close());
  return line;
}

function dial(port: number) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const got: Buffer[] = [];
  socket.on('data', (bytes) => got.push(bytes)).on('error', () => {});
  endings.push(() => socket.destroy());
  return { socket, received: () => Buffer.concat(got) };
}

const pattern = (length: number, seed: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + seed + (i >> 8)) & 255));

/** A clock that stands until it is moved. */
function handClock() {
  let time = 0;
  const calls = new Set<{ time: number; call: () => void }>();
  return {
    now: () => time,
    at(when: number, call: () => void) {
      const entry = { time: when, call };
      calls.add(entry);
      return () => calls.delete(entry);
    },
    move(to: number) {
      for (;;) {
        const [next] = [...calls].filter((each) => each.time <= to).sort((a, b) => a.time - b.time);
        if (!next) break;
        calls.delete(next);
        time = Math.max(time, next.time);
        next.call();
      }
      time = to;
    },
  };
}

describe('Line', () => {
  const arrivals = fc.array(fc.record({ wait: fc.nat(100), bytes: fc.nat(5000) }), { minLength: 1, maxLength: 50 });

  it('passes in order, never more than its bandwidth, and never stands while something waits', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 1_000_000 }), (list, bandwidth) => {
        const line = new Line(bandwidth);
        let [time, before] = [0, 0];
        for (const { wait, bytes } of list) {
          time += wait;
          const passed = line.pass(time, bytes);
          expect(passed).toBe(Math.max(time, before) + (1000 * bytes) / bandwidth);
          before = passed;
        }
      }),
    );
  });

  it('refuses a bandwidth that is none', () => {
    expect(() => new Line(0)).toThrow('bandwidth: got 0, expected bytes a second, above 0.');
    expect(() => new Line(Number.NaN)).toThrow('bandwidth: got NaN');
  });
});

describe('slowLine', () => {
  it('hands on every byte in order, both ways, and the end of each direction', async () => {
    const server = await startServer();
    const line = await startLine({ port: server.port, latency: 3, bandwidth: 50e6 });
    const { socket, received } = dial(line.port);
    const [up, down] = [pattern(700_000, 1), pattern(900_000, 2)];
    for (let begin = 0; begin < up.length; begin += 99_999) socket.write(up.subarray(begin, begin + 99_999));
    socket.end();
    await until(() => expect(server.received().length).toBe(up.length));
    expect(server.received().equals(up)).toBe(true);
    // The other direction is open still.
    server.sockets[0].end(down);
    await once(socket, 'end');
    expect(received().equals(down)).toBe(true);
    expect(line.bytes).toEqual({ up: up.length, down: down.length });
  });

  it('lets no more bytes through than its bandwidth allows after its latency', async () => {
    const [server, clock] = [await startServer(), handClock()];
    const line = await startLine({ port: server.port, latency: 100, bandwidth: 16_384_000, clock });
    const { socket } = dial(line.port);
    const all = pattern(16_384 * 20, 3);
    socket.write(all);
    // All came to the line at time 0: it has read them while the clock stood.
    await until(() => expect(line.waiting().up).toBe(all.length));
    for (const time of [50, 99, 102, 110, 119]) {
      clock.move(time);
      // A piece of 2^14 bytes takes a millisecond.
      const passed = Math.min(all.length, 16_384 * Math.max(0, time - 100));
      expect(line.bytes.up).toBeLessThanOrEqual(passed);
      expect(line.bytes.up).toBeGreaterThanOrEqual(passed - 16_384 * 2);
    }
    clock.move(121);
    await until(() => expect(server.received().equals(all)).toBe(true));
  });

  it('shares the line of the server between those that share it', async () => {
    const [server, clock] = [await startServer(), handClock()];
    const shared = { up: new Line(16_384_000), down: new Line() };
    const lines = [
      await startLine({ port: server.port, shared, clock, bandwidth: 32_768_000 }),
      await startLine({ port: server.port, shared, clock, bandwidth: 32_768_000 }),
    ];
    const size = 16_384 * 10;
    for (const line of lines) {
      dial(line.port).socket.write(pattern(size, 4));
      await until(() => expect(line.waiting().up).toBe(size));
    }
    clock.move(10.4);
    const passed = lines.map((line) => line.bytes.up / 16_384);
    expect(passed[0] + passed[1]).toBeLessThanOrEqual(11);
    // Neither has to wait until the other is done.
    expect(Math.min(...passed)).toBeGreaterThanOrEqual(4);
    clock.move(21);
    await until(() => expect(server.received().length).toBe(2 * size));
  });

  it('cut silently, passes nothing and ends nothing; restored, it passes what was held back', async () => {
    const server = await startServer();
    const line = await startLine({ port: server.port });
    const { socket, received } = dial(line.port);
    socket.write('before');
    await until(() => expect(server.received().toString()).toBe('before'));
    line.cut('silent');
    socket.write(' and after');
    server.sockets[0].write('answer');
    const late = dial(line.port);
    late.socket.write('!');
    // Another line to the same server shows that time has passed for it.
    const other = dial((await startLine({ port: server.port })).port);
    other.socket.write('?');
    await until(() => expect(server.received().toString()).toBe('before?'));
    expect(line.bytes).toEqual({ up: 6, down: 0 });
    expect(socket.destroyed).toBe(false);
    line.restore();
    await until(() => expect(received().toString()).toBe('answer'));
    await until(() => expect(server.received().length).toBe('before? and after!'.length));
  });

  it('broken, ends connections and closes new ones at once; restored, it takes new ones', async () => {
    const server = await startServer();
    const line = await startLine({ port: server.port });
    const first = dial(line.port);
    first.socket.write('a');
    await until(() => expect(server.received().toString()).toBe('a'));
    line.cut('broken');
    await until(() => expect(first.socket.readableEnded || first.socket.destroyed).toBe(true));
    const refused = dial(line.port);
    await until(() => expect(refused.socket.readableEnded || refused.socket.destroyed).toBe(true));
    line.restore();
    dial(line.port).socket.write('b');
    await until(() => expect(server.received().toString()).toBe('ab'));
  });

  it('ends what leads to a server that is not there', async () => {
    const server = await startServer();
    await endings.pop()!();
    const { socket } = dial((await startLine({ port: server.port })).port);
    await until(() => expect(socket.readableEnded || socket.destroyed).toBe(true));
  });
});

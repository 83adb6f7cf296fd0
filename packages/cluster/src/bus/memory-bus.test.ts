import { describe, expect, it } from 'vitest';
import { MemoryNetwork, type MemoryNetworkOptions } from './memory-bus.js';

/** What a receiver hears of two senders, each of which counts. */
async function heard(options: MemoryNetworkOptions): Promise<string[]> {
  const network = new MemoryNetwork(options);
  const senders = [network.join(), network.join()];
  const log: string[] = [];
  network.join().subscribe('count.*', ({ subject, data }) => log.push(`${subject}:${data[0]}`));
  for (let count = 0; count < 40; count++) {
    for (const [index, sender] of senders.entries()) sender.publish(`count.${index}`, Uint8Array.of(count));
  }
  await network.idle();
  return log;
}

const of = (log: readonly string[], sender: number) =>
  log.filter((each) => each.startsWith(`count.${sender}`)).map((each) => Number(each.split(':')[1]));
const ascending = (values: readonly number[]) => [...values].sort((one, other) => one - other);

describe('a network in memory', () => {
  it('brings all messages in the order of sending', async () => {
    const log = await heard({});
    expect(log).toHaveLength(80);
    expect(log.slice(0, 4)).toEqual(['count.0:0', 'count.1:0', 'count.0:1', 'count.1:1']);
  });

  it('lets senders overtake each other, but keeps the order of each', async () => {
    const log = await heard({ shuffles: true, seed: 3 });
    expect([of(log, 0), of(log, 1)]).toEqual([ascending(of(log, 0)), ascending(of(log, 1))]);
    expect(log).toHaveLength(80);
    expect(log).not.toEqual(await heard({}));
  });

  it('loses and doubles messages, the same for the same seed', async () => {
    const faults = { lossRate: 0.3, duplicateRate: 0.3, duplicatesLate: true, shuffles: true };
    const log = await heard({ ...faults, seed: 5 });
    expect(await heard({ ...faults, seed: 5 })).toEqual(log);
    expect(await heard({ ...faults, seed: 6 })).not.toEqual(log);
    expect(new Set(log).size).toBeLessThan(80);
    expect(new Set(log).size).toBeLessThan(log.length);
  });

  it('brings nothing to a bus that is cut off, and says when it is', async () => {
    const network = new MemoryNetwork();
    const [one, other] = [network.join(), network.join()];
    const log: (number | boolean)[] = [];
    other.subscribe('>', ({ data }) => log.push(data[0]));
    other.onConnection((isConnected) => log.push(isConnected));
    one.publish('a', Uint8Array.of(1));
    other.setConnected(false);
    one.publish('a', Uint8Array.of(2));
    await network.idle();
    other.setConnected(true);
    one.publish('a', Uint8Array.of(3));
    await network.idle();
    expect(log).toEqual([false, true, 3]);
  });

  it('copies what is sent: a sender may use its bytes again', async () => {
    const network = new MemoryNetwork();
    const [one, other] = [network.join(), network.join()];
    const log: number[] = [];
    other.subscribe('a.>', ({ data }) => log.push(data[0]));
    const bytes = Uint8Array.of(1);
    one.publish('a.b.c', bytes);
    bytes[0] = 2;
    await network.idle();
    expect(log).toEqual([1]);
    expect(() => one.publish('a', new Uint8Array(2 ** 20 + 1))).toThrow(RangeError);
  });
});

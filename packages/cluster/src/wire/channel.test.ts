import { expect, it } from 'vitest';
import { MemoryNetwork } from '../bus/memory-bus.js';
import { Channel } from './channel.js';
import { MOST_CHUNK } from './chunks.js';
import { defineMessages } from './message.js';

const messages = defineMessages({ sums: { fields: {}, payload: 2 ** 20 } });

it.each([
  ['a chunk', 2 ** 20, MOST_CHUNK],
  ['what the bus carries, if that is less', 4096, 4096],
])('cuts messages into pieces of at most %s, and puts them together', async (_, maximumBytes, most) => {
  const network = new MemoryNetwork({ maximumBytes });
  const [sender, receiver] = [network.join(), network.join()];
  const pieces: number[] = [];
  receiver.subscribe('there', ({ data }) => pieces.push(data.length));
  const received: Uint8Array[] = [];
  new Channel(receiver, messages).receive('there', ({ payload }) => received.push(payload));
  const payload = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
  const channel = new Channel(sender, messages);
  channel.send('there', 'sums', {}, payload);
  await network.idle();
  expect(received).toEqual([payload]);
  expect(Math.max(...pieces)).toBe(most);
  expect(channel.sentBytes).toBe(pieces.reduce((sum, length) => sum + length, 0));
});

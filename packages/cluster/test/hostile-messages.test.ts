import { expect, it } from 'vitest';
import { SESSION_MESSAGES } from '../src/wire/messages.js';
import { MemoryCluster } from './support/memory-cluster.js';
import { trained, trainedHere } from './support/small-training.js';

it('messages of strangers are refused and counted, and change no bit', async () => {
  await using cluster = new MemoryCluster();
  const runtime = cluster.runtime();
  const workers = [cluster.worker('one', 1), cluster.worker('two', 1)];
  const bus = cluster.network.join();
  const seen: { readonly subject: string; readonly data: Uint8Array }[] = [];
  let isOwn = false;
  const publish = (subject: string, data: Uint8Array) => {
    isOwn = true;
    bus.publish(subject, data);
  };
  const subjects = ['all', 'coordinator', 'alive', 'members.1', 'to.one', 'to.two'].map((each) => `weft.test.${each}`);
  const revision = Number.MAX_SAFE_INTEGER;
  const members = [{ id: 'one', weight: 1 }];
  const forged = [
    SESSION_MESSAGES.encode('beat', { revision, view: 9, members: ['one'], code: '1', numerics: 1 }),
    SESSION_MESSAGES.encode('drop', { revision, view: 99, reason: 'because' }),
    SESSION_MESSAGES.encode('go', { revision, turn: 999, task: 1, round: 0, stop: true, members }),
    SESSION_MESSAGES.encode('part', { revision, from: 'one', turn: 2, part: 'nodes' }, new Uint8Array(40)),
    SESSION_MESSAGES.encode('failed', { revision, from: 'one', isRefusal: true, reason: 'because' }),
  ];
  let rounds = 0;
  cluster.network.join().subscribe('weft.test.>', ({ subject, data }) => {
    if (isOwn || rounds > 20) {
      isOwn = false;
      return;
    }
    if (seen.length < 200) seen.push({ subject, data });
    if (!subject.includes('members')) return;
    rounds++;
    const before = seen[(rounds * 7) % seen.length];
    publish(before.subject, before.data);
    for (const each of subjects) {
      publish(
        each,
        Uint8Array.from({ length: 1 + rounds * 13 }, (_, at) => at * rounds),
      );
      publish(each, forged[rounds % forged.length]);
    }
  });
  expect(await trained(runtime)).toEqual(await trainedHere());
  for (const { worker } of workers) expect(worker.heartbeat.refused).toBeGreaterThan(10);
  expect(runtime.statistics.coordinator.refusedMessages).toBeGreaterThan(10);
  await runtime.close();
});

it('a finished round whose numbers would lie elsewhere in memory than those of its steps is refused', async () => {
  await using cluster = new MemoryCluster();
  const runtime = cluster.runtime();
  cluster.worker('one', 1);
  let forged = 0;
  cluster.network.join().subscribe('weft.test.members.1', ({ data }) => {
    const message = SESSION_MESSAGES.decode(data);
    if (message.kind !== 'go') return;
    // 7 is no address of a float64: it would end the training. 2 ** 16 may be a weight's.
    const numbers = [{ address: forged % 2 === 0 ? 7 : 2 ** 16, value: 1e9 }];
    const { revision, turn } = message.fields;
    const measured = { leaves: [0, 1], microBatches: 1, examples: 1, milliseconds: 1, bytesSent: 1, bytesReceived: 1 };
    const answer = { revision, from: 'one', turn, ...measured, steps: [{ work: 0, step: 0, numbers }] };
    const bytes = SESSION_MESSAGES.encode('done', answer);
    // Before the worker's own.
    runtime.bus.deliver({ subject: 'weft.test.coordinator', data: bytes });
    forged++;
  });
  expect(await trained(runtime)).toEqual(await trainedHere());
  expect(forged).toBeGreaterThan(10);
  await runtime.close();
});

it('a worker follows the coordinator of a server that has lost its store, whose revisions begin anew', async () => {
  await using cluster = new MemoryCluster();
  cluster.revision = 70;
  const before = cluster.runtime();
  cluster.worker('one', 1);
  const expected = await trained(before);
  await before.close();
  cluster.revision = 0;
  const after = cluster.runtime();
  expect(await trained(after)).toEqual(expected);
  await after.close();
});

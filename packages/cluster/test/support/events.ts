import fc from 'fast-check';
import { SESSION_MESSAGES } from '../../src/wire/messages.js';
import type { MemoryCluster } from './memory-cluster.js';

/** What a network does to messages. */
export const networks = fc.record({
  seed: fc.nat(),
  lossRate: fc.constantFrom(0, 0, 0.003),
  duplicateRate: fc.constantFrom(0, 0.05),
  shuffles: fc.boolean(),
  duplicatesLate: fc.boolean(),
});

/** Something that happens when so many rounds have begun. */
export interface Event {
  readonly round: number;
  readonly kind: 'kill' | 'join' | 'leave' | 'cut' | 'cut the coordinator';
  readonly which: number;
}

export const events: fc.Arbitrary<Event[]> = fc.array(
  fc.record({
    round: fc.integer({ min: 1, max: 30 }),
    kind: fc.constantFrom<Event['kind']>('kill', 'join', 'leave', 'cut', 'cut the coordinator'),
    which: fc.nat(10),
  }),
  { maxLength: 5 },
);

/** Has events happen as rounds begin. For each worker that goes another one comes. */
export function cause(cluster: MemoryCluster, { bus }: ReturnType<MemoryCluster['runtime']>, all: readonly Event[]) {
  let rounds = 0;
  let joined = 0;
  const join = () => void cluster.worker(`late${joined++}`, 1);
  const happen = ({ kind, which }: Event) => {
    const one = cluster.alive[which % cluster.alive.length];
    if (kind === 'join' || !one) return join();
    if (kind === 'kill' || kind === 'leave') {
      void one[kind]();
      return join();
    }
    const cut = kind === 'cut' ? one.bus : bus;
    cut.setConnected(false);
    setTimeout(() => cut.setConnected(true), 30 * (1 + (which % 5)));
  };
  cluster.network.join().subscribe('weft.test.members.*', ({ data }) => {
    if (SESSION_MESSAGES.decode(data).kind !== 'go') return;
    rounds++;
    for (const event of all.filter(({ round }) => round === rounds)) happen(event);
  });
}

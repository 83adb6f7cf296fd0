import { ClusterError } from '../errors.js';
import type { Piece } from '../machine/round.js';
import { decodePieces } from '../wire/pieces.js';
import type { Coordinator, CoordinatorPlace } from './coordinator.js';

/** How long workers may take to give what has changed, in milliseconds: it may be gigabytes over a slow line. */
const DEADLINE = 30_000;

/**
 * Brings back what steps have changed in the workers' memory, from one of them.
 *
 * @throws ClusterError if workers that must have the same have not
 */
export async function collectState(
  coordinator: Coordinator,
  place: CoordinatorPlace,
  write: (pieces: Iterable<Piece>) => void,
): Promise<void> {
  const { channel, subjects, revision } = place;
  let sender = '';
  let groups = new Map<number, readonly Piece[]>();
  let expected = 1;
  const digests = await coordinator.ask<string>({
    members: () => coordinator.roster.ids.map((id) => ({ id, weight: 1 })),
    send(turn, members) {
      [sender, groups] = [members[0].id, new Map()];
      channel.send(subjects.members(revision), 'settle', { revision, turn, sender });
    },
    deadline: () => DEADLINE,
    isFirst: () => true,
    answer({ kind, fields, payload }) {
      if (kind === 'settled') return fields.digest;
      if (kind !== 'changes' || fields.from !== sender) return undefined;
      groups.set(fields.part, decodePieces(payload));
      expected = fields.parts;
      return undefined;
    },
    isComplete: () => groups.size === expected,
    resend: () => {},
  });
  checkDigests(digests);
  for (const group of groups.values()) write(group);
}

/** @throws ClusterError that names workers if not all digests are one */
export function checkDigests(digests: ReadonlyMap<string, string>): void {
  const workers = new Map<string, string[]>();
  for (const [id, digest] of digests) workers.set(digest, [...(workers.get(digest) ?? []), id]);
  if (workers.size <= 1) return;
  const parts = [...workers].map(([digest, ids]) => `${ids.join(', ')} ${digest.slice(0, 12)}...`);
  throw new ClusterError(
    'different',
    `Workers that must hold the same weights do not: SHA-256 ${parts.join('; ')}. The processor, memory or engine of one of them computes wrongly. ` +
      'Leave out the one that differs, and continue from the last checkpoint with --resume.',
  );
}

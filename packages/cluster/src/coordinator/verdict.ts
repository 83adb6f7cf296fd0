/** Where a worker stands that was asked why it has not answered. */
export type Standing = 'lacking' | 'opening' | 'computing' | 'exchanging' | 'silent' | 'answered';

/** What is done about a round that is not over in time. */
export interface Verdict {
  readonly excluded: readonly string[];
  /** Those that lack messages, which are sent again. */
  readonly resent: readonly string[];
  /** Whether the round is done again, or given more time. */
  readonly isRepeated: boolean;
}

/** How late a round may be if nobody at all answers: the network may be down beyond the server. */
const NOBODY = 10;

/** How late a round may be for a worker that computes while others wait for it. */
const SLOW = 2;

/** How late a round may be for a worker that is still getting ready. */
const OPENING = 5;

/**
 * Judges workers by where they stand when a round is not over.
 *
 * @param standings by worker
 * @param lateness  time since the round began, as a multiple of its deadline
 * @param inquiries how often they were asked about this round, this time included
 */
export function judge(standings: ReadonlyMap<string, Standing>, lateness: number, inquiries: number): Verdict {
  const at = (...wanted: Standing[]) =>
    [...standings].filter(([, standing]) => wanted.includes(standing)).map(([id]) => id);
  const silent = at('silent');
  if (silent.length === standings.size) {
    const isOver = inquiries >= NOBODY;
    return { excluded: isOver ? silent : [], resent: [], isRepeated: isOver };
  }
  const slow = [...(lateness >= SLOW ? at('computing') : []), ...(lateness >= OPENING ? at('opening') : [])];
  // Slow workers are better than none.
  const isAnyoneReady = at('answered', 'exchanging').length > 0;
  const excluded = [...silent, ...(isAnyoneReady ? slow : [])];
  const resent = at('lacking');
  // Messages between workers were lost.
  const isStuck = lateness >= 1 && at('computing', 'opening').length === 0;
  return { excluded, resent, isRepeated: excluded.length > 0 || resent.length > 0 || isStuck };
}

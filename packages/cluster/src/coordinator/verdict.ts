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

/** How often in a row nobody may answer at all before all are given up: the network may be down beyond the server. */
const PATIENT_INQUIRIES = 10;

/** How often in a row a worker may be slow while others wait for it. */
const SLOW_INQUIRIES = 2;

/** How often in a row a worker may say that it is still getting ready. */
const OPENING_INQUIRIES = 10;

/**
 * Judges workers by where they stand when a round is not over in time.
 *
 * @param standings by worker
 * @param inquiries how often they were asked about this round, this time included
 */
export function judge(standings: ReadonlyMap<string, Standing>, inquiries: number): Verdict {
  const at = (...wanted: Standing[]) =>
    [...standings].filter(([, standing]) => wanted.includes(standing)).map(([id]) => id);
  const silent = at('silent');
  if (silent.length === standings.size) {
    const isOver = inquiries >= PATIENT_INQUIRIES;
    return { excluded: isOver ? silent : [], resent: [], isRepeated: isOver };
  }
  const late = [
    ...(inquiries >= SLOW_INQUIRIES ? at('computing') : []),
    ...(inquiries >= OPENING_INQUIRIES ? at('opening') : []),
  ];
  // Slow workers are better than none.
  const isAnyoneReady = at('answered', 'exchanging').length > 0;
  const excluded = [...silent, ...(isAnyoneReady ? late : [])];
  const resent = at('lacking');
  const isWaiting = at('computing', 'opening').some((id) => !excluded.includes(id));
  return { excluded, resent, isRepeated: excluded.length > 0 || resent.length > 0 || !isWaiting };
}

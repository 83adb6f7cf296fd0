import { SLICE_BYTES } from '@weft/train/runtime';
import type { Range } from '../job/job.js';
import type { Member, PartKind } from './round.js';
import { exampleShares, leavesOfExamples, type Span, sliceShares } from './shares.js';
import type { MicroPlan } from './step-plan.js';
import { rowRange } from './step-plan.js';
import { maximalSubtrees } from './subtrees.js';
import { type PlannedRound, standingOf } from './task-plan.js';

/** What each member computes, sends and puts together in a round: it follows from the round and its members alone. */
export interface Division {
  readonly members: readonly Member[];
  /** By member. */
  readonly examples: readonly Span[];
  readonly leaves: readonly Span[];
  /** The largest subtrees of its leaves, in their order; none where nothing is added up. */
  readonly nodes: readonly (readonly Span[])[];
  /**
   * The slices that a member puts together, as bytes of a leaf. If one holds all leaves, they are all its own. In a direct
   * round they are everybody's.
   */
  readonly owned: readonly Range[];
  /** Whether one member holds all leaves, so that nothing has to be put together. */
  readonly isWhole: boolean;
  /**
   * Whether each member puts everything together itself, so that no sums are sent. Between two members with a subtree each,
   * that takes no more bytes than cutting them into slices, and one message after the other less.
   */
  readonly isDirect: boolean;
}

/** Divides a round among its members. */
export function divide(micro: MicroPlan, members: readonly Member[]): Division {
  const { parts, leaves: all } = micro.stage;
  const examples = exampleShares(micro.cuts, members);
  const leaves = examples.map((span) => leavesOfExamples(micro, span));
  const nodes = leaves.map((span) => (parts ? maximalSubtrees(span, all.length) : []));
  const holder = leaves.findIndex(([begin, end]) => end - begin === all.length);
  const slices = parts ? parts.bytes / SLICE_BYTES : 0;
  const isWhole = holder >= 0;
  const isDirect = !isWhole && members.length === 2 && nodes.flat().length === 2;
  const spans =
    isWhole || isDirect
      ? members.map((_, which): Span => [0, isDirect || which === holder ? slices : 0])
      : sliceShares(slices, members);
  const owned = spans.map(([begin, end]) => ({ address: begin * SLICE_BYTES, bytes: (end - begin) * SLICE_BYTES }));
  return { members, examples, leaves, nodes, owned, isWhole, isDirect };
}

/** What a member gets from another one, and of how many bytes each is. */
export function expectedBy(
  receiver: number,
  sender: number,
  { micro, step }: PlannedRound,
  { examples, nodes, owned, isWhole, isDirect }: Division,
): Map<PartKind, number> {
  const sizes: [PartKind, number][] = [
    ['nodes', isWhole ? 0 : nodes[sender].length * owned[receiver].bytes],
    ['sums', isDirect ? 0 : owned[sender].bytes],
    ['rows', rowsOf({ micro, step }, 'shared', examples[sender]).reduce((sum, { bytes }) => sum + bytes, 0)],
  ];
  return new Map(sizes.filter(([, bytes]) => bytes > 0));
}

/** Where rows of some examples lie that all get, or that only the coordinator gets. */
export function rowsOf(
  { micro, step }: Pick<PlannedRound, 'micro' | 'step'>,
  which: 'shared' | 'results',
  [begin, end]: Span,
): Range[] {
  if (begin === end) return [];
  return micro[which].map((rows) => rowRange(rows, standingOf(step), begin, end));
}

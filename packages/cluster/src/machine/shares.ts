import type { Member } from './round.js';
import type { MicroPlan } from './step-plan.js';

/** From which number, up to before which. */
export type Span = readonly [begin: number, end: number];

/**
 * The examples of each member: as many as its weight says, as near as the cuts allow.
 *
 * @param cuts at which a share may begin and end, from 0 to all examples
 * @throws RangeError if no member has a weight
 */
export function exampleShares(cuts: readonly number[], members: readonly Member[]): Span[] {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  if (!(total > 0)) throw new RangeError('No member of the round has a weight above 0: nobody would compute anything.');
  const examples = cuts[cuts.length - 1];
  let before = 0;
  let begin = 0;
  return members.map(({ weight }): Span => {
    before += weight;
    const end = nearest(cuts, (examples * before) / total);
    const share: Span = [begin, end];
    begin = end;
    return share;
  });
}

/** The cut that is nearest to a number; the lower one of two. */
function nearest(cuts: readonly number[], number: number): number {
  return cuts.reduce((best, cut) => (Math.abs(cut - number) < Math.abs(best - number) ? cut : best));
}

/** The leaves of some examples. */
export function leavesOfExamples({ stage: { leaves } }: Pick<MicroPlan, 'stage'>, [begin, end]: Span): Span {
  const before = (example: number) => leaves.filter((leaf) => leaf[0].begin < example).length;
  return begin === end ? [0, 0] : [before(begin), before(end)];
}

/** The slices of each member, as even as can be, for those that have a weight. */
export function sliceShares(slices: number, members: readonly Member[]): Span[] {
  const owners = members.filter(({ weight }) => weight > 0).length;
  let owner = 0;
  return members.map(({ weight }): Span => {
    if (weight === 0) return [0, 0];
    const share: Span = [Math.floor((owner * slices) / owners), Math.floor(((owner + 1) * slices) / owners)];
    owner++;
    return share;
  });
}

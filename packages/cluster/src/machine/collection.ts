import { addressOf, type SharedMemory } from '@weft/train/runtime';
import type { Access } from '../job/accesses.js';
import type { Range } from '../job/job.js';
import { scatter } from './bytes.js';
import { type Division, divide, rowsOf } from './division.js';
import { ExchangeError, type Member, type PartHeader } from './round.js';
import { type Due, standingOf, type TaskPlan } from './task-plan.js';

const sizeOf = (ranges: readonly Range[]) => ranges.reduce((sum, { bytes }) => sum + bytes, 0);

/** Where results of some stages lie that are not cut by examples. */
export function valuesOf(due: readonly Due[]): Range[] {
  return due.flatMap(({ step, from, to }) =>
    step.plan.values.slice(from, to).flatMap((accesses) => accesses.map((access) => placeOf(access, step))),
  );
}

function placeOf({ block, bytes }: Access, step: Due['step']): Range {
  return { address: addressOf(block, 0, standingOf(step), {}), bytes };
}

/** What the coordinator gets of the results of a round: values of examples from all members, others from the first. */
export class Collection {
  private readonly division: Division | undefined;
  private readonly missing = new Map<string, Set<'results' | 'values'>>();

  constructor(
    private readonly memory: SharedMemory['memory'],
    private readonly plan: TaskPlan,
    private readonly index: number,
    private readonly members: readonly Member[],
  ) {
    const round = plan.round(index);
    this.division = round && divide(round.micro, members);
    members.forEach(({ id }, which) => {
      const results = sizeOf(this.results(which)) > 0 ? (['results'] as const) : [];
      const values = which === 0 && sizeOf(valuesOf(plan.due(index))) > 0 ? (['values'] as const) : [];
      const kinds = new Set([...results, ...values]);
      if (kinds.size > 0) this.missing.set(id, kinds);
    });
  }

  /** Whether everything has come. */
  get isComplete(): boolean {
    return this.missing.size === 0;
  }

  /** Whether everything has come that comes where a task ends before this round's share. */
  get hasValues(): boolean {
    return ![...this.missing.values()].some((kinds) => kinds.has('values'));
  }

  /**
   * Takes a message, and writes what it brings. One that came before is dropped.
   *
   * @returns where bytes were written
   * @throws ExchangeError for what nobody has to send here
   */
  accept(from: string, { kind }: PartHeader, bytes: Uint8Array): readonly Range[] {
    const sender = this.members.findIndex(({ id }) => id === from);
    const ranges = sender < 0 ? undefined : this.expected(sender, kind, bytes.length);
    if (!ranges) throw new ExchangeError(`${from} sends ${bytes.length} bytes of ${kind}, which nobody expects.`);
    const open = this.missing.get(from);
    if (!open?.delete(kind as 'results' | 'values')) return [];
    if (open.size === 0) this.missing.delete(from);
    scatter(this.memory, ranges, bytes);
    return ranges;
  }

  private results(which: number): Range[] {
    const round = this.plan.round(this.index);
    return round && this.division ? rowsOf(round, 'results', this.division.examples[which]) : [];
  }

  private expected(sender: number, kind: string, length: number): Range[] | undefined {
    if (kind === 'results') {
      const ranges = this.results(sender);
      return sizeOf(ranges) === length && length > 0 ? ranges : undefined;
    }
    if (kind !== 'values' || sender !== 0) return undefined;
    // A task that ends between two steps has done nothing of the second one.
    const due = this.plan.due(this.index);
    const counts = due.map((_, which) => due.length - which);
    const found = counts.map((count) => valuesOf(due.slice(0, count))).find((ranges) => sizeOf(ranges) === length);
    return length > 0 ? found : undefined;
  }
}

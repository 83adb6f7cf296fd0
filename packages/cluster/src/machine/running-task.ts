import type { WorkerPool } from '@weft/pool';
import {
  type Launch,
  type MicroStage,
  type PartGroup,
  SLICE_BYTES,
  type SliceStage,
  STOPPED,
  type Stage,
  type Standing,
} from '@weft/train/runtime';
import { rangeOf } from '../job/accesses.js';
import type { Range, TaskCall } from '../job/job.js';
import { gathered } from './bytes.js';
import { valuesOf } from './collection.js';
import { type Division, divide } from './division.js';
import { Exchange } from './exchange.js';
import { type LocalStages, workOf } from './local-works.js';
import type { OpenJob } from './open-job.js';
import { launchOf, loadCombination } from './programs.js';
import type { Member, Outgoing, StepLog } from './round.js';
import type { Span } from './shares.js';
import type { MicroPlan, StepPlan } from './step-plan.js';
import { type Due, loggedBy, type PlannedRound, type PlannedStep, standingOf, TaskPlan } from './task-plan.js';

/** A machine's share of a round, computed. */
export interface Round {
  readonly kind: 'round';
  readonly exchange: Exchange;
  /** From which leaf, up to before which. */
  readonly leaves: Span;
  readonly microBatches: number;
  /** Counted in the first round of a step: others compute more of the same examples. */
  readonly examples: number;
  /** Of computing: what was due, and the share. */
  readonly milliseconds: number;
  /** Steps that were finished since the last round. */
  readonly steps: readonly StepLog[];
}

/** The end of a task. */
export interface End {
  readonly kind: 'end';
  /** One of STOPPED: why it ends before its last step, if it does. */
  readonly stopped: 0 | 1 | 2;
  readonly steps: readonly StepLog[];
  /** What the first member sends to the coordinator. */
  readonly outgoing: readonly Outgoing[];
}

/** Leaves of stages of the running step that this machine has computed, as spans. */
type Held = Map<number, Span>;

/** Words that count the leaves that were drawn. */
export interface Tickets {
  readonly address: number;
  readonly words: number;
}

/** A task on one machine, between two rounds. */
export class RunningTask {
  private readonly plan: TaskPlan;
  /** Rounds up to which everything that is due was done. */
  private applied = 0;
  private ended: End['stopped'] | undefined;
  /** What was due before the running round, and is done. */
  private done: readonly Due[] = [];
  private exchange: Exchange | undefined;
  private held: Held = new Map();
  private heldStep: PlannedStep | undefined;
  private isRunning = false;
  private readonly combinations = new Map<string, Launch>();

  /** @param changed told where steps have changed what lasts */
  constructor(
    private readonly pool: WorkerPool,
    private readonly job: OpenJob,
    call: TaskCall,
    private readonly tickets: Tickets,
    private readonly changed: (range: Range) => void,
  ) {
    this.plan = new TaskPlan(job.plan, call);
  }

  /** The farthest that steps of each kind stand. */
  farthest(): { readonly plan: StepPlan; readonly standing: Standing }[] {
    const found = new Map<StepPlan, Standing>();
    for (const step of this.plan.all) {
      const standing = standingOf(step);
      const known = found.get(step.plan) ?? standing;
      found.set(step.plan, {
        batchBegin: Math.max(known.batchBegin, standing.batchBegin),
        step: Math.max(known.step, standing.step),
      });
    }
    return [...found].map(([plan, standing]) => ({ plan, standing }));
  }

  /** Where all that lasts lies that the task may change. */
  *state(): Generator<Range> {
    for (const step of this.plan.all) yield* stateOf({ step, from: 0, to: step.plan.stages.length });
  }

  /** What still comes to the running exchange is dropped. */
  close(): void {
    this.exchange?.close();
  }

  async advance(round: number, members: readonly Member[], self: string, stop: boolean): Promise<Round | End> {
    if (this.isRunning) throw new RangeError('A round is being computed. Wait for it.');
    const isAgain = round === this.applied - 1;
    if (!isAgain && round !== this.applied) {
      throw new RangeError(`Round ${round} is out of turn: it is that of ${this.applied}.`);
    }
    const me = members.findIndex(({ id }) => id === self);
    if (me < 0) throw new RangeError(`${self} is no member of the round.`);
    this.close();
    if (isAgain && this.ended !== undefined) return this.endFor(me, this.ended);
    this.isRunning = true;
    try {
      return await this.run(round, members, me, stop, isAgain);
    } finally {
      this.isRunning = false;
    }
  }

  private async run(index: number, members: readonly Member[], me: number, stop: boolean, isAgain: boolean) {
    const began = performance.now();
    // What was done for the first attempt is told again: its messages may be lost.
    if (!isAgain) this.done = [];
    const due = isAgain ? [] : this.plan.due(index);
    this.applied = index + 1;
    const { rest, stopped } = await this.apply(due, stop);
    if (stopped !== undefined) return this.endFor(me, stopped);
    const round = this.plan.round(index);
    const share = round && (await this.share(round, members, me));
    await this.compute([...rest.map((each) => this.local(each)), ...(share ? [share.work] : [])]);
    this.note(rest);
    if (this.isLost(rest)) {
      this.done = upToLoss(this.done);
      return this.endFor(me, STOPPED.lossIsNotFinite);
    }
    if (!round || !share) return this.endFor(me, STOPPED.no);
    this.exchange = new Exchange(this.pool.memory.memory, round, share.division, me, this.values(me));
    const { leaves } = share;
    const computed = round.micro.stage.leaves.slice(...leaves).flat();
    const isFirst = round.micro === round.step.plan.micros[0];
    return {
      kind: 'round',
      exchange: this.exchange,
      leaves,
      microBatches: computed.length,
      examples: isFirst ? computed.reduce((sum, { count }) => sum + count, 0) : 0,
      milliseconds: performance.now() - began,
      steps: this.logs(),
    } satisfies Round;
  }

  private endFor(me: number, stopped: End['stopped']): End {
    this.ended = stopped;
    return { kind: 'end', stopped, steps: this.logs(), outgoing: this.values(me) };
  }

  /** Does what is due up to where something has to be looked at before anything else is done. */
  private async apply(due: readonly Due[], stop: boolean) {
    let first = 0;
    for (const [which, each] of due.entries()) {
      const { call, isLast } = each.step;
      if (!endsStep(each) || !call.isReported) continue;
      const stops = stop && !isLast;
      const mayBeLost = call.finite.length > 0 && due.slice(which + 1).some((later) => [...stateOf(later)].length > 0);
      if (!stops && !mayBeLost) continue;
      const now = due.slice(first, which + 1);
      await this.compute(now.map((one) => this.local(one)));
      this.note(now);
      first = which + 1;
      if (this.isLost(now)) return { rest: [], stopped: STOPPED.lossIsNotFinite };
      if (stops) return { rest: [], stopped: STOPPED.wanted };
    }
    return { rest: due.slice(first), stopped: undefined };
  }

  private local({ step, from, to }: Due): LocalStages {
    return { step, stages: step.plan.stages.slice(from, to).map((stage) => this.job.stage(stage)) };
  }

  /** The machine's leaves of a round, and what they need of stages before that others have computed. */
  private async share({ step, micro }: PlannedRound, members: readonly Member[], me: number) {
    const division = divide(micro, members);
    const leaves = division.leaves[me];
    if (this.heldStep !== step) this.held = new Map();
    this.heldStep = step;
    const stages: Stage[] = [];
    for (const position of [...micro.needs, micro.at]) {
      const other = step.plan.micros.find(({ at }) => at === position) as MicroPlan;
      const wanted = position === micro.at ? leaves : divide(other, members).leaves[me];
      const held = this.held.get(position);
      if (position !== micro.at && held && covers(held, wanted)) continue;
      if (wanted[0] < wanted[1]) stages.push(this.leafStage(other, wanted, stages.length));
      this.held.set(position, wanted);
    }
    const sums = await this.sums(micro, division, me);
    return { division, leaves, work: { step, stages: [...stages, ...sums] } satisfies LocalStages };
  }

  private leafStage({ stage }: MicroPlan, [begin, end]: Span, which: number): MicroStage {
    const ticket = this.tickets.address + 4 * which;
    return this.job.leaves(stage, begin, end, ticket);
  }

  /** Adds up each of the machine's subtrees: where its first leaf lies or, if it is the whole tree, where the sum belongs. */
  private async sums({ stage: { parts } }: MicroPlan, { nodes, isWhole }: Division, me: number): Promise<SliceStage[]> {
    if (!parts) return [];
    const launches: SliceStage['parts'][number][] = [];
    for (const [begin, end] of nodes[me]) {
      if (end - begin === 1) continue;
      for (const { combine, offset, slices } of parts.groups) {
        const address = parts.leaves + begin * parts.bytes + offset;
        const to = isWhole ? parts.reduced + offset : address;
        const launch = await this.combination(end - begin, parts.bytes, combine, address, to);
        launches.push({ launch, count: slices });
      }
    }
    return launches.length > 0 ? [{ kind: 'slices', parts: launches }] : [];
  }

  /** A launch that adds up leaves: made when it is first needed, since rounds need the same ones. */
  private async combination(leaves: number, stride: number, combine: PartGroup['combine'], from: number, to: number) {
    const key = [leaves, stride, combine, from, to].join();
    const known = this.combinations.get(key);
    if (known) return known;
    const program = await loadCombination(this.pool, leaves, stride, combine);
    const { memory, threads } = this.pool;
    // A sum of numbers needs no memory of its own, or next to none.
    const arena = {
      address: program.arenaBytes > 0 ? memory.allocate(program.arenaBytes * threads) : 0,
      perWorker: program.arenaBytes,
    };
    const blocks = [from, to].map((address) => ({ address, perSlice: SLICE_BYTES }));
    const launch = launchOf(program, arena, blocks);
    this.combinations.set(key, launch);
    return launch;
  }

  private async compute(works: readonly LocalStages[]): Promise<void> {
    const work = workOf(this.job.job.session, works);
    if (!work) return;
    new Uint32Array(this.pool.memory.memory.buffer, this.tickets.address, this.tickets.words).fill(0);
    await this.pool.runOnAll(work);
  }

  private note(due: readonly Due[]): void {
    this.done = [...this.done, ...due];
    for (const each of due) for (const range of stateOf(each)) this.changed(range);
  }

  private isLost(due: readonly Due[]): boolean {
    return due.some((each) => hasLoss(this.pool.memory.memory.buffer, each));
  }

  private logs(): StepLog[] {
    const { buffer } = this.pool.memory.memory;
    return this.done.filter(endsStep).map(({ step }) => {
      const numbers = loggedBy(step).map((address) => ({ address, value: new Float64Array(buffer, address, 1)[0] }));
      return { work: step.work, step: step.step, numbers };
    });
  }

  private values(me: number): Outgoing[] {
    const bytes = me === 0 ? gathered(this.pool.memory.memory, valuesOf(this.done)) : new Uint8Array();
    return bytes.length > 0 ? [{ to: 'coordinator', part: { kind: 'values' }, bytes }] : [];
  }
}

const covers = (held: Span, wanted: Span) => wanted[0] === wanted[1] || (held[0] <= wanted[0] && wanted[1] <= held[1]);

const endsStep = ({ step, to }: Due) => to === step.plan.stages.length;

function* stateOf({ step, from, to }: Due): Generator<Range> {
  const standing = standingOf(step);
  for (let at = from; at < to; at++) {
    for (const access of step.plan.state[at]) yield rangeOf(access, standing, standing);
  }
}

function hasLoss(buffer: ArrayBufferLike, due: Due): boolean {
  const { call, step } = due.step;
  if (!endsStep(due) || !call.isReported) return false;
  return call.finite.some((address) => !Number.isFinite(new Float64Array(buffer, address + 8 * step, 1)[0]));
}

function upToLoss(due: readonly Due[]): readonly Due[] {
  const last = due.findIndex((each) => endsStep(each) && each.step.call.finite.length > 0);
  return last < 0 ? due : due.slice(0, last + 1);
}

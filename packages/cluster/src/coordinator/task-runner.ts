import { microBatchesOf, type SharedMemory, STOPPED, type StepsWork } from '@weft/train/runtime';
import { ClusterError } from '../errors.js';
import { callOf } from '../job/job-of.js';
import { Collection } from '../machine/collection.js';
import { ExchangeError, type Member, type Piece, type StepLog } from '../machine/round.js';
import { type JobPlan, TaskPlan } from '../machine/task-plan.js';
import { type FieldsOf, listedCalls } from '../wire/messages.js';
import { type Coordinator, type CoordinatorPlace, NobodyLeft } from './coordinator.js';
import type { Mirror } from './mirror.js';
import { FIRST_DEADLINE, Pace } from './pace.js';
import { collectState } from './settle.js';
import { Speeds } from './speeds.js';
import type { Tally } from './statistics.js';
import { type NumberedJob, Supplies } from './supplies.js';

/** Some work, and the job that has its stages. */
export interface GivenWork {
  readonly work: StepsWork;
  readonly job: NumberedJob & { readonly plan: JobPlan };
}

/** The memory that workers compute for. */
export interface Ground {
  readonly memory: SharedMemory['memory'];
  readonly mirror: Mirror;
  /** Steps are done. */
  log(steps: readonly StepLog[], isReported: boolean): void;
  /** Whether somebody wants an end after the running step. */
  isStopWanted(): boolean;
  /** Steps have ended before their end. @param steps how many are done, where not all that were told of are */
  stopped(reason: number, steps?: number): void;
}

type Answer = { readonly done?: FieldsOf<'done'>; readonly ended?: FieldsOf<'ended'> };

/** Has workers do steps, round after round. */
export class TaskRunner {
  private readonly pace = new Pace();
  private readonly speeds = new Speeds();
  private readonly supplies: Supplies;
  private session = '';
  private job = 0;
  private members: readonly Member[] = [];
  /** Whether members have something to get ready for. */
  private isFresh = true;
  /** Whether members have computed something that the coordinator's memory has not. */
  private isDirty = false;
  /** Work whose changes of memory only members have. */
  private unsettled: GivenWork[] = [];
  /** The step from which on they do. */
  private base = 0;
  /** Whether the last work was done to its end. */
  private isWhole = true;

  constructor(
    private readonly coordinator: Coordinator,
    private readonly place: CoordinatorPlace,
    private readonly ground: Ground,
    private readonly tally: Tally,
    /** Waits until somebody wants to join; gives whether anybody does, or an end is wanted before. */
    private readonly waitForWorkers: () => Promise<boolean>,
  ) {
    this.supplies = new Supplies(place);
  }

  /** Does all steps of some work. */
  async run(given: GivenWork): Promise<void> {
    const { work, job } = given;
    // What a session left behind that has failed concerns nobody: its memory is used anew.
    if (job.session !== this.session) [this.unsettled, this.isDirty] = [[], false];
    this.unsettled.push(given);
    this.base = work.firstStep;
    if (job.number !== this.job) {
      this.isFresh = true;
      this.pace.reset();
      this.speeds.reset();
    }
    [this.session, this.job] = [job.session, job.number];
    const changes = this.ground.mirror.changes();
    this.isWhole = await this.persist(() => this.steps(given, this.base, changes));
    // Of predictions and losses nothing is left in the workers' memory that anybody needs.
    if (!new TaskPlan(job.plan, callOf(work)).changesState) this.unsettled.pop();
  }

  /**
   * Brings back what steps have changed, and sees to it that all members have the same.
   *
   * @throws ClusterError if they have not
   */
  async settle(): Promise<void> {
    if (!this.isDirty) return;
    await this.persist(async () => {
      // What is missing because all were lost is computed again: all of it, or the steps told of would not fit the weights.
      if (this.coordinator.roster.ids.length === 0) {
        const [given] = this.unsettled;
        if (!given || !this.isWhole || !(await this.steps(given, this.base, []))) throw lost();
      }
      await this.collect();
    });
    this.unsettled = [];
  }

  /** Does something, and again if all members are lost in the middle and nothing that is needed is. */
  private async persist<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof NobodyLeft)) throw error;
        if (this.unsettled.length > 1) throw lost();
      }
    }
  }

  /** Gives whether no step is left out. @param changes what members have not been given yet */
  private async steps(given: GivenWork, firstStep: number, changes: readonly Piece[]): Promise<boolean> {
    const { work } = given;
    const { length } = microBatchesOf(work.count, work.batchSize);
    for (let step = firstStep; ; ) {
      const isManned = await this.boundary(given, step, step === firstStep ? changes : undefined);
      if (!isManned) {
        this.end(work);
        return false;
      }
      const { stopped, next } = await this.task(given, step);
      const isWanted = work.isReported && this.ground.isStopWanted() && next < length;
      if (stopped === STOPPED.lossIsNotFinite || isWanted) {
        this.ground.stopped(stopped === STOPPED.no ? STOPPED.wanted : stopped);
        return false;
      }
      if (stopped === STOPPED.no) return true;
      step = next;
    }
  }

  /** An end is wanted while nobody is there: steps that members have done since the base are lost. */
  private end({ isReported }: StepsWork): void {
    if (!isReported) throw lost();
    this.unsettled = [];
    this.ground.stopped(STOPPED.wanted, this.base);
  }

  /** Between tasks members leave, and others join with all that members have. Gives whether anybody is there. */
  private async boundary({ job }: GivenWork, step: number, changes: readonly Piece[] | undefined): Promise<boolean> {
    const { coordinator, ground, supplies } = this;
    const { roster } = coordinator;
    if (this.isDirty && roster.ids.length > 0 && (roster.candidates.length > 0 || roster.areAllLeaving)) {
      await this.collect();
      this.base = step;
      this.unsettled = this.unsettled.slice(-1);
    }
    coordinator.release();
    let admitted: string[] = [];
    const members = roster.ids;
    if (members.length === 0) {
      // Only members had what earlier calls have changed, and this call cannot give it back.
      if (this.isDirty && this.unsettled.length > 1) throw new NobodyLeft();
      this.isDirty = false;
    }
    do {
      if (roster.ids.length + roster.candidates.length === 0 && !(await this.waitForWorkers())) return false;
      admitted = coordinator.admit().map(({ id }) => id);
    } while (roster.ids.length === 0);
    if (admitted.length > 0) this.isFresh = true;
    if (changes || admitted.length > 0) {
      const remaining = members.filter((id) => roster.has(id));
      supplies.give(job, remaining, changes ?? [], admitted, admitted.length > 0 ? ground.mirror.whole() : []);
    }
    return true;
  }

  /** Does steps round after round; gives why they ended early, and the step to continue with. */
  private async task(
    { work, job }: GivenWork,
    firstStep: number,
  ): Promise<{ readonly stopped: number; readonly next: number }> {
    const { coordinator, ground, place, tally } = this;
    const { roster } = coordinator;
    const call = callOf({ ...work, firstStep });
    const plan = new TaskPlan(job.plan, call);
    const task = this.supplies.task(listedCalls(call));
    this.isDirty ||= plan.changesState;
    let next = firstStep;
    for (let round = 0; ; round++) {
      const planned = plan.round(round);
      const beginsStep = planned?.step !== plan.round(round - 1)?.step;
      if (beginsStep) {
        // The last ones first give what they have.
        if (!roster.areAllLeaving) coordinator.release();
        // Behind the last step nothing is shared out.
        if (planned) this.members = [];
      }
      const isChange = roster.candidates.length > 0 || roster.areAllLeaving;
      const stop = beginsStep && work.isReported && (ground.isStopWanted() || isChange);
      const began = place.clock.now();
      const answers = [...(await this.round({ task, round, stop }, plan))];
      this.isFresh = false;
      const [, { done, ended }] = answers[0];
      if (answers.some(([, answer]) => (answer.ended === undefined) !== (ended === undefined)) || (done && !planned)) {
        throw new ClusterError(
          'different',
          'Workers do not agree on where the steps end. Use one version of Weft everywhere.',
        );
      }
      const { steps } = (done ?? ended)!;
      ground.log(steps, work.isReported);
      for (const each of steps) if (each.work === 0) next = each.step + 1;
      if (ended) return { stopped: ended.stopped, next };
      this.pace.note(place.clock.now() - began);
      tally.rounds++;
      for (const [id, answer] of answers) this.count(id, answer.done!);
      this.speeds.endRound();
    }
  }

  private count(id: string, done: FieldsOf<'done'>): void {
    const [begin, end] = done.leaves;
    this.speeds.note(id, end - begin, done.milliseconds);
    const facts = this.coordinator.roster.members.find((member) => member.id === id);
    if (facts) this.tally.add(id, facts, done);
  }

  private round(
    go: { readonly task: number; readonly round: number; readonly stop: boolean },
    plan: TaskPlan,
  ): Promise<ReadonlyMap<string, Answer>> {
    const { channel, subjects, revision } = this.place;
    let collection: Collection;
    return this.coordinator.ask<Answer>({
      members: () => this.shares(plan.round(go.round)?.micro.stage.leaves.length ?? 1),
      send: (turn, members) => {
        collection = new Collection(this.ground.memory, plan, go.round, members);
        channel.send(subjects.members(revision), 'go', { revision, turn, ...go, members });
      },
      isFirst: () => this.isFresh,
      deadline: () => (this.isFresh ? FIRST_DEADLINE : this.pace.deadline),
      answer: ({ kind, fields, payload }) => {
        if (kind === 'part') {
          const written = collection.accept(fields.from, { kind: fields.part }, payload);
          this.ground.mirror.leaveOut(written);
        }
        if (kind !== 'done' && kind !== 'ended') return undefined;
        if (!fields.steps.every((step) => plan.logs(step))) throw new ExchangeError('These steps log no such numbers.');
        return kind === 'done' ? { done: fields } : { ended: fields };
      },
      isComplete: (answers) => {
        const hasEnded = [...answers.values()].some(({ ended }) => ended);
        return hasEnded ? collection.hasValues : collection.isComplete;
      },
      resend: (id) => this.supplies.resend(id),
    });
  }

  /** Within a step shares stay as they are, unless somebody was lost. */
  private shares(leaves: number): readonly Member[] {
    const { members: workers } = this.coordinator.roster;
    if (workers.length === this.members.length && workers.every(({ id }, at) => this.members[at].id === id)) {
      return this.members;
    }
    const weights = this.speeds.weightsOf(workers, leaves);
    this.members = workers.map(({ id }, at) => ({ id, weight: weights[at] }));
    return this.members;
  }

  private async collect(): Promise<void> {
    await collectState(this.coordinator, this.place, (pieces) => this.ground.mirror.write(pieces));
    this.isDirty = false;
  }
}

function lost(): ClusterError {
  return new ClusterError(
    'lost',
    'All workers were lost, and with them what they had computed. Continue from the last checkpoint with --resume.',
  );
}

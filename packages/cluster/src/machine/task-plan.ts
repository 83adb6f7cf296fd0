import { type MicroBatch, microBatchesOf, type Standing } from '@weft/train/runtime';
import { type Job, JobError, type TaskCall } from '../job/job.js';
import type { StepLog } from './round.js';
import { type MicroPlan, planStep, type StepPlan } from './step-plan.js';

/** Stages of one step that are done one after another, with nothing to wait for. */
export interface Due {
  readonly step: PlannedStep;
  /** Positions of the stages: from, up to before. */
  readonly from: number;
  readonly to: number;
}

/** A step of a task. */
export interface PlannedStep {
  /** 0 for the call's own work, 1 for what comes next. */
  readonly work: number;
  readonly step: number;
  readonly isLast: boolean;
  readonly batch: MicroBatch;
  readonly call: TaskCall;
  readonly plan: StepPlan;
}

/** What comes between two exchanges: stages that every machine does, then a stage that they share. */
export interface PlannedRound {
  readonly due: readonly Due[];
  readonly step: PlannedStep;
  readonly micro: MicroPlan;
}

/** Where blocks stand in a step. */
export function standingOf({ call, step, batch }: PlannedStep): Standing {
  return { batchBegin: batch.begin, step: call.resultStep ?? step };
}

/** Where the numbers lie that a step logs. */
export function loggedBy(planned: PlannedStep): number[] {
  const { step } = standingOf(planned);
  return planned.plan.stages.flatMap((stage) =>
    stage.kind === 'finish' ? stage.logs.map(({ to }) => to + 8 * step) : [],
  );
}

/** The plans of a job's steps, each made when it is first needed. */
export class JobPlan {
  private readonly plans: Map<number, StepPlan>[];

  constructor(readonly job: Job) {
    this.plans = job.works.map(() => new Map());
  }

  /** @throws JobError if the job has no stages for such a batch */
  step(work: number, batch: number): StepPlan {
    const known = this.plans[work]?.get(batch);
    if (known) return known;
    const stages = this.job.works[work]?.[batch];
    if (!stages) throw new JobError(`The job has no steps on ${batch} examples for work ${work}.`);
    const plan = planStep(this.job, stages);
    this.plans[work].set(batch, plan);
    return plan;
  }
}

/** A task as rounds. All machines and the coordinator make the same of the same job and call. */
export class TaskPlan {
  private readonly steps: PlannedStep[] = [];
  /** Each round's step and position among its stages. */
  private readonly positions: { readonly step: number; readonly micro: MicroPlan }[] = [];

  constructor(plan: JobPlan, call: TaskCall) {
    for (let [work, each]: [number, TaskCall | undefined] = [0, call]; each; work++) {
      const batches = microBatchesOf(each.count, each.batchSize);
      if (each.endStep > batches.length) throw new JobError(`There are ${batches.length} steps, not ${each.endStep}.`);
      for (let step = each.firstStep; step < each.endStep; step++) {
        const batch = batches[step];
        const steps = plan.step(work, batch.count);
        for (const micro of steps.micros) this.positions.push({ step: this.steps.length, micro });
        this.steps.push({ work, step, isLast: step + 1 === batches.length, batch, call: each, plan: steps });
      }
      each = each.endStep === batches.length ? each.next : undefined;
    }
  }

  /** Rounds in all. */
  get rounds(): number {
    return this.positions.length;
  }

  /** Whether its steps change what later tasks read, such as weights. */
  get changesState(): boolean {
    return this.steps.some(({ plan }) => plan.changesState);
  }

  /** All steps, in their order. */
  get all(): readonly PlannedStep[] {
    return this.steps;
  }

  /** Whether a step of this task logs such numbers. */
  logs({ work, step, numbers }: StepLog): boolean {
    const planned = this.steps.find((each) => each.work === work && each.step === step);
    const addresses = planned ? loggedBy(planned) : [];
    return planned !== undefined && numbers.every(({ address }) => addresses.includes(address));
  }

  /** A round; behind the last one undefined. */
  round(index: number): PlannedRound | undefined {
    const position = this.positions[index];
    return position && { due: this.due(index), step: this.steps[position.step], micro: position.micro };
  }

  /** What every machine does before a round's share, or behind the last round. */
  due(index: number): Due[] {
    const before = this.positions[index - 1];
    const next = this.positions[index];
    const first = before ? before.step : 0;
    const last = next ? next.step : this.steps.length - 1;
    return this.steps.slice(first, last + 1).map((step, at): Due => {
      const from = before && at === 0 ? before.micro.at + 1 : 0;
      const to = next && first + at === next.step ? next.micro.at : step.plan.stages.length;
      return { step, from, to };
    });
  }
}

import type { WorkerPool } from '@weft/pool';
import type { FinishStage, Launch, MicroStage, Stage } from '@weft/train/runtime';
import type { Job, JobFinishStage, JobLaunch, JobLaunches, JobMicroStage, JobStage } from '../job/job.js';
import { type LoadedProgram, launchOf, loadProgram } from './programs.js';
import { JobPlan } from './task-plan.js';

/** Where a machine keeps what programs need for themselves. */
export interface Arenas {
  readonly address: number;
  readonly perWorker: number;
}

/** A job whose programs are compiled. */
export class OpenJob {
  readonly plan: JobPlan;
  private readonly stages = new Map<JobStage, Stage>();

  private constructor(
    readonly job: Job,
    private readonly programs: readonly LoadedProgram[],
  ) {
    this.plan = new JobPlan(job);
  }

  static async open(pool: WorkerPool, job: Job): Promise<OpenJob> {
    const programs: LoadedProgram[] = [];
    for (const program of job.programs) {
      // Compiling takes a while: heartbeats go on in between.
      await new Promise((resolve) => setImmediate(resolve));
      programs.push(await loadProgram(pool, program));
    }
    return new OpenJob(job, programs);
  }

  private get all(): JobStage[] {
    return this.job.works.flatMap((bySize) => Object.values(bySize).flat());
  }

  /** Bytes of arenas that a worker needs: the programs of a stage have one each, stages come one after another. */
  get arenaBytes(): number {
    const bytesOf = (stage: JobStage) =>
      distinct(launchesOf(stage)).reduce((sum, { program }) => sum + this.programs[program].arenaBytes, 0);
    return Math.max(0, ...this.all.map(bytesOf));
  }

  /** Stages of micro-batches in a step, at the most. */
  get phases(): number {
    const lists = this.job.works.flatMap((bySize) => Object.values(bySize));
    return Math.max(0, ...lists.map((stages) => stages.filter(({ kind }) => kind === 'micro').length));
  }

  /** Gives every program its arena. */
  layOut({ address, perWorker }: Arenas): void {
    for (const stage of this.all) {
      let arena = address;
      const launches = new Map<JobLaunch, Launch>();
      for (const launch of distinct(launchesOf(stage))) {
        const program = this.programs[launch.program];
        launches.set(launch, launchOf(program, { address: arena, perWorker }, launch.blocks));
        arena += program.arenaBytes;
      }
      this.stages.set(
        stage,
        localStage(stage, (launch) => launches.get(launch) as Launch),
      );
    }
  }

  /** A stage as this machine's workers do it; one of micro-batches as if all of them were its own. */
  stage(stage: JobStage): Stage {
    return this.stages.get(stage) as Stage;
  }

  /** Micro-batches of some leaves. */
  leaves(stage: JobMicroStage, begin: number, end: number, ticket: number): MicroStage {
    return { ...(this.stage(stage) as MicroStage), leaves: stage.leaves.slice(begin, end), firstLeaf: begin, ticket };
  }
}

const distinct = (launches: readonly JobLaunch[]) => [...new Set(launches)];

function launchesOf(stage: JobStage): JobLaunch[] {
  if (stage.kind === 'micro') return [...Object.values(stage.first), ...Object.values(stage.next)];
  if (stage.kind === 'slices') return stage.parts.map(({ launch }) => launch);
  return stage.kind === 'whole' ? [stage.launch] : [];
}

function localStage(stage: JobStage, launchFor: (launch: JobLaunch) => Launch): Stage {
  const bySize = (launches: JobLaunches) =>
    Object.fromEntries(Object.entries(launches).map(([size, launch]) => [size, launchFor(launch)]));
  switch (stage.kind) {
    case 'micro':
      return { kind: 'micro', ticket: 0, leaves: stage.leaves, first: bySize(stage.first), next: bySize(stage.next) };
    case 'slices':
      return { kind: 'slices', parts: stage.parts.map(({ launch, count }) => ({ launch: launchFor(launch), count })) };
    case 'whole':
      return { kind: 'whole', launch: launchFor(stage.launch) };
    case 'finish':
      return finishStage(stage);
  }
}

/** Tickets and the count of steps are the machine's own affair. */
const finishStage = ({ renewals, logs }: JobFinishStage): FinishStage => ({ kind: 'finish', renewals, logs });

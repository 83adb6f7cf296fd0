import type { CompiledProgram, ProgramSource } from '@weft/core/program';
import { WorkerPool } from '@weft/pool';
import { CONTROL, type ProgramImage, type Stage, type StepsWork } from '@weft/train/runtime';
import { ClusterError } from '../errors.js';
import { encodeJob } from '../job/encode.js';
import { jobOf } from '../job/job-of.js';
import type { StepLog } from '../machine/round.js';
import { JobPlan } from '../machine/task-plan.js';
import { Coordinator, type CoordinatorPlace } from './coordinator.js';
import { Mirror } from './mirror.js';
import { type ClusterStatistics, Tally } from './statistics.js';
import { type GivenWork, type Ground, TaskRunner } from './task-runner.js';

/** What a runtime on a cluster needs of its surroundings. */
export interface RuntimePlace extends CoordinatorPlace {
  /** Milliseconds that it waits for the first worker, and for another one when all are lost. */
  readonly patience: number;
  /** Keeps bytes that workers will ask for. */
  keep(bytes: Uint8Array): Promise<void>;
  /** Ends what was opened for it. */
  close(): Promise<void>;
}

/** How often it looks whether an end is wanted while there are no workers, in milliseconds. */
const LOOK = 100;

interface KnownJob {
  readonly session: string;
  readonly stages: readonly (readonly Stage[])[];
  readonly job: GivenWork['job'];
}

/**
 * Workers on other machines, as a runtime: `fit`, `predict` and `evaluate` compute there. `cluster` opens one.
 *
 * This process coordinates and computes nothing. Results are the same bits as a `WorkerPool`'s, for any number of workers,
 * which may come and go.
 */
export class ClusterRuntime extends WorkerPool {
  private readonly sources = new WeakMap<ProgramImage, ProgramSource>();
  private readonly loaded = new WeakMap<CompiledProgram, ProgramImage>();
  private readonly coordinator: Coordinator;
  private readonly runner: TaskRunner;
  private readonly mirror: Mirror;
  private readonly tally = new Tally();
  private readonly kept = new Set<string>();
  private jobs: KnownJob[] = [];
  private jobCount = 0;

  /** @internal */
  constructor(private readonly place: RuntimePlace) {
    super(1, 'wasm', false);
    this.mirror = new Mirror(this.memory.memory);
    this.coordinator = new Coordinator(place);
    this.runner = new TaskRunner(this.coordinator, place, this.ground(), this.tally, () => this.waitForWorkers());
  }

  /** Kernels are compiled by the workers, each for its own processor. */
  override get vectorBits(): 128 {
    return 128;
  }

  /** What workers have done so far. */
  get statistics(): ClusterStatistics {
    const { channel } = this.place;
    const { repeats, refusedMessages } = this.coordinator;
    return this.tally.statistics(
      {
        bytesSent: channel.sentBytes,
        bytesReceived: channel.receivedBytes,
        refusedMessages: refusedMessages + channel.refused,
      },
      repeats,
    );
  }

  /** Names of the workers that take part now. */
  get workerNames(): readonly string[] {
    return this.coordinator.roster.ids;
  }

  /**
   * Ends all work with an error, as when another coordinator has taken over.
   *
   * @internal
   */
  stop(error: Error): void {
    this.coordinator.stop(error);
  }

  override async close(): Promise<void> {
    if (this.closed) return;
    await super.close();
    this.coordinator.close();
    await this.place.close();
  }

  /** @internal Workers compile programs themselves. */
  override async load(id: string, compiled: CompiledProgram): Promise<ProgramImage> {
    const known = this.loaded.get(compiled);
    if (known) return known;
    const image = { id, module: undefined, program: undefined, plan: undefined, segments: compiled.segments };
    this.loaded.set(compiled, image);
    this.sources.set(image, compiled.source);
    return image;
  }

  /** @internal */
  override async runOnAll(work: StepsWork): Promise<void> {
    this.beginSteps(work);
    const job = await this.jobOf(work);
    await this.runner.run({ work, job });
  }

  /** @internal */
  async settle(): Promise<void> {
    await this.runner.settle();
  }

  private async jobOf(work: StepsWork): Promise<GivenWork['job']> {
    const stages = stagesOf(work);
    const { session } = work;
    if (this.jobs[0]?.session !== session) this.jobs = [];
    const known = this.jobs.find((each) => isSame(each.stages, stages));
    if (known) return known.job;
    const job = jobOf(work, (image) => this.sourceOf(image), this.memory);
    for (const { address, bytes, sha256 } of job.constants) {
      if (this.kept.has(sha256)) continue;
      await this.place.keep(new Uint8Array(this.memory.memory.buffer, address, bytes).slice());
      this.kept.add(sha256);
    }
    this.mirror.lay(session, job.top, [...job.scratch, ...job.constants]);
    const numbered = { session, number: ++this.jobCount, bytes: encodeJob(job), plan: new JobPlan(job) };
    this.jobs.push({ session, stages, job: numbered });
    return numbered;
  }

  private sourceOf(image: ProgramImage): ProgramSource {
    const source = this.sources.get(image);
    if (!source) throw new TypeError('This program was loaded by another runtime.');
    return source;
  }

  private ground(): Ground {
    const { memory } = this.memory;
    return {
      memory,
      mirror: this.mirror,
      log: (steps, isReported) => this.log(steps, isReported),
      isStopWanted: () => Atomics.load(this.control, CONTROL.stopWanted) !== 0,
      stopped: (reason, steps) => {
        if (steps !== undefined) Atomics.store(this.control, CONTROL.steps, steps);
        Atomics.store(this.control, CONTROL.stopped, reason);
      },
    };
  }

  private log(steps: readonly StepLog[], isReported: boolean): void {
    const { buffer } = this.memory.memory;
    for (const { work, step, numbers } of steps) {
      for (const { address, value } of numbers) new Float64Array(buffer, address, 1)[0] = value;
      const { control } = this;
      if (isReported && work === 0 && step >= control[CONTROL.steps]) Atomics.store(control, CONTROL.steps, step + 1);
    }
  }

  private async waitForWorkers(): Promise<boolean> {
    const { place, coordinator } = this;
    place.say('waiting for workers');
    const until = place.clock.now() + place.patience;
    while (coordinator.roster.candidates.length === 0) {
      if (coordinator.stopped) throw coordinator.stopped;
      if (Atomics.load(this.control, CONTROL.stopWanted) !== 0) return false;
      if (place.clock.now() > until) throw this.nobody();
      // Whoever has come may have gone again: each time it is waited anew.
      await new Promise<void>((resolve) => {
        const cancel = place.clock.after(LOOK, resolve);
        coordinator.onCandidate = () => {
          cancel();
          resolve();
        };
      });
    }
    return true;
  }

  private nobody(): ClusterError {
    const refused = [...this.coordinator.refusals].map(([id, reason]) => ` ${id} was refused: ${reason}.`);
    return new ClusterError(
      'workers',
      `No worker has come within ${Math.round(this.place.patience / 1000)} seconds.${refused.join('')} ` +
        'Start some with "weft worker URL", and continue a run from its last checkpoint with --resume.',
    );
  }
}

/** The stages of work and of what comes next, for each size of batch. */
function stagesOf({ stages, next }: StepsWork): (readonly Stage[])[] {
  return [...Object.values(stages), ...(next ? stagesOf(next) : [])];
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at]);
}

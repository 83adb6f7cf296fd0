import { createHash } from 'node:crypto';
import type { ProgramSource } from '@weft/core/program';
import type {
  FinishStage,
  Launch,
  LaunchBySize,
  ProgramImage,
  SharedMemory,
  Stage,
  StepsWork,
} from '@weft/train/runtime';
import type {
  Constant,
  Job,
  JobFinishStage,
  JobLaunch,
  JobLaunches,
  JobProgram,
  JobStage,
  JobStages,
  TaskCall,
} from './job.js';

/** What programs were compiled from, by their images. */
export type SourceOf = (image: ProgramImage) => ProgramSource;

/**
 * Work as a job for machines.
 *
 * @param memory   where the work was laid out
 * @param sha256Of of constants; the default looks at all bytes
 * @throws RangeError for fast math, whose bits differ between machines
 */
export function jobOf(
  work: StepsWork,
  sourceOf: SourceOf,
  memory: SharedMemory,
  sha256Of: (bytes: Uint8Array) => string = sha256,
): Job {
  const writer = new JobWriter(sourceOf);
  const works: JobStages[] = [];
  for (let each: StepsWork | undefined = work; each; each = each.next) works.push(writer.stages(each.stages));
  const bytesAt = (address: number, bytes: number) => new Uint8Array(memory.memory.buffer, address, bytes);
  const constants = [...memory.constants].map(
    ([address, bytes]): Constant => ({ address, bytes, sha256: sha256Of(bytesAt(address, bytes)) }),
  );
  return {
    session: work.session,
    top: memory.mark(),
    scratch: [...memory.scratch].map(([address, bytes]) => ({ address, bytes })),
    constants,
    programs: writer.programs,
    works,
  };
}

/** What differs from call to call of the same work. */
export function callOf(work: StepsWork): TaskCall {
  const { count, batchSize, firstStep, endStep, isReported, finite, resultStep, next } = work;
  return {
    count,
    batchSize,
    firstStep,
    endStep,
    isReported,
    finite,
    ...(resultStep !== undefined && { resultStep }),
    ...(next && { next: callOf(next) }),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Writes stages; each program stands in the job once. */
class JobWriter {
  readonly programs: JobProgram[] = [];
  private readonly numbers = new Map<ProgramImage, number>();

  constructor(private readonly sourceOf: SourceOf) {}

  stages(bySize: StepsWork['stages']): JobStages {
    return Object.fromEntries(
      Object.entries(bySize).map(([size, stages]) => [size, stages.flatMap((stage) => this.stage(stage))]),
    );
  }

  private stage(stage: Stage): JobStage[] {
    switch (stage.kind) {
      case 'micro': {
        const { leaves, parts, first, next } = stage;
        const both = { first: this.launches(first), next: this.launches(next) };
        return [{ kind: 'micro', leaves, ...(parts && { parts }), ...both }];
      }
      case 'slices': {
        if (stage.combinesLeaves) return [];
        const parts = stage.parts.map(({ launch, count }) => ({ launch: this.launch(launch), count }));
        return [{ kind: 'slices', parts }];
      }
      case 'whole':
        return [{ kind: 'whole', launch: this.launch(stage.launch) }];
      case 'finish':
        return [finish(stage)];
    }
  }

  private launches(bySize: LaunchBySize): JobLaunches {
    return Object.fromEntries(Object.entries(bySize).map(([size, launch]) => [size, this.launch(launch)]));
  }

  private launch({ image, blocks }: Launch): JobLaunch {
    const program = this.numbers.get(image) ?? this.programs.push(this.program(image)) - 1;
    this.numbers.set(image, program);
    return { program, blocks: blocks.slice(1) };
  }

  private program(image: ProgramImage): JobProgram {
    const { program, binding, options } = this.sourceOf(image);
    if (options.fastMath) {
      throw new RangeError(
        'fastMath: machines would compute other bits than each other. Leave it out to train on several of them.',
      );
    }
    const { convolution, isLowered } = options;
    return {
      program,
      inputs: binding.inputs,
      outputs: (binding.outputs ?? []).flatMap((place) => (place ? [place] : [])),
      invariant: binding.invariant ?? [],
      options: { ...(convolution !== undefined && { convolution }), ...(isLowered !== undefined && { isLowered }) },
    };
  }
}

function finish({ renewals, logs, endsStep }: FinishStage): JobFinishStage {
  return { kind: 'finish', renewals, logs, endsStep: endsStep !== undefined };
}

import { ALIGNMENT } from '@weft/core/program';
import { CONTROL_WORDS, type Standing } from '@weft/train/runtime';
import { rangeOf, stageAccesses } from './accesses.js';
import { type Job, JobError, type JobStage, type Range, type TaskCall } from './job.js';

/** The first address of a job: below it are a pool's words of control, at the same addresses in every pool. */
export const LOWEST = ALIGNMENT + Math.ceil((4 * CONTROL_WORDS) / ALIGNMENT) * ALIGNMENT;

/** Whether a range lies in the memory that machines have in common. */
export function isWithin({ address, bytes }: Range, top: number): boolean {
  return (
    Number.isSafeInteger(address) &&
    Number.isSafeInteger(bytes) &&
    address >= LOWEST &&
    bytes >= 0 &&
    address + bytes <= top
  );
}

/**
 * Sees to it that a step reads and writes within the job's memory.
 *
 * @param standing the farthest that such a step stands
 * @throws JobError if it does not
 */
export function checkStep(job: Pick<Job, 'programs' | 'top'>, stages: readonly JobStage[], standing: Standing): void {
  const origin = { batchBegin: 0, step: 0 };
  for (const stage of stages) {
    const { reads, writes } = stageAccesses(job, stage);
    for (const access of [...reads, ...writes]) {
      const range = rangeOf(access, origin, standing);
      if (isWithin(range, job.top)) continue;
      throw new JobError(
        `A ${stage.kind} stage uses the bytes from ${range.address} to ${range.address + range.bytes}; a job's memory lies from ${LOWEST} to ${job.top}.`,
      );
    }
  }
}

/** Steps that a task may have in all. */
const MOST_STEPS = 2 ** 22;

/**
 * Sees to it that a call is one of steps that there can be.
 *
 * @throws JobError if it is not
 */
export function checkCall({ top }: Pick<Job, 'top'>, call: TaskCall): void {
  const { count, batchSize, firstStep, endStep, finite, resultStep, next } = call;
  const isCount = (value: number, least = 0) => Number.isSafeInteger(value) && value >= least;
  const areCounts =
    isCount(count) && isCount(batchSize, 1) && isCount(firstStep) && isCount(endStep) && isCount(resultStep ?? 0);
  if (!areCounts || count / batchSize > MOST_STEPS) throw new JobError('The task has numbers of steps that cannot be.');
  const isNumber = (address: number) => address % 8 === 0 && isWithin({ address, bytes: 8 * endStep }, top);
  if (!finite.every(isNumber)) throw new JobError('A number that ends a task lies outside of the memory.');
  if (next) checkCall({ top }, next);
}

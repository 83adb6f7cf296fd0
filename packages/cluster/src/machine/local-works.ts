import type { Stage, StepsWork } from '@weft/train/runtime';
import type { PlannedStep } from './task-plan.js';

/** Stages of a step that a machine does. */
export interface LocalStages {
  readonly step: PlannedStep;
  readonly stages: readonly Stage[];
}

/** Stages of one step after another as one piece of work for a pool. */
export function workOf(session: string, all: readonly LocalStages[]): StepsWork | undefined {
  return all.reduceRight<StepsWork | undefined>((next, { step: { batch, call, step }, stages }) => {
    if (stages.length === 0) return next;
    return {
      session,
      stages: { [batch.count]: stages },
      // As if this step were the last one: then the next work follows.
      count: batch.begin + batch.count,
      batchSize: call.batchSize,
      firstStep: step,
      endStep: step + 1,
      resultStep: call.resultStep ?? step,
      isReported: false,
      finite: [],
      next,
    };
  }, undefined);
}

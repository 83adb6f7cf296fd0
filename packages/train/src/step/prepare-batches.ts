import type { NamedExamples } from '../data.js';
import { type BatchPlan, planBatch, type StepOptions } from './batch-plan.js';
import { BatchStages, type DraftedStage } from './batch-stages.js';
import { loadDrafts } from './launches.js';
import { isShortOfLeaves, microBatchesOf } from './leaves.js';
import type { ExampleOrder, SessionMemory } from './session.js';
import type { Block, FinishStage, Stage, StagesBySize } from './stages.js';
import type { TracedBatch } from './trace-update.js';

/** One program of a step: what it is traced to for a size of batch, and what follows it. */
export interface StepPart {
  readonly name: string;
  readonly trace: (batch: number) => Pick<TracedBatch, 'program' | 'examples' | 'leaves' | 'placeholders'>;
  /** Outputs that lie in memory of the caller's. */
  readonly outputs?: ReadonlyMap<number, Block>;
  /** Stages behind it, and what is done with its results at the end; `output` says where each of them lies. */
  readonly follow?: (output: (which: number) => Block, batch: number) => FollowUp;
}

/** What follows a program of a step. */
export interface FollowUp {
  readonly stages: readonly DraftedStage[];
  readonly renewals: FinishStage['renewals'];
  readonly logs: FinishStage['logs'];
}

/** Steps that are compiled, by the number of examples in their batches. */
export interface PreparedBatches {
  readonly stages: StagesBySize;
  /** Of the largest batch. */
  readonly microBatch: number;
  /** Whether there are fewer gradient accumulators than threads may want, because the model is so large. */
  readonly isShortOfLeaves: boolean;
}

/**
 * Compiles the steps of an epoch for each size of batch that occurs.
 *
 * Batches and the parts of a step come one after another, so that they share the memory of leaves and slots.
 */
export async function prepareBatches(
  session: SessionMemory,
  examples: NamedExamples,
  order: ExampleOrder,
  sizes: readonly number[],
  parts: readonly StepPart[],
  options: StepOptions,
  id: string,
): Promise<PreparedBatches> {
  const { memory } = session.runtime;
  const planned = [...new Set(sizes)].map((batch) => ({
    batch,
    parts: parts.map((part) => {
      const traced = part.trace(batch);
      const own = [...(part.outputs?.keys() ?? [])];
      return { part, traced, plan: planBatch(traced.program, traced.examples, batch, options, own) };
    }),
  }));
  const plans = planned.flatMap((each) => each.parts.map(({ plan }) => plan));
  const most = (bytes: (plan: BatchPlan) => number) => Math.max(0, ...plans.map(bytes));
  const leaves = memory.allocate(most(({ leafBytes }) => leafBytes));
  const slots = memory.allocate(most(({ slotBytes }) => slotBytes));
  const phases = plans.reduce((total, plan) => Math.max(total, plan.partition.phases.length), 0) * parts.length;
  const tickets = memory.uint32(phases);
  tickets.array.fill(0);

  const drafted = planned.map(({ batch, parts: each }) => ({
    batch,
    stages: each.flatMap(({ part, traced, plan }, which): (DraftedStage | FinishStage)[] => {
      const placement = {
        inputs: session.inputs(examples, order, traced),
        slots,
        leaves,
        ...(part.outputs && { outputs: part.outputs }),
      };
      const batchStages = new BatchStages(`${id} ${part.name} ${batch}`, plan, placement, options);
      const ticket = tickets.address + 4 * which * (phases / parts.length);
      const follow = part.follow?.((output) => batchStages.output(output), batch);
      const isLast = which === each.length - 1;
      return [
        ...batchStages.stages(ticket),
        ...(follow?.stages ?? []),
        {
          kind: 'finish',
          renewals: follow?.renewals ?? [],
          logs: follow?.logs ?? [],
          ...(isLast && { endsStep: { tickets: tickets.address, count: phases } }),
        },
      ];
    }),
  }));
  const isDraft = (stage: DraftedStage | FinishStage): stage is DraftedStage => 'drafts' in stage;
  const drafts = drafted.flatMap(({ stages }) => stages.filter(isDraft).map((stage) => stage.drafts));
  const launches = await loadDrafts(session.runtime, drafts);
  const stages = Object.fromEntries(
    drafted.map(({ batch, stages: list }): [number, Stage[]] => [
      batch,
      list.map((stage) => (isDraft(stage) ? stage.finish((draft) => launches.get(draft)!) : stage)),
    ]),
  );
  return {
    stages,
    microBatch: plans[0].microBatch,
    isShortOfLeaves: plans.some((plan) =>
      plan.phases.some(({ bytes, leaves: list }) => {
        return bytes > 0 && isShortOfLeaves(microBatchesOf(plan.batch, plan.microBatch).length, list.length);
      }),
    ),
  };
}

import type { CompiledProgram } from '@weft/core/program';
import type { NamedExamples } from '../data.js';
import type { Runtime } from '../runtime/runtime.js';
import { type BatchPlan, planBatch, type StepOptions } from './batch-plan.js';
import { BatchStages, type DraftedStage } from './batch-stages.js';
import { loadDrafts } from './launches.js';
import { isShortOfLeaves, microBatchesOf } from './leaves.js';
import type { ExampleOrder, SessionMemory } from './session.js';
import type { Block, FinishStage, Launch, Stage, StagesBySize } from './stages.js';
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
  /** What was compiled for each launch. */
  readonly programs: ReadonlyMap<Launch, CompiledProgram>;
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
  const planned: { readonly batch: number; readonly parts: ReturnType<typeof planPart>[] }[] = [];
  for (const batch of new Set(sizes)) {
    const each: ReturnType<typeof planPart>[] = [];
    for (const part of parts) {
      await session.runtime.turn?.();
      each.push(planPart(part, batch, options));
    }
    planned.push({ batch, parts: each });
  }
  const plans = planned.flatMap((each) => each.parts.map(({ plan }) => plan));
  const room = reserveRoom(session, plans, parts.length);
  const drafted = planned.map(({ batch, parts: each }) => ({
    batch,
    stages: each.flatMap(({ part, traced, plan }, which) => {
      const inputs = session.inputs(examples, order, traced);
      const placement = { inputs, ...room, ...(part.outputs && { outputs: part.outputs }) };
      const batchStages = new BatchStages(`${id} ${part.name} ${batch}`, plan, placement, options);
      return draftPart(part, batchStages, batch, room, which, which === parts.length - 1);
    }),
  }));
  return {
    ...(await loadStages(session.runtime, drafted)),
    microBatch: plans[0].microBatch,
    isShortOfLeaves: plans.some((plan) =>
      plan.phases.some(({ bytes, leaves }) => {
        return bytes > 0 && isShortOfLeaves(microBatchesOf(plan.batch, plan.microBatch).length, leaves.length);
      }),
    ),
  };
}

function planPart(part: StepPart, batch: number, options: StepOptions) {
  const traced = part.trace(batch);
  const own = [...(part.outputs?.keys() ?? [])];
  return { part, traced, plan: planBatch(traced.program, traced.examples, batch, options, own) };
}

/** Memory that batches and the parts of a step have in common, each for a while. */
interface Room {
  readonly leaves: number;
  readonly slots: number;
  /** Address of words that count leaves drawn: so many for each part, one for each of its phases. */
  readonly tickets: number;
  readonly ticketsPerPart: number;
  readonly parts: number;
}

function reserveRoom({ runtime: { memory } }: SessionMemory, plans: readonly BatchPlan[], parts: number): Room {
  const most = (count: (plan: BatchPlan) => number) => plans.reduce((so, plan) => Math.max(so, count(plan)), 0);
  const ticketsPerPart = most(({ partition }) => partition.phases.length);
  const tickets = memory.allocateScratch(4 * ticketsPerPart * parts);
  new Uint32Array(memory.memory.buffer, tickets, ticketsPerPart * parts).fill(0);
  return {
    leaves: memory.allocateScratch(most(({ leafBytes }) => leafBytes)),
    slots: memory.allocateScratch(most(({ slotBytes }) => slotBytes)),
    tickets,
    ticketsPerPart,
    parts,
  };
}

type Drafted = DraftedStage | FinishStage;

/** The stages of a part of a step, up to its end. */
function draftPart(
  { follow }: StepPart,
  stages: BatchStages,
  batch: number,
  { tickets, ticketsPerPart, parts }: Room,
  which: number,
  isLast: boolean,
): Drafted[] {
  const own = stages.stages(tickets + 4 * which * ticketsPerPart);
  const followUp = follow?.((output) => stages.output(output), batch);
  return [
    ...own,
    ...(followUp?.stages ?? []),
    {
      kind: 'finish',
      renewals: followUp?.renewals ?? [],
      logs: followUp?.logs ?? [],
      ...(isLast && { endsStep: { tickets, count: ticketsPerPart * parts } }),
    },
  ];
}

async function loadStages(
  runtime: Runtime,
  drafted: readonly { readonly batch: number; readonly stages: readonly Drafted[] }[],
): Promise<Pick<PreparedBatches, 'stages' | 'programs'>> {
  const isDraft = (stage: Drafted): stage is DraftedStage => 'drafts' in stage;
  const drafts = drafted.flatMap(({ stages }) => stages.filter(isDraft).map((stage) => stage.drafts));
  const launches = await loadDrafts(runtime, drafts);
  const stages = Object.fromEntries(
    drafted.map(({ batch, stages }): [number, Stage[]] => [
      batch,
      stages.map((stage) => (isDraft(stage) ? stage.finish((draft) => launches.get(draft)!.launch) : stage)),
    ]),
  );
  return { stages, programs: new Map([...launches.values()].map(({ launch, compiled }) => [launch, compiled])) };
}

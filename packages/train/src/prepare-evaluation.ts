import type { CompiledProgram, Program } from '@weft/core/program';
import type { ObjectiveSource } from './objective.js';
import type { StepOptions } from './step/batch-plan.js';
import { microBatchesOf } from './step/leaves.js';
import { LogBook } from './step/log-book.js';
import { type PreparedBatches, prepareBatches, type StepPart } from './step/prepare-batches.js';
import { type ExampleOrder, inSequence, type SessionMemory } from './step/session.js';
import type { Block, Launch } from './step/stages.js';
import { type BatchSource, type TracedBatch, traceEvaluation } from './step/trace-update.js';
import type { StepsWork } from './task.js';

/** What examples are evaluated, and how. */
interface EvaluationPlan {
  readonly first: number;
  readonly count: number;
  readonly batchSize: number;
  readonly options: StepOptions;
  readonly id: string;
  readonly session: string;
}

/** Steps that judge a model, compiled, and where they leave what they find. */
export interface PreparedEvaluation {
  readonly order: ExampleOrder;
  readonly log: LogBook;
  readonly work: StepsWork;
  readonly program: Program;
  readonly programs: ReadonlyMap<Launch, CompiledProgram>;
  readonly microBatch: number;
  /** Compiles the steps of another size of batch. */
  compile(batch: number): Promise<PreparedBatches>;
}

/** Compiles the steps that judge a model by objectives, on examples in their order. */
export async function prepareEvaluation(
  session: SessionMemory,
  source: BatchSource,
  objectives: readonly ObjectiveSource[],
  { first, count, batchSize, options, id, session: owner }: EvaluationPlan,
): Promise<PreparedEvaluation> {
  const batches = microBatchesOf(count, Math.min(batchSize, count));
  const order = session.order(count);
  inSequence(order, 0, first);
  const traced = objectives.map((objective) => traceEvaluation(source, objective, batches[0].count));
  const log = new LogBook(
    session.runtime.memory,
    traced.map(({ objective }) => objective),
    batches,
  );
  const parts = objectives.map(
    (objective, index): StepPart => ({
      name: `objective ${index}`,
      trace: (batch) => (batch === batches[0].count ? traced[index] : traceEvaluation(source, objective, batch)),
      outputs: scoreOutputs(traced[index], log),
      follow: (output) => ({
        stages: [],
        renewals: [],
        logs: log.logged(index, (number) => output(traced[index].outputs.numbers[number])),
      }),
    }),
  );
  const compile = (sizes: readonly number[]) =>
    prepareBatches(session, source.examples, order, sizes, parts, options, id);
  const { stages, programs, microBatch } = await compile(batches.map((batch) => batch.count));
  const work: StepsWork = {
    session: owner,
    stages,
    count,
    batchSize: Math.min(batchSize, count),
    firstStep: 0,
    endStep: batches.length,
    isReported: false,
    finite: [],
  };
  const program = traced[0].program;
  return { order, log, work, program, programs, microBatch, compile: (batch) => compile([batch]) };
}

/** Outputs with a value for each example go to the book. */
export function scoreOutputs({ objective, outputs }: TracedBatch, log: LogBook): Map<number, Block> {
  return new Map(
    objective.scores.map(({ name }, which): [number, Block] => [outputs.scores[which], log.scoreBlock(name)]),
  );
}

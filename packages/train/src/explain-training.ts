import type { ValueType } from '@weft/core';
import {
  byteLength,
  type CompiledProgram,
  type ExplainedPass,
  explain,
  type StepProgram,
  sizeOf,
} from '@weft/core/program';
import type { BaseModel, Weight } from '@weft/nn';
import type { Examples } from './data.js';
import { SharedMemory } from './memory.js';
import { checkModel } from './options/check-model.js';
import { FIT_OPTIONS, FIT_WITH_RUNTIME } from './options/fit-options.js';
import { checkOptions, type OptionsOf } from './options/schema.js';
import { type PreparedTraining, prepareTraining } from './prepare-training.js';
import type { Runtime } from './runtime/runtime.js';
import type { Store } from './runtime/store.js';
import { type BatchPlan, planBatch, type StepOptions } from './step/batch-plan.js';
import type { Stage } from './step/stages.js';
import type { TracedBatch } from './step/trace-update.js';
import { CONTROL_WORDS, type ProgramImage } from './task.js';
import { trainingSource } from './training-source.js';

const { batchSize, optimizer, loss, lossWeights, metrics, updates, augment, corrupt, convolution } = FIT_OPTIONS;
const EXPLAIN_OPTIONS = { batchSize, optimizer, loss, lossWeights, metrics, updates, augment, corrupt, convolution };

/** Options of `explainTraining`: those of `fit` that decide its programs. */
export type ExplainTrainingOptions = OptionsOf<typeof EXPLAIN_OPTIONS>;

/** A value that a stage leaves behind for later ones. */
export interface KeptValue {
  /** What it is, where it is a result, such as `gradient of dense/kernel`; undefined for values on the way. */
  readonly name: string | undefined;
  /** At the size of the batch. */
  readonly type: ValueType;
  /**
   * - `sum`, `max`: put together from the parts that micro-batches give
   * - `rows`: each micro-batch writes the rows of its own examples
   * - `whole`: written at once
   */
  readonly kind: 'sum' | 'max' | 'rows' | 'whole';
  readonly bytes: number;
}

/** What workers do between two barriers. */
export interface ExplainedStage {
  readonly kind: 'before' | 'micro' | 'sums' | 'whole' | 'update' | 'finish';
  /** In one sentence. */
  readonly does: string;
  /** Into how many shares it is cut: gradient accumulators, or slices. One worker does a stage of one share. */
  readonly shares: number;
  /** Examples to a micro-batch. */
  readonly examples: number | undefined;
  /** Its program after each pass, from the cut to the kernels; none for the stages that are only additions and moves. */
  readonly passes: readonly ExplainedPass[];
  readonly keeps: readonly KeptValue[];
  /** Of its programs for all sizes of micro-batches. */
  readonly wasmBytes: number;
  /** Memory for values that do not leave the stage, by worker. */
  readonly scratchBytes: number;
}

/** A change of weights in a step. */
export interface ExplainedUpdate {
  /** As in the logs. */
  readonly name: string;
  readonly optimizer: string;
  /** Numbers that it changes. */
  readonly weights: number;
  readonly batch: number;
  readonly microBatch: number;
  /** The program of the batch after each pass, as it was traced and up to where it is cut. */
  readonly passes: readonly ExplainedPass[];
  readonly stages: readonly ExplainedStage[];
}

/**
 * What a training step of a model does: its program after each pass, how it is cut into micro-batches and phases, what
 * crosses a cut, and the stages that workers go through. Nothing is trained, and no workers are needed.
 *
 * @param data one batch of examples, or more; their values do not matter
 * @throws RangeError or TypeError as `fit` does
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [4] });
 * const data = { x: new Float32Array(64 * 4), y: new Float32Array(64) };
 * const [{ passes, stages }] = await explainTraining(model, data, { batchSize: 64 });
 * passes[0].name; // 'trace'
 * stages.map(({ kind }) => kind).includes('micro'); // true
 */
export async function explainTraining(
  model: BaseModel,
  data: Examples,
  options: ExplainTrainingOptions = {},
): Promise<readonly ExplainedUpdate[]> {
  checkModel('explainTraining', model);
  checkOptions('explainTraining', options, EXPLAIN_OPTIONS, '{ batchSize: 64 }');
  const runtime = new CompilingRuntime();
  const checked = checkOptions('fit', { ...options, epochs: 1, runtime }, FIT_WITH_RUNTIME, '{ epochs: 10 }');
  const source = trainingSource(model, data, checked);
  const stepOptions = { convolution: checked.convolution };
  const prepared = await prepareTraining(source, runtime, 'explain', stepOptions);
  const stages = [...prepared.work.stages[prepared.batches[0].count]];
  return prepared.traced.map((traced, index) => {
    const end = stages.findIndex(({ kind }) => kind === 'finish') + 1;
    return new UpdateExplainer(prepared, traced, index, runtime, stepOptions).explain(stages.splice(0, end));
  });
}

/** The runtime of a training that is compiled, and not run. */
class CompilingRuntime implements Runtime {
  readonly threads = 1;
  readonly kernels = 'wasm';
  readonly memory = new SharedMemory();
  readonly control = new Int32Array(CONTROL_WORDS);
  readonly store = {} as Store;
  readonly compiled = new Map<string, CompiledProgram>();

  hold<T>(work: (session: string) => Promise<T>): Promise<T> {
    return work('explain');
  }

  async load(id: string, compiled: CompiledProgram): Promise<ProgramImage> {
    this.compiled.set(id, compiled);
    const { program, plan, segments } = compiled;
    return { id, module: undefined, program, plan, segments };
  }

  async runOnAll(): Promise<void> {
    throw new Error('explainTraining runs nothing.');
  }

  async close(): Promise<void> {}
}

/** Programs that a stage runs, each once. */
function imagesOf(stage: Stage): ProgramImage[] {
  if (stage.kind === 'finish') return [];
  if (stage.kind === 'whole') return [stage.launch.image];
  const launches =
    stage.kind === 'slices'
      ? stage.parts.map(({ launch }) => launch)
      : [...Object.values(stage.first), ...Object.values(stage.next)];
  return [...new Set(launches.map(({ image }) => image))];
}

function sharesOf(stage: Stage): number {
  if (stage.kind === 'micro') return stage.leaves.length;
  return stage.kind === 'slices' ? stage.parts.reduce((total, { count }) => total + count, 0) : 1;
}

const DOES = {
  before: 'One worker computes what depends on no example.',
  micro: 'Workers draw gradient accumulators like tickets, and take the micro-batches of each through the program.',
  sums: 'Adds up the accumulators as a binary tree, slice by slice.',
  whole: 'One worker computes what needs the values of the whole batch.',
  update: 'The optimiser changes the weights.',
  finish: 'One worker moves new state to its place, logs the losses and counts the step.',
} as const;

/** Puts what is known of an update's plan beside the stages that were made of it. */
class UpdateExplainer {
  private readonly plan: BatchPlan;
  private readonly names = new Map<number, string>();
  private readonly explained: ExplainedStage[] = [];

  constructor(
    private readonly prepared: PreparedTraining,
    private readonly traced: TracedBatch,
    private readonly index: number,
    private readonly runtime: CompilingRuntime,
    private readonly options: StepOptions,
  ) {
    const { program, examples, outputs, renewed } = traced;
    const { source, batches } = prepared;
    this.plan = planBatch(program, examples, batches[0].count, options, outputs.scores);
    const name = (which: number, text: string) => this.names.set(this.plan.partition.outputs[which].index, text);
    for (const [at, which] of outputs.numbers.entries()) name(which, at === 0 ? 'loss' : 'number for the logs');
    for (const which of outputs.scores) name(which, 'values for the logs');
    for (const [at, which] of outputs.renewed.entries()) name(which, `new ${this.pathOf(renewed[at])}`);
    for (const [at, which] of outputs.gradients.entries()) {
      name(which, `gradient of ${source.updates[index].weights[at].path}`);
    }
  }

  /** @param stages of this update, the last of which ends it */
  explain(stages: Stage[]): ExplainedUpdate {
    const { partition, phases, microBatch, batch } = this.plan;
    const { name, optimizer, weights } = this.prepared.source.updates[this.index];
    const next = () => stages.shift() as Stage;
    if (partition.before) this.add('before', next(), partition.before);
    for (const [index, { micro, whole }] of partition.phases.entries()) {
      const { groups, leaves } = phases[index];
      const program = micro(microBatch, false);
      if (program.outputs.length > 0) this.add('micro', next(), program);
      if (groups.length > 0 && leaves.length > 1) this.add('sums', next());
      if (whole) this.add('whole', next(), whole);
    }
    while (stages.length > 0) this.add(stages[0].kind === 'finish' ? 'finish' : 'update', next());
    const behindCut = Math.max(...this.explained.map(({ passes }) => passes.length)) - 1;
    return {
      name,
      optimizer: optimizer.name,
      weights: weights.reduce((total, { shape }) => total + sizeOf(shape), 0),
      batch,
      microBatch,
      passes: this.passesOfBatch(behindCut),
      stages: this.explained,
    };
  }

  /** @param behindCut how many passes are shown of each program that the cut leaves */
  private passesOfBatch(behindCut: number): ExplainedPass[] {
    const [traced, ...others] = explain(this.traced.program, this.options).slice(0, -behindCut);
    const does = 'Writes down forward pass, loss and gradients as operations, one after another.';
    return [{ ...traced, does }, ...others];
  }

  private add(kind: ExplainedStage['kind'], stage: Stage, program?: StepProgram): void {
    const compiled = imagesOf(stage).map(({ id }) => this.runtime.compiled.get(id) as CompiledProgram);
    const total = (bytes: (program: CompiledProgram) => number) => compiled.reduce((sum, each) => sum + bytes(each), 0);
    this.explained.push({
      kind,
      does: DOES[kind],
      shares: sharesOf(stage),
      examples: kind === 'micro' ? this.plan.microBatch : undefined,
      passes: program ? this.passesOf(program, kind) : [],
      keeps: (program?.outputs ?? []).map(({ index }) => this.kept(index)),
      wasmBytes: total(({ bytes }) => bytes.length),
      scratchBytes: total(({ arenaBytes }) => arenaBytes),
    });
  }

  private passesOf({ program, inputs }: StepProgram, kind: ExplainedStage['kind']): ExplainedPass[] {
    const invariant = inputs.flatMap(({ mode }, which) => (mode === 'whole' ? [which] : []));
    const [cut, ...others] = explain(program, { ...this.options, isLowered: true, invariant });
    const does =
      kind === 'micro'
        ? `Leaves what a micro-batch computes by itself; of sums over the batch, its own part.`
        : 'Leaves what is computed once, of values of the whole batch.';
    return [{ ...cut, name: 'cut', does }, ...others];
  }

  private kept(slot: number): KeptValue {
    const { type, kind } = this.plan.partition.slots[slot];
    return { name: this.names.get(slot), type, kind, bytes: byteLength(type) };
  }

  private pathOf(weight: Weight): string {
    return this.prepared.source.weights.find((named) => named.weight === weight)?.path ?? 'a weight';
  }
}

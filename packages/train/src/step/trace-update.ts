import { grad, type Tensor } from '@weft/core';
import { type Program, trace } from '@weft/core/program';
import {
  type BaseModel,
  CallContext,
  type ModelLossInput,
  type ModelWeight,
  type Optimizer,
  type Weight,
} from '@weft/nn';
import type { NamedExamples } from '../data.js';
import { type Objective, type ObjectiveSource, objectiveOf } from '../objective.js';
import { type BatchTensors, batchTensors } from './trace-batch.js';

/** What decides draws within a program. All of it is data: other seeds need no other program. */
export interface Draws {
  /** Low and high words of the seed, uint32 [2]. */
  readonly seed: Tensor;
  /** uint32 [batch, 2]: (number of the example, 0), the same in every epoch. */
  readonly exampleKeys: Tensor;
  /** uint32 [batch, 2]: (number of the example, epoch + 1), new in every epoch. */
  readonly epochKeys: Tensor;
}

/** Changes inputs, not targets, as a part of the program, such as adding noise. */
export type Corruption = (x: Tensor, draws: Draws) => Tensor;

/** What is computed of a batch. */
export interface BatchSource {
  readonly model: BaseModel;
  readonly examples: NamedExamples;
  /** Changes examples that are trained on; it is not used elsewhere. */
  readonly augment?: Corruption | undefined;
  readonly corrupt: Corruption | undefined;
  /** All weights that have a place of their own in memory; others are arrays that do not change. */
  readonly weights: readonly Weight[];
}

/** One change of some weights in a step. */
export interface UpdateSource extends ObjectiveSource {
  readonly weights: readonly ModelWeight[];
  readonly optimizer: Optimizer;
}

/** A program at the size of a batch, and what its inputs and outputs are. */
export interface TracedBatch {
  readonly program: Program;
  /** Positions of the inputs whose axis 0 is that of the examples. */
  readonly examples: readonly number[];
  /** The leaves behind the inputs: the batch's placeholders, weights, and arrays that were captured. */
  readonly leaves: readonly Tensor[];
  /** Placeholders of the batch, which come first. */
  readonly placeholders: number;
  readonly objective: Objective;
  /** State whose new values are outputs. */
  readonly renewed: readonly Weight[];
  /** Positions of the outputs. */
  readonly outputs: {
    readonly gradients: readonly number[];
    readonly numbers: readonly number[];
    readonly renewed: readonly number[];
    readonly scores: readonly number[];
  };
}

/** Forward, losses, metrics, gradients and new state for a batch. */
export function traceUpdate(source: BatchSource, update: UpdateSource, index: number, batch: number): TracedBatch {
  const tensors = augmented(source, batchTensors(source.examples, batch));
  const random = { seed: tensors.seed, keys: tensors.epochKeys };
  const context = new CallContext({ training: true, random, update: index });
  const objective = objectiveOf(update, callModel(source, tensors, context), batch);
  const leaves = update.weights.map(({ weight }) => weight.tensor);
  // Other models, which a loss may call, are frozen, and their state with them.
  const renewed = new Map([...context.renewed].filter(([weight]) => source.weights.includes(weight)));
  requireDependence(update, objective.loss, leaves);
  return assemble(source, tensors, objective, leaves.length > 0 ? grad(objective.loss, leaves) : [], renewed);
}

/** Forward, losses and metrics for a batch that nothing is learnt from. */
export function traceEvaluation(source: BatchSource, objective: ObjectiveSource, batch: number): TracedBatch {
  const tensors = batchTensors(source.examples, batch);
  const context = new CallContext({ training: false });
  const judged = objectiveOf(objective, callModel(source, tensors, context), batch);
  return assemble(source, tensors, judged, [], new Map());
}

/** What a function makes of a batch. */
export function traceOutputs(
  source: BatchSource,
  batch: number,
  build: (inputs: Readonly<Record<string, Tensor>>, draws: Draws) => readonly Tensor[],
): {
  readonly program: Program;
  readonly examples: readonly number[];
  readonly leaves: readonly Tensor[];
  readonly placeholders: number;
} {
  const tensors = batchTensors(source.examples, batch);
  const outputs = build(corrupted(source, tensors), tensors);
  const weights = source.weights.map((weight) => weight.tensor);
  const { program, leaves } = trace(outputs, [...tensors.placeholders, ...weights]);
  return { program, leaves, examples: tensors.examples, placeholders: tensors.placeholders.length };
}

function corrupted({ corrupt, model }: BatchSource, tensors: BatchTensors): Readonly<Record<string, Tensor>> {
  if (!corrupt) return tensors.inputs;
  const name = onlyInput('corrupt', model);
  return { [name]: corrupt(tensors.inputs[name], tensors) };
}

/** An autoencoder's target is the input itself: it stays so. */
function augmented({ augment, model }: BatchSource, tensors: BatchTensors): BatchTensors {
  if (!augment) return tensors;
  const name = onlyInput('augment', model);
  const before = tensors.inputs[name];
  const after = augment(before, tensors);
  const targets = Object.entries(tensors.targets).map(([key, target]) => [key, target === before ? after : target]);
  return { ...tensors, inputs: { [name]: after }, targets: Object.fromEntries(targets) };
}

function onlyInput(option: string, model: BaseModel): string {
  const [{ name }, second] = model.inputs;
  if (second) throw new RangeError(`${option}: the model has several inputs. Change them in a layer, or in the data.`);
  return name;
}

function callModel(source: BatchSource, tensors: BatchTensors, context: CallContext): ModelLossInput {
  const inputs = corrupted(source, tensors);
  return {
    inputs,
    outputs: source.model.callNamed(inputs, context),
    targets: tensors.targets,
    weights: Object.fromEntries(source.model.weights.map(({ path, weight }) => [path, weight.tensor])),
    sampleWeight: tensors.sampleWeight,
    context,
  };
}

function assemble(
  source: BatchSource,
  tensors: BatchTensors,
  objective: Objective,
  gradients: readonly Tensor[],
  renewed: ReadonlyMap<Weight, Tensor>,
): TracedBatch {
  const groups = [gradients, objective.numbers, [...renewed.values()], objective.scores.map(({ tensor }) => tensor)];
  let position = 0;
  const [ofGradients, ofNumbers, ofRenewed, ofScores] = groups.map((group) => group.map(() => position++));
  const weights = source.weights.map((weight) => weight.tensor);
  const { program, leaves } = trace(groups.flat(), [...tensors.placeholders, ...weights]);
  return {
    program,
    leaves,
    examples: tensors.examples,
    placeholders: tensors.placeholders.length,
    objective,
    renewed: [...renewed.keys()],
    outputs: { gradients: ofGradients, numbers: ofNumbers, renewed: ofRenewed, scores: ofScores },
  };
}

/** @throws RangeError if no weight that is to be trained can change the loss: training would do nothing, without a word */
function requireDependence({ name, weights }: UpdateSource, loss: Tensor, leaves: readonly Tensor[]): void {
  const wanted = new Set(leaves.map(({ node }) => node));
  if (wanted.size === 0) return;
  const seen = new Set<Tensor['node']>();
  const stack = [loss.node];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (wanted.has(node)) return;
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.inputs.map((input) => input.node));
  }
  throw new RangeError(
    `${name}: the loss does not depend on any of the weights that it is to train (${weights.map(({ path }) => path).join(', ')}). ` +
      'Compute it from the outputs of the model, or name other weights.',
  );
}

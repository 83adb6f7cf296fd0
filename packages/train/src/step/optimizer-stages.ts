import { maximum, placeholder, type Tensor } from '@weft/core';
import { ALIGNMENT, type Program, sizeOf, trace } from '@weft/core/program';
import type { Optimizer, Weight } from '@weft/nn';
import { SLICE, SLICE_BYTES } from './batch-plan.js';
import { type DraftedStage, wholeStage } from './batch-stages.js';
import { onFlatSlices } from './elementwise.js';
import { type DraftLaunch, draftLaunch, draftSlices, numbers } from './launches.js';
import type { Block } from './stages.js';

/** A weight, and the addresses of what changes it. */
export interface TrainedWeight {
  readonly path: string;
  readonly shape: readonly number[];
  readonly weight: Weight;
  readonly address: number;
  readonly gradient: number;
  /** By the optimiser's slot. */
  readonly slots: readonly number[];
}

/** Where an optimiser finds the numbers of a step, and keeps what it computes of all gradients. */
export interface OptimizerMemory {
  readonly scalars: Block;
  readonly scalarCount: number;
  /** Address of one float32. */
  readonly shared: number;
}

/** Weights one after another, whose gradients and slots lie so, too, and which change by the same rule. */
interface Span {
  readonly key: string;
  /** On a slice. */
  readonly program: Program;
  readonly first: TrainedWeight;
  bytes: number;
}

const alignedBytes = ({ shape }: TrainedWeight) => Math.ceil((sizeOf(shape) * 4) / ALIGNMENT) * ALIGNMENT;

/**
 * An optimiser's update of some weights. Rules that treat each number by itself run on slices, which may span
 * weights; rules that look at a whole weight run once for each; what looks at all gradients comes before.
 */
export function optimizerStages(
  name: string,
  optimizer: Optimizer,
  weights: readonly TrainedWeight[],
  memory: OptimizerMemory,
): DraftedStage[] {
  if (weights.length === 0) return [];
  const shared = optimizer.shared && sharedStage(name, optimizer, weights, memory);
  const spans: Span[] = [];
  const parts: { draft: DraftLaunch; count: number }[] = [];
  for (const weight of weights) {
    const program = tracedUpdate(optimizer, weight, memory.scalarCount);
    const flat = onFlatSlices(program, elementInputs(optimizer), SLICE);
    if (!flat) {
      parts.push({ draft: wholeWeight(name, program, weight, memory, optimizer), count: 1 });
      continue;
    }
    const key = JSON.stringify(flat);
    const last = spans.at(-1);
    if (last && last.key === key && follows(last, weight)) last.bytes += alignedBytes(weight);
    else spans.push({ key, program: flat, first: weight, bytes: alignedBytes(weight) });
  }
  for (const span of spans) parts.push(...spanParts(name, span, optimizer, memory));
  const stage: DraftedStage = {
    drafts: parts.map(({ draft }) => draft),
    finish: (launchOf) => ({
      kind: 'slices',
      parts: parts.map(({ draft, count }) => ({ launch: launchOf(draft), count })),
    }),
  };
  return [...(shared ? [shared] : []), stage];
}

/** Positions of the parameter, the gradient and the slots among the inputs of an update. */
function elementInputs(optimizer: Optimizer): Set<number> {
  return new Set(Array.from({ length: 2 + optimizer.slots.length }, (_, which) => which));
}

/**
 * What an optimiser does to a weight in a step, and the weight's constraint behind it. Inputs: parameter, gradient, slots, scalars and, for some optimisers,
 * what was computed of all gradients.
 */
export function tracedUpdate(
  optimizer: Optimizer,
  { path, shape, weight }: Pick<TrainedWeight, 'path' | 'shape' | 'weight'>,
  scalarCount: number,
): Program {
  const [parameter, gradient, ...state] = [path, 'gradient', ...optimizer.slots].map((name) => numbers(shape, name));
  const scalars = numbers([scalarCount], 'scalars');
  const shared = optimizer.shared ? placeholder({ shape: [], dtype: 'float32' }, 'shared') : undefined;
  const updated = optimizer.update({ parameter, gradient, state, scalars, path, ...(shared && { shared }) });
  const result = weight.constrainUpdate(optimizer, updated);
  // What stays as it is becomes a value of its own: it may change places with others.
  const outputs = [result.parameter, ...result.state].map((x) =>
    [parameter, ...state].includes(x) ? maximum(x, x) : x,
  );
  const wrong = outputs.findIndex((output) => output.shape.join() !== shape.join());
  if (wrong >= 0 || outputs.length !== 1 + state.length) {
    throw new RangeError(
      `${optimizer.name}: update gives ${outputs.map((output) => `[${output.shape}]`).join(', ')} for ${path} of ` +
        `[${shape}]; expected the parameter and ${state.length} slots of the same shape.`,
    );
  }
  const inputs = [parameter, gradient, ...state, scalars, ...(shared ? [shared] : [])];
  const { program, leaves } = trace(outputs, inputs);
  if (leaves.length > inputs.length) {
    throw new TypeError(
      `${optimizer.name}: update uses a tensor of [${leaves[inputs.length].shape}] with values of its own. Use numbers, or scalars.`,
    );
  }
  return program;
}

function follows({ first, bytes }: Span, weight: TrainedWeight): boolean {
  const isNext = (from: number, to: number) => to === from + bytes;
  return (
    isNext(first.address, weight.address) &&
    isNext(first.gradient, weight.gradient) &&
    first.slots.every((slot, which) => isNext(slot, weight.slots[which]))
  );
}

function blocksOf(
  { address, gradient, slots }: TrainedWeight,
  { scalars, shared }: OptimizerMemory,
  optimizer: Optimizer,
  at: (address: number) => Block,
): { inputs: Block[]; outputs: Block[] } {
  const state = slots.map(at);
  const inputs = [at(address), at(gradient), ...state, scalars, ...(optimizer.shared ? [{ address: shared }] : [])];
  return { inputs, outputs: [at(address), ...state] };
}

function wholeWeight(
  name: string,
  program: Program,
  weight: TrainedWeight,
  memory: OptimizerMemory,
  optimizer: Optimizer,
): DraftLaunch {
  // A weight is changed in place: what is computed of it is never the same as before.
  const { inputs, outputs } = blocksOf(weight, memory, optimizer, (address) => ({ address, perSlice: SLICE_BYTES }));
  return draftLaunch(`${name} ${weight.path}`, program, inputs, outputs, {});
}

/** Whole slices, and what is left at the end. */
function spanParts(
  name: string,
  { program: sliced, first, bytes }: Span,
  optimizer: Optimizer,
  memory: OptimizerMemory,
): { draft: DraftLaunch; count: number }[] {
  const whole = Math.floor(bytes / SLICE_BYTES);
  const rest = (bytes % SLICE_BYTES) / 4;
  const elements = elementInputs(optimizer);
  const part = (length: number, from: number, count: number) => {
    const program =
      length === SLICE
        ? sliced
        : (onFlatSlices(tracedUpdate(optimizer, first, memory.scalarCount), elements, length) as Program);
    const at = (address: number): Block => ({ address: address + from, perSlice: SLICE_BYTES });
    const { inputs, outputs } = blocksOf(first, memory, optimizer, at);
    return { draft: draftLaunch(`${name} ${first.path} ${length}`, program, inputs, outputs, {}), count };
  };
  return [...(whole > 0 ? [part(SLICE, 0, whole)] : []), ...(rest > 0 ? [part(rest, whole * SLICE_BYTES, 1)] : [])];
}

function sharedStage(
  name: string,
  optimizer: Optimizer,
  weights: readonly TrainedWeight[],
  { shared }: OptimizerMemory,
): DraftedStage {
  const inputs = weights.map(({ path, shape, gradient }) => ({
    tensor: numbers(shape, path),
    block: { address: gradient },
  }));
  const tensor = optimizer.shared?.(inputs.map((input) => input.tensor)) as Tensor;
  if (tensor.size !== 1 || tensor.shape.length !== 0) {
    throw new RangeError(`${optimizer.name}: shared gives [${tensor.shape}]; expected one number, of shape [].`);
  }
  const draft = draftSlices(`${name} shared`, inputs, [{ tensor, block: { address: shared } }], {});
  return wholeStage(draft);
}

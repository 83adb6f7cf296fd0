import { add, compute, grad, mean, type Tensor, table, tensor } from '@weft/core';
import { checkKnownOptions, checkTensor, describe, formatShape } from '@weft/core/program';
import type { BaseModel } from '../model/base-model.js';
import { CallContext } from '../model/context.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { ModelWeight, Weight } from '../weights/weight.js';
import { regularizationLoss } from './regularization-loss.js';

/** Options of `trainStep`. */
export interface TrainStepOptions {
  /** Decides draws such as dropout's; a whole number from 0 to 2^53 - 1. Default 42. */
  readonly seed?: number;
}

/** What a step gives. */
export interface StepResult {
  /** The loss before the step, with what regularisers add to it. */
  readonly loss: number;
}

/** Does one step for a loss, which receives the context for `model.call` and gives [batch] or one number. */
export interface TrainStep {
  (loss: (context: CallContext) => Tensor): StepResult;
  /** Gives weights the values that the optimiser keeps for the end, such as their moving averages; else nothing changes. */
  finish(): void;
}

/** A weight in training, with its slots. */
interface Trained {
  readonly path: string;
  readonly weight: Weight;
  state: readonly Tensor[];
}

function weightsOf(source: BaseModel | readonly ModelWeight[]): readonly ModelWeight[] {
  const weights = Array.isArray(source)
    ? (source as readonly ModelWeight[])
    : (source as BaseModel | undefined)?.weights;
  if (!Array.isArray(weights)) {
    throw new TypeError(`trainStep: expected a model, or an array of weights of models; got ${describe(source)}.`);
  }
  return weights;
}

function checkOptimizer(optimizer: unknown): void {
  const { update, scalars, slots } = (optimizer ?? {}) as Record<string, unknown>;
  if (typeof update === 'function' && typeof scalars === 'function' && Array.isArray(slots)) return;
  throw new TypeError(`trainStep: got ${describe(optimizer)} as the optimiser; expected one, such as new Adam().`);
}

function prepare(weights: readonly ModelWeight[], optimizer: Optimizer): Trained[] {
  const trainable = new Map<Weight, string>();
  for (const { path, weight } of weights.filter((each) => each.trainable)) trainable.set(weight, path);
  const paths = new Set(optimizer.trained?.([...trainable.values()]) ?? trainable.values());
  const trained = [...trainable].filter(([, path]) => paths.has(path));
  if (trained.length === 0) {
    throw new RangeError(
      'trainStep: there is no weight to train. Look at `trainable` of the model and its layers, and at groups of the optimiser.',
    );
  }
  return trained.map(([weight, path]) => ({
    path,
    weight,
    state: optimizer.slots.map(() => zeros(weight)),
  }));
}

/** Zeros as data, so that the first step is the same program as those after it. */
const zeros = ({ data, shape }: Weight) => table(new Float32Array(data.length), shape);

/** Keys of examples in a batch, for a step: (position, step). */
function keysOf(examples: number, step: number): Tensor {
  const words = Uint32Array.from({ length: 2 * examples }, (_, which) => (which % 2 === 0 ? which / 2 : step));
  return table(words, [examples, 2]);
}

function lossOf(
  build: (context: CallContext) => Tensor,
  context: CallContext,
  weights: readonly ModelWeight[],
): Tensor {
  const loss = build(context);
  checkTensor('trainStep', loss, 'a loss: a tensor [batch] or of one number');
  if (loss.shape.length > 1) {
    throw new RangeError(
      `trainStep: the loss is ${formatShape(loss.shape)}; expected a number for each example, [batch], or one number.`,
    );
  }
  const averaged = loss.shape.length === 0 ? loss : mean(loss);
  const penalty = regularizationLoss(weights, context);
  return penalty ? add(averaged, penalty) : averaged;
}

/**
 * For a training loop of your own, on one core: gives a function that does one step for a loss. It computes the
 * gradients in the trainable weights, applies the optimiser, and renews state such as moving averages. The program is
 * compiled in the first step, and in others only if the loss is built of other operations or shapes.
 *
 * @param source    a model, or weights of models; those that are not trainable stay as they are
 * @param optimizer its state is kept by the function that is returned
 * @returns a function of the loss; its `finish` ends training with the moving averages of an optimiser that has them
 * @throws RangeError if there is nothing to train, or the loss has another shape; TypeError if something is no model,
 *   optimiser or loss
 * @example
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [1] });
 * const step = trainStep(model, new SGD({ learningRate: 0.1 }));
 * const [x, y] = [tensor([[0], [1], [2]]), tensor([[1], [3], [5]])];
 * for (let count = 0; count < 200; count++) step((context) => meanSquaredError(model.call(x, context), y));
 * model.weights.map(({ data }) => Math.round(data[0])); // [2, 1]; y = 2 x + 1
 */
export function trainStep(
  source: BaseModel | readonly ModelWeight[],
  optimizer: Optimizer,
  options: TrainStepOptions = {},
): TrainStep {
  checkKnownOptions('trainStep', options, ['seed']);
  const { seed = 42 } = options;
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`trainStep: seed is ${describe(seed)}; expected a whole number from 0.`);
  }
  const weights = weightsOf(source);
  checkOptimizer(optimizer);
  const trained = prepare(weights, optimizer);
  const seedWords = table(Uint32Array.of(seed % 2 ** 32, Math.floor(seed / 2 ** 32)));
  let step = 0;
  const doStep = (build: (context: CallContext) => Tensor): StepResult => {
    const number = step + 1;
    const random = { seed: seedWords, keys: (examples: number) => keysOf(examples, number) };
    const context = new CallContext({ training: true, random });
    const loss = lossOf(build, context, weights);
    const parameters = trained.map(({ weight }) => weight.tensor);
    const gradients = grad(loss, parameters);
    const shared = optimizer.shared?.(gradients);
    const scalars = tensor([...optimizer.scalars(number)]);
    const updates = trained.map(({ path, state, weight }, which) => {
      const [parameter, gradient] = [parameters[which], gradients[which]];
      return weight.constrainUpdate(optimizer, optimizer.update({ parameter, gradient, state, scalars, shared, path }));
    });
    const renewed = [...context.renewed];
    const slots = updates.flatMap(({ state }) => state);
    const wanted = [loss, ...updates.map(({ parameter }) => parameter), ...renewed.map(([, value]) => value), ...slots];
    const values = compute(wanted) as Float32Array[];
    step = number;
    const results = values.slice(1);
    for (const { weight } of trained) weight.assign(results.shift()!);
    for (const [weight] of renewed) weight.assign(results.shift()!);
    for (const each of trained) each.state = optimizer.slots.map(() => table(results.shift()!, each.weight.shape));
    return { loss: values[0][0] };
  };
  const finish = () => {
    const final = optimizer.slots.indexOf(optimizer.finalSlot ?? '');
    if (step === 0 || final < 0) return;
    for (const { weight, state } of trained) weight.assign(state[final].toArray());
  };
  return Object.assign(doStep, { finish });
}

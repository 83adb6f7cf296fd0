import { compute, grad, mean, mul, sum, type Tensor, table } from '@weft/core';
import {
  type BaseModel,
  CallContext,
  type Loss,
  type ModelLoss,
  type ModelLossInput,
  type ModelWeight,
  type Optimizer,
  SGD,
} from '@weft/nn';

/** Examples by name: arrays, and shapes of one example. */
export type Arrays = Readonly<Record<string, { readonly data: Float32Array; readonly shape: readonly number[] }>>;

export interface Batch {
  readonly inputs: Arrays;
  readonly targets: Arrays;
  readonly sampleWeight?: Float32Array | undefined;
  /** Numbers of the batch's examples among all. */
  readonly numbers: readonly number[];
  /** From 0. */
  readonly epoch: number;
}

export interface WholeUpdate {
  readonly loss: Loss | ModelLoss;
  readonly weights: readonly ModelWeight[];
  readonly optimizer: Optimizer;
}

function taken({ data, shape }: Arrays[string], numbers: readonly number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const rows = numbers.flatMap((number) => [...data.subarray(number * size, (number + 1) * size)]);
  return table(Float32Array.from(rows), [numbers.length, ...shape]);
}

const tensorsOf = (arrays: Arrays, numbers: readonly number[]) =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, taken(array, numbers)]));

/** What a loss is given for a batch, as plain tensors. */
export function lossInput(
  model: BaseModel,
  { inputs, targets, sampleWeight, numbers, epoch }: Batch,
  { training, seed = 42, update = 0 }: { training: boolean; seed?: number; update?: number },
): ModelLossInput {
  const keys = Uint32Array.from(numbers.flatMap((number) => [number, epoch + 1]));
  const words = table(Uint32Array.of(seed, 0));
  const random = { seed: words, keys: table(keys, [numbers.length, 2]) };
  const context = new CallContext(training ? { training, random, update } : { training });
  const tensors = tensorsOf(inputs, numbers);
  return {
    inputs: tensors,
    outputs: model.callNamed(tensors, context),
    targets: tensorsOf(targets, numbers),
    weights: Object.fromEntries(model.weights.map(({ path, weight }) => [path, weight.tensor])),
    sampleWeight: sampleWeight && taken({ data: sampleWeight, shape: [] }, numbers),
    context,
  };
}

/** A loss as one number: the mean of [batch], each example as often as it counts. */
export function lossValue(loss: Loss | ModelLoss, input: ModelLossInput): Tensor {
  const [output] = Object.keys(input.outputs);
  const value =
    loss.length === 1
      ? (loss as ModelLoss)(input)
      : (loss as Loss)(input.outputs[output], input.targets[output] as Tensor);
  if (value.shape.length === 0) return value;
  const { sampleWeight } = input;
  return sampleWeight ? mul(sum(mul(value, sampleWeight)), 1 / value.shape[0]) : mean(value);
}

/** Training on one core, on whole batches, by `grad` and `compute`: what training in micro-batches must agree with. */
export class WholeBatchTraining {
  private steps = 0;
  private readonly slots = new Map<string, Float32Array>();

  constructor(
    private readonly model: BaseModel,
    private readonly updates: readonly WholeUpdate[],
    private readonly seed = 42,
  ) {}

  /** One step; gives the losses of its updates. */
  step(batch: Batch): number[] {
    this.steps++;
    return this.updates.map((update, index) => this.update(batch, update, index));
  }

  private update(batch: Batch, { loss, weights, optimizer }: WholeUpdate, index: number): number {
    const input = lossInput(this.model, batch, { training: true, seed: this.seed, update: index });
    const value = lossValue(loss, input);
    const parameters = weights.map(({ weight }) => weight.tensor);
    const gradients = grad(value, parameters);
    const shared = optimizer.shared?.(gradients);
    const scalars = table(Float32Array.from(optimizer.scalars(this.steps)));
    const names = weights.map(({ path }) => optimizer.slots.map((slot) => `${index} ${slot} ${path}`));
    const updated = weights.map(({ path, shape, data }, which) =>
      optimizer.update({
        parameter: parameters[which],
        gradient: gradients[which],
        state: names[which].map((name) => table(this.slots.get(name) ?? new Float32Array(data.length), shape)),
        scalars,
        path,
        ...(shared && { shared }),
      }),
    );
    const renewed = [...input.context.renewed];
    const tensors = [
      value,
      ...updated.flatMap(({ parameter, state }, which) => [weights[which].weight.constrain(parameter), ...state]),
      ...renewed.map(([, tensor]) => tensor),
    ];
    const [[result], ...values] = compute(tensors) as Float32Array[];
    weights.forEach(({ weight }, which) => {
      weight.assign(values.shift() as Float32Array);
      for (const name of names[which]) this.slots.set(name, values.shift() as Float32Array);
    });
    for (const [weight] of renewed) weight.assign(values.shift() as Float32Array);
    return result;
  }
}

/** An update of all trainable weights by plain gradient descent. */
export function plainUpdate(model: BaseModel, loss: Loss | ModelLoss, learningRate: number): WholeUpdate {
  return { loss, weights: model.weights.filter(({ trainable }) => trainable), optimizer: new SGD({ learningRate }) };
}

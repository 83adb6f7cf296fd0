import { compute, grad, type Shape, type Tensor, tensor } from '@weft/core';
import type { Loss, Optimizer, Sequential } from '@weft/nn';

/** Examples as tensors: some of them, in the order of their numbers. */
export function batchOf(values: Float32Array | Uint8Array, shape: Shape, rows: readonly number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const scale = values instanceof Uint8Array ? 1 / 255 : 1;
  const taken = rows.flatMap((row) => [...values.subarray(row * size, (row + 1) * size)].map((x) => x * scale));
  return tensor(Float32Array.from(taken), [rows.length, ...shape]);
}

/** Training without a pool: a whole batch at a time by `grad` and `update`. The parameters are changed in place. */
export class EagerTraining {
  private steps = 0;
  private readonly state: Float32Array[][];

  constructor(
    private readonly model: Sequential,
    private readonly optimizer: Optimizer,
    private readonly loss: Loss,
  ) {
    this.state = model.parameters.map(({ data }) =>
      Array.from({ length: optimizer.slots }, () => new Float32Array(data.length)),
    );
  }

  /** One step; gives the loss before it. */
  step(x: Tensor, y: Tensor): number {
    const { model, optimizer } = this;
    const { parameters } = model;
    const weights = parameters.map(({ data, shape }) => tensor(data, shape));
    const loss = this.loss(model.call(x, { training: true }, weights), y);
    const gradients = grad(loss, weights);
    const scalars = tensor(Float32Array.from(optimizer.scalars(++this.steps)));
    const updates = parameters.map(({ shape }, which) =>
      optimizer.update({
        parameter: weights[which],
        gradient: gradients[which],
        state: this.state[which].map((slot) => tensor(slot, shape)),
        scalars,
      }),
    );
    const results = compute([loss, ...updates.flatMap(({ parameter, state }) => [parameter, ...state])]);
    const [[value], ...rest] = results as Float32Array[];
    parameters.forEach(({ data }, which) => {
      const [parameter, ...state] = rest.splice(0, 1 + optimizer.slots);
      data.set(parameter);
      this.state[which] = state;
    });
    return value;
  }

  /** The loss on examples, not training. */
  evaluate(x: Tensor, y: Tensor): number {
    return this.loss(this.model.call(x), y).item();
  }
}

/** How far two vectors are from each other, relative to the second: L2 norms. */
export function relativeDistance(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    difference += (got[i] - want[i]) ** 2;
    size += want[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

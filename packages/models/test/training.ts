import { mean, type Tensor } from '@weft/core';
import { Adam, type CallContext, type Loss, type ModelLoss, trainStep } from '@weft/nn';
import type { Autoencoder } from '../src/index.js';

/** The loss of a batch as `fit` computes it: images are their own targets. */
export function lossOf(loss: Loss | ModelLoss, { model }: Autoencoder, x: Tensor, context: CallContext): Tensor {
  const outputs = model.callNamed({ [model.inputs[0].name]: x }, context);
  const [name] = Object.keys(outputs);
  if (loss.length === 2) return (loss as Loss)(outputs[name], x);
  const inputs = { [model.inputs[0].name]: x };
  return (loss as ModelLoss)({
    inputs,
    outputs,
    targets: { [name]: x },
    weights: {},
    sampleWeight: undefined,
    context,
  });
}

/** Does some steps on one batch; gives the losses of all of them, summed over the updates of a step. */
export function train(autoencoder: Autoencoder, loss: Loss, x: Tensor, steps: number): number[] {
  const objective = autoencoder.objective(loss);
  const updates = 'updates' in objective ? objective.updates : [{ ...objective, weights: [autoencoder.model] }];
  const each = updates.map((update) => ({
    loss: update.loss,
    step: trainStep(
      update.weights.flatMap(({ weights }) => weights),
      new Adam(),
    ),
  }));
  return Array.from({ length: steps }, () =>
    each.reduce((sum, { loss, step }) => sum + step((context) => mean(lossOf(loss, autoencoder, x, context))).loss, 0),
  );
}

import { add, type Tensor } from '@weft/core';
import type { CallContext } from '../model/context.js';
import { penaltyOf } from '../weights/regularizers.js';
import type { ModelWeight } from '../weights/weight.js';

/**
 * What regularisers add to a loss, one number: the penalties on those of the weights that are trainable, and what layers
 * have added in a call, such as their `activityRegularizer`. `fit`, `evaluate` and `trainStep` add it by themselves.
 *
 * @returns undefined if nothing adds anything
 * @example
 * const layer = new Dense({ units: 1, kernelInitializer: 'ones', kernelRegularizer: l2(0.01) });
 * const model = new Sequential([layer], { inputShape: [3] });
 * regularizationLoss(model.weights, new CallContext({ training: true })); // 0.03
 */
export function regularizationLoss(weights: readonly ModelWeight[], context: CallContext): Tensor | undefined {
  const trained = new Set(weights.filter(({ trainable }) => trainable).map(({ weight }) => weight));
  const penalties = [...trained].flatMap(({ regularizer, tensor }) => {
    return (regularizer && penaltyOf(regularizer, tensor)) ?? [];
  });
  const all = [...penalties, ...context.losses];
  return all.length === 0 ? undefined : all.reduce((total, each) => add(total, each));
}

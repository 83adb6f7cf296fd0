import { BatchNormalization, Dense, l1, l1l2, l2, Sequential } from '../../src/index.js';
import { setWeights, values } from './layers.js';

/** The model with penalties of `keras-more-layers.py`, with its examples: six inputs of 5, six targets of 2. */
export function penalised() {
  const layers = [
    new Dense({ units: 4, kernelRegularizer: l2(0.3), trainable: false, activation: 'tanh' }),
    new Dense({
      units: 4,
      activation: 'tanh',
      kernelRegularizer: l1(0.02),
      biasRegularizer: l2(0.03),
      activityRegularizer: l1l2({ l1: 0.05, l2: 0.07 }),
    }),
    new BatchNormalization({ gammaRegularizer: l2(0.2), betaRegularizer: l1(0.1) }),
    new Dense({ units: 2 }),
  ];
  const model = new Sequential(layers, { inputShape: [5] });
  setWeights(model.weights);
  return { model, x: Float32Array.from(values([6, 5], 0)), y: Float32Array.from(values([6, 2], 3)) };
}

import {
  abs,
  add,
  div,
  logSumExp,
  matmul,
  max,
  mean,
  mul,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from '@weft/core';
import { type Loss, type ModelLoss, meanSquaredError } from '@weft/nn';

const difference = (prediction: Tensor, target: Tensor) => sub(prediction, target);

const rootOfTheMean: Loss = (prediction, target) => sqrt(mean(square(difference(prediction, target))));

const sumOfAll: Loss = (prediction, target) => sum(square(difference(prediction, target)));

const largest: Loss = (prediction, target) => max(abs(difference(prediction, target)));

const penaltyOnWeights: ModelLoss = ({ outputs, targets, weights }) => {
  const [name] = Object.keys(outputs);
  const penalties = Object.values(weights).map((weight) => mul(sum(square(weight)), 0.1));
  return penalties.reduce((total, each) => add(total, each), meanSquaredError(outputs[name], targets[name]));
};

const varianceOfTheBatch: ModelLoss = ({ outputs }) => {
  const [z] = Object.values(outputs);
  return mean(square(sub(z, mean(z, 0, { keepDims: true }))));
};

/** Each example's prediction is to be nearer to its own target than to those of the others. */
const pairs: Loss = (prediction, target) => {
  const unit = (x: Tensor) => div(x, sqrt(add(sum(square(x), 1, { keepDims: true }), 1e-6)));
  const logits = mul(matmul(unit(prediction), unit(target), { transposeB: true }), 4);
  const own = mul(sum(mul(unit(prediction), unit(target)), 1), 4);
  return sub(logSumExp(logits, 1), own);
};

const activityPenalty: ModelLoss = ({ outputs, targets }) => {
  const [name] = Object.keys(outputs);
  const activity = div(sum(square(outputs[name])), outputs[name].shape[0]);
  return add(meanSquaredError(outputs[name], targets[name]), mul(activity, 0.3));
};

/** Of each example, by how much its error differs from the root of the mean of all. */
const againstTheRoot: Loss = (prediction, target) => {
  const errors = meanSquaredError(prediction, target);
  return square(sub(errors, sqrt(mean(errors))));
};

/** How much the features of the batch go together. */
const covariance: ModelLoss = ({ outputs }) => {
  const [z] = Object.values(outputs);
  const centred = sub(z, mean(z, 0, { keepDims: true }));
  return mean(square(div(matmul(transpose(centred), centred), z.shape[0])));
};

/** The largest error of an example. */
const largestOfSums: Loss = (prediction, target) =>
  reshape(max(reshape(sum(square(difference(prediction, target)), 1), [1, -1]), 1), []);

/** Losses that look at examples in all the ways there are. */
export const LOSSES: Readonly<Record<string, Loss | ModelLoss>> = {
  'the mean': meanSquaredError,
  'the root of the mean': rootOfTheMean,
  'the sum': sumOfAll,
  'the maximum': largest,
  'the largest of sums': largestOfSums,
  'a penalty on weights': penaltyOnWeights,
  'the variance of the batch': varianceOfTheBatch,
  'the covariance of the batch': covariance,
  'products of pairs': pairs,
  'an activity penalty': activityPenalty,
  'distances from the root of the mean': againstTheRoot,
};

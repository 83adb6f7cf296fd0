import {
  add,
  div,
  exp,
  floor,
  greater,
  greaterEqual,
  maximum,
  minimum,
  mul,
  sqrt,
  sub,
  type Tensor,
  where,
} from '@weft/core';
import type { NoiseSource } from './draws.js';

/** Up to this mean, counts are drawn by inversion; above it, from a normal number. */
const LARGEST_INVERTED = 10;
/** Terms of the inversion: at a mean of 10, a count of 31 or more has a probability below 2^-24. */
const TERMS = 31;
/** Uniform numbers are multiples of 2^-24: counts that are less likely than half of that do not occur. */
const LEAST_PROBABILITY = 2 ** -25;

/**
 * Numbers of a Poisson distribution.
 *
 * Up to a mean of 10 they are drawn by inversion: the count is how many values of the cumulative distribution lie at or
 * below a uniform number of 24 bits. The error of each probability is that of float32, below 1e-6. Above 10, a Cornish-Fisher
 * expansion of three terms makes a count of a normal number: its distribution function is within 3e-4 of the exact one
 * at 10, 5e-5 at 30 and 1e-5 at 100 (a rounded normal number alone: 2e-2 at 10); mean and variance are within 1e-4.
 *
 * @param rate means, any shape, from 0
 * @param most the largest mean that can occur: up to 10, no normal numbers are drawn
 * @see Devroye (1986), Non-uniform random variate generation, III.2; Cornish and Fisher (1938)
 */
export function poissonCounts(rate: Tensor, most: number, source: NoiseSource): Tensor {
  const small = inverted(minimum(rate, LARGEST_INVERTED), source.draw('uniform', 'uniform', rate.shape));
  if (most <= LARGEST_INVERTED) return small;
  const large = expanded(maximum(rate, LARGEST_INVERTED), source.draw('normal', 'normal', rate.shape));
  return where(greater(rate, LARGEST_INVERTED), large, small);
}

/** How many of the sums of probabilities are at most the uniform number. */
function inverted(rate: Tensor, uniform: Tensor): Tensor {
  let probability = exp(mul(rate, -1));
  let below = probability;
  let count = greaterEqual(uniform, below);
  for (let k = 1; k < TERMS; k++) {
    probability = mul(probability, div(rate, k));
    below = add(below, probability);
    // Where the sum has no digits left to grow, a uniform number near 1 would else count all of the terms.
    count = add(count, mul(greaterEqual(uniform, below), greater(probability, LEAST_PROBABILITY)));
  }
  return count;
}

/** floor(rate + sqrt(rate) z + (z^2 - 1) / 6 - (z^3 + 2 z) / (72 sqrt(rate)) + 1/2). */
function expanded(rate: Tensor, z: Tensor): Tensor {
  const deviation = sqrt(rate);
  const square = mul(z, z);
  const skewness = div(sub(square, 1), 6);
  const third = div(mul(z, add(square, 2)), mul(deviation, 72));
  return maximum(floor(add(add(rate, mul(deviation, z)), add(sub(skewness, third), 0.5))), 0);
}

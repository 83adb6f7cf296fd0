import { expect, test } from 'vitest';
import { noiseFactorOf, noiseOf, refuseTwoNoises } from './noise.js';

test('the short form stands for Gaussian noise, and a text for itself', () => {
  expect([noiseOf({}), noiseOf({ noiseFactor: 0.1 }), noiseOf({ noise: 'blur:1..2' })]).toEqual([
    'gaussian:0.4',
    'gaussian:0.1',
    'blur:1..2',
  ]);
  for (const factor of [0, 0.25, 1e-7]) expect(noiseFactorOf(noiseOf({ noiseFactor: factor }))).toBe(factor);
  for (const noise of ['gaussian:0.1..0.5', 'poisson:0.1', 'gaussian:0.1+blur:1']) {
    expect(noiseFactorOf(noise)).toBeUndefined();
  }
});

test('both forms at once are refused', () => {
  expect(() => refuseTwoNoises(new Set(['noise', 'noiseFactor']))).toThrow('Give one of them');
  expect(() => refuseTwoNoises(new Set(['noiseFactor', 'seed']))).not.toThrow();
});

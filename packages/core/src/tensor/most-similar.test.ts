import { expect, test } from 'vitest';
import { mostSimilar } from './most-similar.js';

test('the most similar word is one with a letter exchanged, left out or begun, and none that is far', () => {
  const words = ['epochs', 'batch-size', 'seed'];
  expect(mostSimilar('epoch', words)).toBe('epochs');
  expect(mostSimilar('epohcs', words)).toBe('epochs');
  expect(mostSimilar('batch', words)).toBe('batch-size');
  expect(mostSimilar('colour', words)).toBeUndefined();
  expect(mostSimilar('e'.repeat(100), ['e'.repeat(101)])).toBeUndefined();
});

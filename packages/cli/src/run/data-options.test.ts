import { expect, test } from 'vitest';
import { parseOptions } from '../arguments/parse.js';
import { trainOptions } from '../commands/train-options.js';
import { checkDataOptions } from './data-options.js';

const check = (...args: string[]) => {
  const { values, given } = parseOptions('weft train', trainOptions, args);
  return () => checkDataOptions(values, given);
};

test.each([
  [['--size', '64'], '--size: there are no pictures that it is for'],
  [['--on-bad-image', 'skip'], '--on-bad-image: there are no pictures'],
  [['--data', 'x', '--dataset', 'synthetic'], '--dataset: --data was given as well'],
  [['--data', 'x', '--size', '64', '--tile', '32'], '--tile: --size was given as well'],
  [['--data', 'x', '--overlap', '4'], '--overlap: there are no tiles'],
  [['--data', 'x', '--tile', '8', '--overlap', '8'], '--overlap: got 8, expected less than the 8 pixels'],
])('refuses %j', (args, message) => {
  expect(check(...args)).toThrow(message);
});

test('takes what fits', () => {
  expect(check()).not.toThrow();
  expect(check('--dataset', 'synthetic')).not.toThrow();
  expect(check('--data', 'x', '--tile', '64', '--overlap', '8', '--channels', '3')).not.toThrow();
  expect(check('--data', 'x', '--size', '48x64', '--on-bad-image', 'skip')).not.toThrow();
});

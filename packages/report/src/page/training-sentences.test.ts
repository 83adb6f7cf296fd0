import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowestEpoch, trainingSentences } from './training-sentences.js';

const say = (loss: number[], valLoss: number[] = []) => trainingSentences('CAE', { loss, valLoss }).join(' ');
const losses = fc.array(fc.double({ min: 1e-4, max: 10, noNaN: true }), { minLength: 2, maxLength: 60 });

describe('the direction of a loss', () => {
  test('is "fell" for a falling one, with by how much', () => {
    const text = say([0.02, 0.01, 0.005], [0.021, 0.011, 0.006]);
    expect(text).toContain("Over 3 epochs the CAE's training loss fell from 0.0200 to 0.00500, by 75.0 %.");
    expect(text).toContain('The validation loss fell from 0.0210 to 0.00600, by 71.4 %.');
    expect(text).not.toContain('rose');
  });

  test('is "rose" for a rising one', () => {
    expect(say([0.1, 0.12])).toContain('training loss rose from 0.100 to 0.120, by 20.0 %.');
    expect(say([0.1, 0.5])).toContain('rose from 0.100 to 0.500, to 5.00 times its first value.');
    expect(say([0.1, 0.2])).not.toContain('fell');
  });

  test('is "stayed level" for a flat one', () => {
    expect(say([0.3, 0.31, 0.3], [0.3, 0.3, 0.3001])).toMatch(
      /training loss stayed level.*validation loss stayed level/,
    );
    expect(say([0, 0, 0])).toContain('stayed level');
  });

  test('is told of each loss by itself', () => {
    const text = say([0.3, 0.2], [0.3, 0.4]);
    expect(text).toContain('training loss fell');
    expect(text).toContain('validation loss rose');
  });

  test('never contradicts the numbers', () => {
    fc.assert(
      fc.property(losses, (loss) => {
        const sentence = trainingSentences('CAE', { loss, valLoss: [] })[0];
        const change = (loss[loss.length - 1] - loss[0]) / loss[0];
        expect(sentence.includes(' fell ')).toBe(change <= -0.005);
        expect(sentence.includes(' rose ')).toBe(change >= 0.005);
      }),
    );
  });
});

describe('the lowest loss', () => {
  test('is told with its epoch if it came before the last', () => {
    const text = say([4, 3, 2, 1], [4, 2, 2.5, 3]);
    expect(text).toContain(
      'The validation loss was lowest in epoch 2 of 4, at 2.00; in the last epoch it lay 50.0 % above',
    );
  });

  test('is told to be the last if it was', () => {
    expect(say([4, 3], [4, 3])).toContain('The validation loss was lowest in the last epoch.');
    expect(say([4, 3])).toContain('The training loss was lowest in the last epoch.');
  });

  test('lies at the first of its epochs', () => {
    fc.assert(
      fc.property(losses, (loss) => {
        expect(lowestEpoch(loss)).toBe(loss.indexOf(Math.min(...loss)) + 1);
      }),
    );
    expect(lowestEpoch([Number.NaN, 3, 2, Number.NaN])).toBe(3);
    expect(lowestEpoch([Number.NaN])).toBeUndefined();
  });
});

describe('validation beside training', () => {
  test.each([
    [0.103, 'lies 3.0 % above the training loss.'],
    [0.15, 'lies 50.0 % above the training loss, which points to overfitting.'],
    [0.35, 'is 3.50 times the training loss, which points to overfitting.'],
    [0.09, 'lies 10.0 % below the training loss, which is a mean over the epoch'],
    [0.1001, 'equals the training loss to within half a per cent'],
  ])('a validation loss of %d against 0.1', (validation, words) => {
    expect(say([0.2, 0.1], [0.2, validation])).toContain(words);
  });

  test('is not spoken of where nothing was held out', () => {
    expect(say([0.2, 0.1])).toContain('No images were held out');
    expect(say([0.2, 0.1])).not.toMatch(/above|below/);
  });
});

describe('the end of training', () => {
  test.each([
    [[4, 3, 2], 'had not come to rest: the last epoch alone lowered the training loss by 33.3 %'],
    [[4, 2, 3], 'The last epoch raised the training loss by 50.0 %'],
    [[4, 2, 9], 'The last epoch raised the training loss to 4.50 times what it was'],
    [[4, 2, 1.999], 'changed by less than 1 %'],
  ])('of %j', (loss, words) => {
    expect(say(loss)).toContain(words);
  });
});

describe('losses that are not numbers', () => {
  const { NaN: nan } = Number;

  test('are told with the epoch in which they began', () => {
    expect(say([0.3, nan, nan], [0.3, 0.2, nan])).toMatch(
      /training loss is not a finite number from epoch 2 on: training diverged\..*validation loss is not a finite number from epoch 3 on/,
    );
    expect(say([0.3, nan, 0.2])).toContain('in 1 epoch, first in epoch 2: training was unstable');
    expect(say([0.3, Infinity])).toContain('from epoch 2 on');
  });

  test('are never said to fall or rise, nor printed', () => {
    const mostlyNumbers = fc.oneof({ weight: 3, arbitrary: fc.double({ min: 0, max: 1 }) }, fc.constant(nan));
    fc.assert(
      fc.property(fc.array(mostlyNumbers, { minLength: 1, maxLength: 9 }), (loss) => {
        const text = say(loss, loss.toReversed());
        expect(text).not.toMatch(/NaN|Infinity|undefined|not a number|infinite/);
        if (loss.some(Number.isNaN)) expect(text).not.toMatch(/ fell | rose |stayed level/);
      }),
    );
  });
});

test('one epoch shows no trend', () => {
  expect(say([0.2], [0.3])).toBe(
    'The CAE was trained for one epoch, which shows no trend, with a training loss of 0.200 and a validation loss of 0.300. At the end the validation loss lies 50.0 % above the training loss, which points to overfitting.',
  );
  expect(say([Number.NaN])).toContain('a training loss that is not a finite number: training diverged.');
  expect(say([])).toBe('The CAE was not trained for any epoch.');
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trainOptions } from '../commands/train-options.js';
import { UsageError } from '../exit.js';
import { choice, flag, number, wholeNumber } from './kinds.js';
import { parseOptions } from './parse.js';
import { option } from './table.js';

const parse = (...args: string[]) => parseOptions('weft train', trainOptions, args).values;

function refusal(...args: string[]): string {
  try {
    parse(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error(`${args.join(' ')} was taken`);
}

describe('parseOptions', () => {
  test('gives every option its default', () => {
    expect(parse()).toMatchObject({ model: 'all', dataset: 'auto', epochs: 20, batchSize: 256, noise: 'gaussian:0.4' });
    expect(parse().limit).toBeUndefined();
  });

  test('--quick changes defaults, and what is given wins over it wherever it stands', () => {
    const quick = parse('--quick');
    expect(quick.epochs).toBeLessThan(20);
    expect(quick.limit).toBeLessThan(60_000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.boolean(), (epochs, first) => {
        const given = ['--epochs', String(epochs)];
        const args = first ? ['--quick', ...given] : [...given, '--quick'];
        expect(parse(...args)).toEqual({ ...quick, epochs });
      }),
    );
  });

  test.each([
    [['--epochs', '-3'], "--epochs: got '-3', expected a whole number from 1"],
    [['--epochs', '1e400'], "got '1e400'"],
    [['--epochs', ''], "got ''"],
    [['--epochs', '0x10'], "got '0x10'"],
    [['--epochs'], '--epochs: got no value, expected a whole number from 1'],
    [['--epochs', '--quick'], '--epochs: got no value'],
    [['--quick=3'], '--quick: got a value, expected none'],
    [['--model', 'mnist'], "--model: got 'mnist', expected all (which is cae and cdae), or models separated by commas"],
    [['--validation-split', '1'], "got '1', expected a number from 0 to below 1"],
    [['--learning-rate', '0'], "got '0', expected a number above 0"],
    [['--learning-rate', 'Infinity'], "got 'Infinity'"],
    [['--noise-factor', '-.1'], "--noise-factor: got '-.1', expected a number from 0"],
    [['--seed', '1.5'], "--seed: got '1.5', expected a whole number from 0"],
    [['--seed', '9007199254740992'], 'a whole number from 0'],
    [['--threads', '0'], 'a whole number from 1 to 1024'],
    [['--out', ''], "--out: got ''"],
    [['--test-limit', '1'], 'a whole number from 2'],
    [['-x'], '-x: weft train has no such option'],
    [['--batchsize', '3'], 'Did you mean --batch-size?'],
  ])('refuses %s', (args, message) => {
    expect(refusal(...args)).toContain(message);
  });

  test('hands on what is no option', () => {
    const table = { loud: option({ kind: flag, default: false, help: '' }) };
    const parsed = parseOptions('x', table, ['a', '--loud', 'b']);
    expect(parsed).toEqual({ values: { loud: true }, given: new Set(['loud']), positionals: ['a', 'b'] });
    expect(parseOptions('x', table, []).given).toEqual(new Set());
  });
});

describe('kinds', () => {
  test('a whole number is read back if and only if it is one within the bounds', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.double(), (from, to, value) => {
        const kind = wholeNumber(Math.min(from, to), Math.max(from, to));
        const fits = Number.isInteger(value) && value >= Math.min(from, to) && value <= Math.max(from, to);
        expect(kind.read(String(value))).toBe(fits ? Number(String(value)) : undefined);
        expect(kind.read(String(to))).toBe(to);
        expect(kind.read(String(Math.max(from, to) + 1))).toBeUndefined();
      }),
    );
  });

  test('a number is read back if and only if it is finite and within the bounds', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const read = number({ from: -1, below: 1, example: 0 }).read(String(value));
        expect(read).toBe(value >= -1 && value < 1 ? Number(String(value)) : undefined);
      }),
    );
  });

  test('a choice takes its words only', () => {
    expect(choice('a', 'b').read('b')).toBe('b');
    expect(choice('a', 'b').read('ab')).toBeUndefined();
  });
});

import { describe, expect, expectTypeOf, it } from 'vitest';
import { flag, number, oneOf, optionsOf, text, wholeNumber } from './kinds.js';
import { type CheckedOptions, checkOptions, defaulted, type OptionsOf, optional, required } from './schema.js';

const INNER = { steps: optional(wholeNumber(1), 'How many.') };
const SCHEMA = {
  path: required(text('the path of a file'), 'Where.'),
  count: defaulted(wholeNumber(0, 9), 3, 'How many.'),
  share: defaulted(
    number('a number from 0 to 1', (value) => value >= 0 && value <= 1),
    0.5,
    'How much.',
  ),
  mode: optional(oneOf('min', 'max'), 'Which way.'),
  saveBestOnly: defaulted(flag, false, 'Whether.'),
  every: optional(optionsOf(INNER, '{ steps: 2 }'), 'How often.'),
};
const check = (options: unknown) => checkOptions('Thing', options, SCHEMA, "{ path: 'a' }");

describe('checkOptions', () => {
  it('puts defaults in the place of what is missing or undefined', () => {
    expect(check({ path: 'a', share: undefined, count: 0 })).toEqual({
      path: 'a',
      count: 0,
      share: 0.5,
      mode: undefined,
      saveBestOnly: false,
      every: undefined,
    });
  });

  it('gives the types of options', () => {
    type Given = OptionsOf<typeof SCHEMA>;
    expectTypeOf<{ path: string; mode: 'min' }>().toExtend<Given>();
    expectTypeOf<{ count: number }>().not.toExtend<Given>();
    expectTypeOf<{ path: string; mode: 'other' }>().not.toExtend<Given>();
    expectTypeOf<CheckedOptions<typeof SCHEMA>['count']>().toEqualTypeOf<number>();
    expectTypeOf<CheckedOptions<typeof SCHEMA>['mode']>().toEqualTypeOf<'min' | 'max' | undefined>();
  });

  it.each([
    [undefined, TypeError, "Thing: the options are undefined; expected an object, such as { path: 'a' }."],
    [['a'], TypeError, 'Thing: the options are an array of 1; expected an object'],
    [{}, TypeError, 'Thing: path: got undefined; expected the path of a file.'],
    [{ path: '' }, TypeError, "Thing: path: got ''; expected the path of a file."],
    [{ path: 'a', count: 1.5 }, RangeError, 'Thing: count: got 1.5; expected a whole number from 0 to 9.'],
    [{ path: 'a', count: '1' }, RangeError, "Thing: count: got '1'; expected a whole number from 0 to 9."],
    [{ path: 'a', share: Number.NaN }, RangeError, 'Thing: share: got NaN; expected a number from 0 to 1.'],
    [{ path: 'a', mode: 'best' }, TypeError, "Thing: mode: got 'best'; expected 'min' or 'max'."],
    [{ path: 'a', saveBestOnly: 1 }, TypeError, 'Thing: saveBestOnly: got 1; expected true or false.'],
    [{ path: 'a', every: { steps: 0 } }, RangeError, 'Thing: every: steps: got 0; expected a whole number from 1.'],
    [
      { path: 'a', every: { step: 1 } },
      RangeError,
      "Thing: every: there is no option 'step'. The options are steps. Did",
    ],
    [{ path: 'a', every: 3 }, TypeError, 'Thing: every: the options are 3; expected an object, such as { steps: 2 }.'],
  ])('refuses %j', (options, type, message) => {
    const checking = () => check(options);
    expect(checking).toThrow(type);
    expect(checking).toThrow(message);
  });

  it.each([
    ['filepath', 'path'],
    ['save_best_only', 'saveBestOnly'],
    ['savebestonly', 'saveBestOnly'],
    ['cuont', undefined],
    ['counts', 'count'],
    ['toString', undefined],
    ['verbose', undefined],
  ])('says what was probably meant with %s: %s', (name, meant) => {
    const end = meant === undefined ? '' : ` Did you mean '${meant}'?`;
    const known = 'path, count, share, mode, saveBestOnly, every';
    expect(() => check({ path: 'a', [name]: 1 })).toThrow(
      new RangeError(`Thing: there is no option '${name}'. The options are ${known}.${end}`),
    );
  });
});

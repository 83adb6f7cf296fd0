import { checkKnownOptions, refuse } from '@weft/core/program';

type Rule = readonly [isFine: (value: unknown) => boolean, expected: string];

const isReal = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isWhole = (value: unknown, from: number) => Number.isSafeInteger(value) && (value as number) >= from;

const flag: Rule = [(value) => typeof value === 'boolean', 'true or false'];
const share: Rule = [(value) => isReal(value) && value >= 0 && value <= 1, 'a number from 0 to 1'];
const weight: Rule = [(value) => isReal(value) && value >= 0, 'a number from 0'];
const positive: Rule = [(value) => isReal(value) && value > 0, 'a positive number'];

/** What the options of losses and metrics may be. An option means the same wherever it occurs. */
const RULES: Readonly<Record<string, Rule>> = {
  fromLogits: flag,
  labelSmoothing: share,
  applyClassBalancing: flag,
  alpha: weight,
  beta: weight,
  gamma: weight,
  delta: positive,
  ignoreClass: [(value) => value === undefined || Number.isSafeInteger(value), 'a whole number, a label'],
  windowSize: [(value) => isWhole(value, 1) && (value as number) % 2 === 1, 'an odd whole number of pixels'],
  sigma: positive,
  dataRange: positive,
  threshold: [(value) => value === null || isReal(value), 'a number, or null for the largest of the classes'],
  average: [(value) => ['micro', 'macro', 'weighted'].includes(value as string), "'micro', 'macro' or 'weighted'"],
  targetClassIds: [
    (value) => Array.isArray(value) && value.length > 0 && value.every((each) => each === 0 || each === 1),
    'an array of 0 and 1, such as [1]',
  ],
  k: [(value) => isWhole(value, 1), 'a whole number from 1'],
  classes: [(value) => value === undefined || isWhole(value, 1), 'a whole number from 1'],
  k1: weight,
  k2: weight,
};

/**
 * Checks options and fills in what is missing.
 *
 * @param label    the function that takes them
 * @param defaults a value for each option that there is
 * @throws RangeError if there is another option, or a value is not what its option may be
 */
export function optionsOf<Options extends object>(
  label: string,
  given: { readonly [Name in keyof Options]?: Options[Name] | undefined },
  defaults: Options,
): Options {
  checkKnownOptions(label, given, Object.keys(defaults));
  const values = Object.entries(defaults).map(([name, otherwise]) => {
    const own = (given as Record<string, unknown>)[name];
    const value = own === undefined ? otherwise : own;
    const [isFine, expected] = RULES[name];
    return [name, isFine(value) ? value : refuse(label, name, value, expected)];
  });
  return Object.fromEntries(values);
}

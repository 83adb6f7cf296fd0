import { numberIn, oneOf, refuse } from '@weft/core/program';
import type { Reader } from './schema.js';

export const from0: Reader<number> = (label, option, value) => numberIn(label, option, value, 0, Infinity);

/** Any number. */
export const finite: Reader<number> = (label, option, value) =>
  Number.isFinite(value) ? (value as number) : refuse(label, option, value, 'a number');

/** From 0 to below 1. */
export const decay: Reader<number> = (label, option, value) => numberIn(label, option, value, 0, 1);

/** From 0 to 1. */
export const share: Reader<number> = (label, option, value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? value : refuse(label, option, value, 'a number from 0 to 1');

export const above0: Reader<number> = (label, option, value) => {
  const isPositive = typeof value === 'number' && value > 0 && value < Infinity && Math.fround(value) > 0;
  return isPositive ? value : refuse(label, option, value, 'a number above 0 that float32 tells from 0');
};

const isPositiveInteger = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

/** A whole number from 1. */
export const positiveInteger: Reader<number> = (label, option, value) =>
  isPositiveInteger(value) ? value : refuse(label, option, value, 'a whole number from 1');

/** Two whole numbers from 1 for height and width, of which one may stand for both. */
export const positivePair: Reader<readonly [number, number], number | readonly [number, number]> = (
  label,
  option,
  value,
) => {
  const pair: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const [height, width] = pair;
  if (pair.length !== 2 || !isPositiveInteger(height) || !isPositiveInteger(width)) {
    refuse(label, option, value, 'a whole number from 1, or two of them for height and width');
  }
  return [height, width];
};

/** The label of a class. */
export const label: Reader<number> = (name, option, value) =>
  Number.isSafeInteger(value) ? (value as number) : refuse(name, option, value, 'a whole number, a label');

/** True or false. */
export const flag: Reader<boolean> = (label, option, value) =>
  typeof value === 'boolean' ? value : refuse(label, option, value, 'true or false');

/** One of some texts. */
export function choice<const T extends string>(...choices: readonly T[]): Reader<T> {
  return (label, option, value) => oneOf(label, option, value, choices);
}

/** An axis of a batch, but for that of the examples; negative ones count from the end. */
export const axisOfExample: Reader<number> = (label, option, value) =>
  Number.isSafeInteger(value) && value !== 0
    ? (value as number)
    : refuse(label, option, value, 'a whole number other than 0, which is the batch');

/** One axis or several, as `axisOfExample`. */
export const axesOfExample: Reader<readonly number[], number | readonly number[]> = (label, option, value) => {
  const axes: readonly unknown[] = Array.isArray(value) ? value : [value];
  const areAxes = axes.length > 0 && axes.every((axis) => Number.isSafeInteger(axis) && axis !== 0);
  if (!areAxes || new Set(axes).size < axes.length) {
    refuse(label, option, value, 'a whole number other than 0, which is the batch, or an array of different ones');
  }
  return axes as readonly number[];
};

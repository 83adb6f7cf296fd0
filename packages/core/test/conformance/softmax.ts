import { logSoftmax, softmax } from '../../src/operations/softmax.js';
import { tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape, sizeOf } from '../../src/tensor/shape.js';
import { numbers } from '../support/numbers.js';
import { build, reader } from '../support/plain.js';
import { type Case, LENGTHS, nearly } from './case.js';

const shapesAndAxes: readonly (readonly [Shape, number])[] = [
  ...LENGTHS.map((length): [Shape, number] => [[3, length], -1]),
  ...LENGTHS.map((length): [Shape, number] => [[length, 3], 0]),
  [[7], 0],
  [[2, 3, 4, 5], 2],
  [[2, 3, 4, 5], -1],
  [[0, 4], -1],
  // More than one block of rows, rows longer than a block, and rows whose number is prime.
  [[300, 10], -1],
  [[2, 5000], -1],
  [[211, 20], -1],
];

/** Both of each row, by their definition. */
function truth(x: readonly number[]): { readonly softmax: number[]; readonly logSoftmax: number[] } {
  const largest = Math.max(...x);
  const total = x.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  const logs = x.map((value) => value - largest - Math.log(total));
  return { softmax: logs.map(Math.exp), logSoftmax: logs };
}

function casesOf(name: 'softmax' | 'logSoftmax', apply: typeof softmax): Case[] {
  const ordinary = shapesAndAxes.map(([shape, axis]): Case => {
    const values = numbers(sizeOf(shape), 41).map((x) => 8 * x);
    const along = axis < 0 ? axis + shape.length : axis;
    const at = reader(values, shape);
    const want = build(shape, (...place) => {
      const row = Array.from({ length: shape[along] }, (_, i) => at(...place.with(along, i)));
      return truth(row)[name][place[along]];
    });
    return nearly(
      `${name} of ${formatShape(shape)} along axis ${axis}`,
      apply(tensor(values, shape), axis),
      shape,
      want,
    );
  });
  const rows = [
    [1e4, 1e4 - 1, 0],
    [-1e4, -1e4 - 1, -2e4],
    [-Infinity, 2, -Infinity],
    [Number.NaN, 2, 1],
    [-Infinity, -Infinity, -Infinity],
  ];
  const want = rows.flatMap((row) => truth(row)[name]);
  return [...ordinary, nearly(`${name} at the ends of the range`, apply(tensor(rows)), [5, 3], want)];
}

export const softmaxes: Case[] = [...casesOf('softmax', softmax), ...casesOf('logSoftmax', logSoftmax)];

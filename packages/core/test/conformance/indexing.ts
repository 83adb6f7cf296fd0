import { gather, scatterAdd } from '../../src/compositions/gather.js';
import { table, tensor } from '../../src/tensor/create.js';
import { formatShape, type Shape, sizeOf } from '../../src/tensor/shape.js';
import { sample } from '../support/numbers.js';
import { positions } from '../support/plain.js';
import { type Case, exactly, integers, LENGTHS, nearly } from './case.js';

/** Shapes, axes and the shapes of indices. */
const places: readonly (readonly [Shape, number, Shape])[] = [
  ...LENGTHS.map((length): [Shape, number, Shape] => [[6, length], 0, [4]]),
  ...LENGTHS.map((length): [Shape, number, Shape] => [[3, length], -1, [2, 5]]),
  [[5], 0, []],
  [[5], 0, [2, 3]],
  [[4, 2, 3], 0, [2, 2]],
  [[4, 2, 3], 1, []],
  [[2, 7, 3], 1, [4]],
  [[2, 3, 4, 5], -2, [2, 3, 1]],
  [[2, 3, 4], 2, [0]],
  [[3, 0], 0, [2]],
];

/** Numbers from 0 to below a length, some of them twice. */
const indicesFor = (shape: Shape, length: number) =>
  Int32Array.from({ length: sizeOf(shape) }, (_, i) => (i * i + 2) % length);

/** Offsets in x and in the result of a gather, for each element of the result. */
function pairs(shape: Shape, axis: number, indices: ArrayLike<number>, indexShape: Shape): [number, number][] {
  const at = axis < 0 ? axis + shape.length : axis;
  const inside = sizeOf(shape.slice(at + 1));
  const count = sizeOf(indexShape);
  return positions([sizeOf(shape.slice(0, at)), count, inside]).map(([before, place, after]) => [
    (before * shape[at] + indices[place]) * inside + after,
    (before * count + place) * inside + after,
  ]);
}

function placed([shape, axis, indexShape]: (typeof places)[number]) {
  const at = axis < 0 ? axis + shape.length : axis;
  const indices = indicesFor(indexShape, shape[at]);
  const gathered = [...shape.slice(0, at), ...indexShape, ...shape.slice(at + 1)];
  const index = tensor(indices, indexShape);
  return { index, gathered, length: shape[at], pairs: pairs(shape, axis, indices, indexShape) };
}

function gatherCases(): Case[] {
  return places.map((place) => {
    const [shape, axis, indexShape] = place;
    const { index, gathered, pairs } = placed(place);
    const { x, values } = sample(shape, 31);
    const want = new Float32Array(sizeOf(gathered));
    for (const [from, to] of pairs) want[to] = values[from];
    return exactly(
      `gather of ${formatShape(shape)} by ${formatShape(indexShape)} along axis ${axis}`,
      gather(x, index, axis),
      gathered,
      want,
    );
  });
}

function scatterAddCases(): Case[] {
  return places.map((place) => {
    const [shape, axis, indexShape] = place;
    const { index, gathered, length, pairs } = placed(place);
    const { x, values } = sample(gathered, 32);
    const want = new Float64Array(sizeOf(shape));
    for (const [to, from] of pairs) want[to] += values[from];
    return nearly(
      `scatterAdd of ${formatShape(gathered)} by ${formatShape(indexShape)} to ${formatShape(shape)}`,
      scatterAdd(x, index, length, axis),
      shape,
      want,
    );
  });
}

const counts = tensor(Int32Array.of(5, -7, 2 ** 31 - 1), [3, 1]);

/** An index that is computed may name no row: the nearest one is meant. */
const beyond = tensor([-3, 1, 7]).mul(1).cast('int32');

export const indexing: Case[] = [
  ...gatherCases(),
  ...scatterAddCases(),
  integers('gather of int32', gather(counts, tensor(Int32Array.of(2, 1))), [2, 1], [2 ** 31 - 1, -7]),
  exactly(
    'gather of bytes',
    gather(table(Uint8Array.of(1, 255, 3)), tensor(Int32Array.of(1, 1, 0))),
    [3],
    [255, 255, 1],
  ),
  exactly('gather by keys', gather(tensor([1, 2, 3]), table(Uint32Array.of(2, 0))), [2], [3, 1]),
  exactly('gather beyond the axis', gather(tensor([1, 2, 3]), beyond), [3], [1, 2, 3]),
  exactly('scatterAdd beyond the axis', scatterAdd(tensor([10, 20, 30]), beyond, 3), [3], [10, 20, 30]),
];

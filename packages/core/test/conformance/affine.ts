import { type AffineAttributes, affineSample, affineScatterDefinition } from '../../src/operations/affine-sample.js';
import { apply } from '../../src/operations/definition.js';
import { tensor } from '../../src/tensor/create.js';
import { type Shape, sizeOf } from '../../src/tensor/shape.js';
import { EQUAL } from '../support/compare.js';
import { sample } from '../support/numbers.js';
import { build, positions, range, reader } from '../support/plain.js';
import { type Case, LENGTHS, nearly } from './case.js';

type Matrix = readonly (readonly number[])[];

/** Places that float32 holds exactly, and a turn. */
const matrices: Readonly<Record<string, Matrix>> = {
  identity: [
    [1, 0, 0],
    [0, 1, 0],
  ],
  'half a pixel beyond both edges': [
    [1.5, 0, -1.25],
    [0, 2, -2.5],
  ],
  'far beyond': [
    [-7.5, 0.25, 13.75],
    [3, -11, 2.5],
  ],
  'a turn': [
    [0.8, -0.6, 1.13],
    [0.6, 0.8, -0.87],
  ],
};

/** The pixels of an axis that a place is read from, -1 for none, and their weights: those of a tent of width 1 around it. */
function taps(place: number, length: number, { fillMode, interpolation }: AffineAttributes) {
  const reach = 200;
  const weightOf = (at: number) =>
    interpolation === 'bilinear' ? Math.max(0, 1 - Math.abs(place - at)) : Number(Math.floor(place + 0.5) === at);
  const mirrored = [...range(length), ...range(length).reverse()];
  const pixelOf = (at: number) => {
    if (at >= 0 && at < length) return at;
    if (fillMode === 'constant') return -1;
    if (fillMode === 'nearest') return at < 0 ? 0 : length - 1;
    return fillMode === 'wrap' ? (at + length * reach) % length : mirrored[(at + 2 * length * reach) % (2 * length)];
  };
  return range(2 * reach)
    .map((at) => ({ pixel: pixelOf(at - reach), weight: weightOf(at - reach) }))
    .filter(({ weight }) => weight > 0);
}

/** The pixels of each place of the result [n, i, j], with their weights. */
function reading([n, i, j]: readonly number[], all: readonly Matrix[], attributes: AffineAttributes) {
  const [x, y] = all[n].map(([a, b, c]) => a * j + b * i + c);
  const columns = taps(x, attributes.image[1], attributes);
  return taps(y, attributes.image[0], attributes).flatMap((row) =>
    columns.map((column) => ({
      row: row.pixel,
      column: column.pixel,
      isFill: row.pixel < 0 || column.pixel < 0,
      weight: row.weight * column.weight,
    })),
  );
}

function bothWays(name: string, channels: number, attributes: AffineAttributes, all: readonly Matrix[]): Case[] {
  const [batch, { image, size, fillMode, fillValue, interpolation }] = [all.length, attributes];
  const [from, to]: Shape[] = [
    [batch, ...image, channels],
    [batch, ...size, channels],
  ];
  const matrix = tensor(all.map((rows) => rows.map((row) => [...row])));
  const { x, values } = sample(from, 51);
  const { x: y, values: results } = sample(to, 52);
  const at = reader(values, from);
  const sampled = build(to, (n, i, j, c) =>
    reading([n, i, j], all, attributes).reduce(
      (total, { row, column, isFill, weight }) => total + weight * (isFill ? fillValue : at(n, row, column, c)),
      0,
    ),
  );
  const scattered = new Float64Array(sizeOf(from));
  const place = reader(range(sizeOf(from)), from);
  const result = reader(results, to);
  for (const [n, i, j, c] of positions(to)) {
    for (const { row, column, isFill, weight } of reading([n, i, j], all, attributes)) {
      if (!isFill) scattered[place(n, row, column, c)] += weight * result(n, i, j, c);
    }
  }
  const options = { size, fillMode, fillValue, interpolation };
  return [
    nearly(`affineSample ${name}`, affineSample(x, matrix, options), to, sampled),
    nearly(`affineScatter ${name}`, apply(affineScatterDefinition, [y, matrix], attributes), from, scattered),
  ];
}

const all = Object.values(matrices);
const ordinary: AffineAttributes = {
  image: [4, 5],
  size: [3, 6],
  fillMode: 'constant',
  fillValue: 0.75,
  interpolation: 'bilinear',
};

const { x: picture, values } = sample([2, 3, 4, 2], 53);
const moved = build([2, 3, 4, 2], (n, i, j, c) => (j < 1 ? 0 : reader(values, [2, 3, 4, 2])(n, i, j - 1, c)));
const toTheRight = tensor([
  [1, 0, -1],
  [0, 1, 0],
]);

const nowhere = tensor([
  [NaN, 0, 0],
  [0, 1, 0],
]);

export const affine: Case[] = [
  ...(['constant', 'nearest', 'reflect', 'wrap'] as const).flatMap((fillMode) =>
    (['bilinear', 'nearest'] as const).flatMap((interpolation) =>
      Object.entries(matrices).flatMap(([name, matrix]) =>
        bothWays(`${fillMode}, ${interpolation}: ${name}`, 2, { ...ordinary, fillMode, interpolation }, [matrix]),
      ),
    ),
  ),
  ...LENGTHS.flatMap((channels) => bothWays(`of ${channels} channels`, channels, ordinary, all)),
  ...bothWays('of one pixel', 3, { ...ordinary, image: [1, 1], fillMode: 'reflect' }, all),
  ...bothWays('to one pixel', 3, { ...ordinary, size: [1, 1] }, all),
  ...bothWays('to nothing', 3, { ...ordinary, size: [0, 2] }, all),
  nearly('affineSample by whole pixels', affineSample(picture, toTheRight), [2, 3, 4, 2], moved, EQUAL),
  nearly('affineSample by no number', affineSample(tensor([3], [1, 1, 1, 1]), nowhere), [1, 1, 1, 1], [NaN]),
];

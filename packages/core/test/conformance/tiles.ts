import { componentsOf, gatherTiles, type Matrix, scatterTiles, type Tiling } from '../../src/operations/tiles.js';
import { formatShape } from '../../src/tensor/shape.js';
import { sample } from '../support/numbers.js';
import { positions } from '../support/plain.js';
import { type Case, nearly } from './case.js';

type Pair = readonly [number, number];

/** Batch, channels, image, grid, origin, step, dilation, rows, columns. */
const tilings: readonly (readonly [number, number, Pair, Pair, Pair, Pair, Pair, Matrix, Matrix])[] = [
  [2, 3, [4, 5], [4, 5], [-1, -1], [1, 1], [1, 1], eye(3), eye(3)],
  [1, 5, [6, 6], [2, 3], [0, -1], [3, 2], [2, 1], dense(2, 2), dense(3, 4)],
  [2, 8, [5, 3], [3, 2], [-1, -1], [2, 2], [1, 1], dense(4, 4), dense(4, 4)],
  [3, 1, [4, 4], [2, 2], [0, 0], [2, 2], [1, 1], [[1, 1]], [[1, 1]]],
  [1, 17, [2, 2], [1, 1], [3, -9], [1, 1], [1, 1], dense(2, 3), eye(2)],
  [0, 4, [4, 4], [2, 2], [0, 0], [2, 2], [1, 1], eye(2), eye(2)],
];

function eye(size: number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => Number(i === j)));
}

/** A matrix with the numbers that transforms are made of, zeros among them. */
function dense(rows: number, columns: number): number[][] {
  const entries = [1, 0, -1, 0.5, 2, -4, 1 / 24, 0, -5];
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => entries[(i * 5 + j * 2) % 9]),
  );
}

/** The map as a matrix that is written out: which pixel goes to which place among the tiles, and times what. */
function terms(batch: number, channels: number, tiling: Tiling) {
  const { grid, image, origin, step, dilation, rows, columns } = tiling;
  const tiles = batch * grid[0] * grid[1];
  return positions([batch, ...grid, rows.length, columns.length, channels]).flatMap(([n, i, j, u, v, c]) => {
    const tile = (n * grid[0] + i) * grid[1] + j;
    const component = u * columns.length + v;
    const place = tiling.components === 'first' ? component * tiles + tile : tile * componentsOf(tiling) + component;
    return positions([rows[u].length, columns[v].length])
      .map(([p, q]) => ({
        h: origin[0] + i * step[0] + p * dilation[0],
        w: origin[1] + j * step[1] + q * dilation[1],
        factor: rows[u][p] * columns[v][q],
      }))
      .filter(({ h, w }) => h >= 0 && w >= 0 && h < image[0] && w < image[1])
      .map(({ h, w, factor }) => {
        return { pixel: ((n * image[0] + h) * image[1] + w) * channels + c, target: place * channels + c, factor };
      });
  });
}

export const tiles: Case[] = tilings.flatMap(([batch, channels, image, grid, origin, step, dilation, rows, columns]) =>
  (['first', 'last'] as const).flatMap((components) => {
    const tiling: Tiling = { image, grid, origin, step, dilation, rows, columns, components };
    const count = batch * grid[0] * grid[1];
    const parts = componentsOf(tiling);
    const images = [batch, ...image, channels];
    const shape = components === 'first' ? [parts, count, channels] : [count, parts * channels];
    const [x, y] = [sample(images, 6), sample(shape, 7)];
    const gathered = new Float64Array(y.values.length);
    const scattered = new Float64Array(x.values.length);
    for (const { pixel, target, factor } of terms(batch, channels, tiling)) {
      gathered[target] += factor * x.values[pixel];
      scattered[pixel] += factor * y.values[target];
    }
    const size = `${rows[0].length}x${columns[0].length}`;
    const name = `${formatShape(images)} in ${grid.join('x')} tiles of ${size}, components ${components}`;
    return [
      nearly(`gatherTiles ${name}`, gatherTiles(x.x, tiling), shape, gathered),
      nearly(`scatterTiles ${name}`, scatterTiles(y.x, tiling), images, scattered),
    ];
  }),
);

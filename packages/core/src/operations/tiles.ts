import { formatShape, type Shape } from '../tensor/shape.js';
import type { Attributes, Tensor } from '../tensor/tensor.js';
import { apply, float32, type OperationDefinition } from './definition.js';

/** A small dense matrix, rows first. */
export type Matrix = readonly (readonly number[])[];

/**
 * A linear map between images and tiles, the same along height and width but for its place.
 *
 * A grid of tiles lies over an image [batch, height, width, channels]. Tile (i, j) begins at
 * `origin + (i, j) * step` and has one pixel for each column of `rows` (height) and `columns` (width), `dilation`
 * apart. Each tile is turned into components: `rows · tile · columnsᵀ`. Pixels outside of the image count as 0.
 *
 * With the identity it is im2col; with the matrices of Winograd it is their input transform; with a row of ones it
 * is a sum over windows. The adjoint, `scatterTiles`, is col2im, Winograd's output transform and nearest upsampling.
 */
export interface Tiling extends Attributes {
  /** Height and width of the image. */
  readonly image: readonly [number, number];
  readonly grid: readonly [number, number];
  readonly origin: readonly [number, number];
  readonly step: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly rows: Matrix;
  readonly columns: Matrix;
  /** `first`: [components, batch * tiles, channels]. `last`: [batch * tiles, components * channels]. */
  readonly components: 'first' | 'last';
}

/** Number of components of a tile. */
export function componentsOf(tiling: Tiling): number {
  return tiling.rows.length * tiling.columns.length;
}

/** The axis along which tiles lie, those of an image one after another. */
const tilesAxis = (components: Tiling['components']) => (components === 'first' ? 1 : 0);

function tilesShape(batch: number, channels: number, tiling: Tiling): Shape {
  const tiles = batch * tiling.grid[0] * tiling.grid[1];
  const components = componentsOf(tiling);
  return tiling.components === 'first' ? [components, tiles, channels] : [tiles, components * channels];
}

/** Calls visit(image offset, tiles offset, factor) for every non-zero term of the map. */
function forEachTerm(
  batch: number,
  channels: number,
  tiling: Tiling,
  visit: (pixel: number, component: number, factor: number) => void,
): void {
  const { image, grid, origin, step, dilation, rows, columns } = tiling;
  const components = componentsOf(tiling);
  const tiles = batch * grid[0] * grid[1];
  for (let tile = 0; tile < tiles; tile++) {
    const j = tile % grid[1];
    const i = Math.floor(tile / grid[1]) % grid[0];
    const n = Math.floor(tile / (grid[0] * grid[1]));
    for (let u = 0; u < rows.length; u++) {
      for (let v = 0; v < columns.length; v++) {
        const component = u * columns.length + v;
        const target =
          (tiling.components === 'first' ? component * tiles + tile : tile * components + component) * channels;
        for (let p = 0; p < rows[u].length; p++) {
          const h = origin[0] + i * step[0] + p * dilation[0];
          if (h < 0 || h >= image[0]) continue;
          for (let q = 0; q < columns[v].length; q++) {
            const w = origin[1] + j * step[1] + q * dilation[1];
            const factor = rows[u][p] * columns[v][q];
            if (w < 0 || w >= image[1] || factor === 0) continue;
            const pixel = ((n * image[0] + h) * image[1] + w) * channels;
            for (let c = 0; c < channels; c++) visit(pixel + c, target + c, factor);
          }
        }
      }
    }
  }
}

export const gatherTilesDefinition: OperationDefinition<Tiling> = {
  name: 'gatherTiles',
  kind: 'alone',
  exact: false,
  linear: 'jointly',
  infer([x], tiling) {
    if (x.shape.length !== 4 || x.shape[1] !== tiling.image[0] || x.shape[2] !== tiling.image[1]) {
      throw new RangeError(`gatherTiles: ${formatShape(x.shape)} is not a batch of ${tiling.image.join('x')} images.`);
    }
    return [float32(tilesShape(x.shape[0], x.shape[3], tiling))];
  },
  shard: ({ attributes: { grid, components }, shardings: [x] }) =>
    x?.axis === 0
      ? { operands: [x], result: { axis: tilesAxis(components), factor: x.factor * grid[0] * grid[1] } }
      : undefined,
  gradient: ({ gradient, attributes }) => [scatterTiles(gradient, attributes)],
  reference({ inputs: [x], outputs: [out], inputTypes: [type], attributes }) {
    const total = new Float64Array(out.length);
    forEachTerm(type.shape[0], type.shape[3], attributes, (pixel, component, factor) => {
      total[component] += factor * x[pixel];
    });
    out.set(total);
  },
};

/** Batch and channels of the image that tiles belong to. */
function imageOfTiles(shape: Shape, tiling: Tiling): { batch: number; channels: number } {
  const first = tiling.components === 'first';
  const batch = shape[first ? 1 : 0] / (tiling.grid[0] * tiling.grid[1]);
  const channels = first ? shape[2] : shape[1] / componentsOf(tiling);
  if (!Number.isInteger(batch) || !Number.isInteger(channels)) {
    throw new RangeError(`scatterTiles: ${formatShape(shape)} does not hold a grid of ${tiling.grid.join('x')} tiles.`);
  }
  return { batch, channels };
}

export const scatterTilesDefinition: OperationDefinition<Tiling> = {
  name: 'scatterTiles',
  kind: 'anchor',
  exact: false,
  linear: 'jointly',
  infer([tiles], tiling) {
    const { batch, channels } = imageOfTiles(tiles.shape, tiling);
    return [float32([batch, ...tiling.image, channels])];
  },
  shard({ attributes: { grid, components }, shardings: [tiles] }) {
    const factor = tiles && tiles.factor / (grid[0] * grid[1]);
    const isFit = tiles?.axis === tilesAxis(components) && Number.isInteger(factor);
    return isFit ? { operands: [tiles], result: { axis: 0, factor: factor as number } } : undefined;
  },
  gradient: ({ gradient, attributes }) => [gatherTiles(gradient, attributes)],
  reference({ inputs: [tiles], outputs: [out], outputTypes: [result], attributes }) {
    const total = new Float64Array(out.length);
    forEachTerm(result.shape[0], result.shape[3], attributes, (pixel, component, factor) => {
      total[pixel] += factor * tiles[component];
    });
    out.set(total);
  },
};

/** Tiles of an image, each turned into components. */
export function gatherTiles(x: Tensor, tiling: Tiling): Tensor {
  return apply(gatherTilesDefinition, [x], tiling);
}

/** The adjoint of `gatherTiles`: components turned back, overlapping tiles added up into an image. */
export function scatterTiles(tiles: Tensor, tiling: Tiling): Tensor {
  return apply(scatterTilesDefinition, [tiles], tiling);
}

/** The identity matrix: tiles are taken as they are. */
export function identity(size: number): Matrix {
  return Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_, column) => Number(row === column)));
}

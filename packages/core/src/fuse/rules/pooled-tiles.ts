import type { Tiling } from '../../operations/tiles.js';
import type { Operation, Program } from '../../trace/program.js';
import type { GroupingRule } from '../grouping.js';
import { isSamePool } from './pool-places.js';

/** A pooling joins the tiles that it pools, so that images that nobody else reads are not stored. */
export const poolInTiles: GroupingRule = ({ program, producer, groupOf }, pool) => {
  const [images] = pool.inputs;
  if (pool.name !== 'maxPool2d' || !isPooledAlone(program, producer[images], pool)) return undefined;
  const group = groupOf.get(images);
  if (!group) return undefined;
  group.anchor = pool;
  group.space = program.values[pool.outputs[0]].shape;
  return group;
};

/** Whether tiles make up whole images that nobody reads but a pooling. */
function isPooledAlone(program: Program, tiles: Operation | undefined, pool: Operation): boolean {
  if (tiles?.name !== 'scatterTiles') return false;
  const { image, grid, step, rows, columns, origin } = tiles.attributes as Tiling;
  const isWhole = image.every((length, axis) => {
    const tile = (axis === 0 ? rows : columns)[0].length;
    return origin[axis] <= 0 && origin[axis] + (grid[axis] - 1) * step[axis] + tile >= length && tile >= step[axis];
  });
  const [value] = tiles.outputs;
  const readers = program.operations.filter(({ inputs }) => inputs.includes(value));
  return isWhole && !program.outputs.includes(value) && readers.every((o) => o === pool || isSamePool(pool, o));
}

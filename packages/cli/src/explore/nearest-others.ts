import { setImmediate } from 'node:timers/promises';
import { nearestNeighbours } from '@weft/analysis';

/** Points whose neighbours are looked for before Ctrl-C is looked at. */
const BLOCK = 1024;

/**
 * The nearest other points of each point, nearest first; of several at the same distance the earlier ones.
 *
 * @param points  coordinates, [n, columns]
 * @param count   how many others, 1 to n - 1
 * @returns indices, [n, count]
 * @throws the signal's reason if it was aborted
 */
export async function nearestOthers(
  points: Float32Array,
  columns: number,
  count: number,
  signal: AbortSignal,
): Promise<Uint32Array> {
  const rows = points.length / columns;
  const found = new Uint32Array(rows * count);
  for (let first = 0; first < rows; first += BLOCK) {
    const queries = points.subarray(first * columns, (first + BLOCK) * columns);
    const nearest = nearestNeighbours(points, rows, columns, queries, count + 1);
    for (let query = 0; query < queries.length / columns; query++) {
      const all = nearest.subarray(query * (count + 1), (query + 1) * (count + 1));
      // The point itself is one of them, unless there are as many others in the same place before it.
      const others = all.filter((point) => point !== first + query).subarray(0, count);
      found.set(others, (first + query) * count);
    }
    await setImmediate();
    signal.throwIfAborted();
  }
  return found;
}

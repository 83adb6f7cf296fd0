import { RandomStream } from '@weft/core';
import { requireLabelledPoints } from './require-labelled-points.js';
import { requireKnownOptions, requireSeed } from './require-options.js';
import { shown } from './shown.js';

/** Tells this stream of random numbers from all others of the same seed. */
const PURPOSE = 0x73696c;

/** Mean silhouette, and of how many points. */
export interface SilhouetteScore {
  /** -1 (points lie among those of other classes) to 1 (classes are dense and far apart) */
  score: number;
  /** number of points it was computed from */
  sampleSize: number;
}

/** How much work to do. */
export interface SilhouetteOptions {
  /** largest number of points to compare, whose pairs are all visited; default 10,000 */
  limit?: number;
  /** of the choice among more points than that, an integer >= 0; default 0 */
  seed?: number;
}

const OPTIONS = { limit: true, seed: true } as const;

/**
 * Mean silhouette of points in classes: by how much each point is nearer to its own class than to the nearest other one.
 *
 * A point's silhouette is (b - a) / max(a, b), where a is its mean Euclidean distance to the other points of its class and
 * b the smallest of its mean distances to the other classes; it is 0 for the only point of a class. If there are more
 * points than the limit, a random sample stands for all.
 *
 * @param points  coordinates, row-major, [rows, columns]
 * @param rows    number of points
 * @param columns number of coordinates
 * @param labels  class of each point, length rows, any numbers
 * @throws TypeError if points or labels are no arrays of numbers; RangeError if there is an unknown option, the
 * shapes don't fit, a coordinate is not finite, the limit is below 2, or there are fewer than two classes among the points
 * compared
 * @see Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation and validation of cluster analysis; agrees
 * with sklearn.metrics.silhouette_score
 * @example
 * silhouetteScore([0, 1, 10, 11], 4, 1, [7, 7, 3, 3]); // { score: 0.9, sampleSize: 4 }
 */
export function silhouetteScore(
  points: ArrayLike<number>,
  rows: number,
  columns: number,
  labels: ArrayLike<number>,
  options: SilhouetteOptions = {},
): SilhouetteScore {
  requireKnownOptions('silhouetteScore', options, OPTIONS);
  const { limit = 10_000, seed = 0 } = options;
  const given = requireLabelledPoints('silhouetteScore', points, rows, columns, labels);
  requireSeed('silhouetteScore', seed);
  if (!Number.isInteger(limit) || limit < 2) {
    throw new RangeError(`silhouetteScore: the limit is ${shown(limit)}, expected an integer of at least 2.`);
  }
  const size = Math.min(rows, limit);
  const every = Uint32Array.from({ length: rows }, (_, row) => row);
  const chosen = Array.from(size < rows ? new RandomStream(seed, PURPOSE).shuffle(every).subarray(0, size) : every);
  const coordinates = Float64Array.from({ length: size * columns }, (_, index) => {
    const point = Math.floor(index / columns);
    return given.points[chosen[point] * columns + (index - point * columns)];
  });
  const names = [...new Set(chosen.map((row) => given.labels[row]))];
  if (names.length < 2) {
    throw new RangeError(
      `silhouetteScore: all ${size} points compared have the label ${names[0]}, expected at least two classes.`,
    );
  }
  const numbers = new Map(names.map((name, index) => [name, index]));
  const classes = Int32Array.from(chosen, (row) => numbers.get(given.labels[row])!);
  const sizes = new Int32Array(names.length);
  for (const name of classes) sizes[name]++;
  const distances = distancesToClasses(coordinates, size, columns, classes, names.length);

  let sum = 0;
  for (let point = 0; point < size; point++) {
    const own = classes[point];
    if (sizes[own] === 1) continue;
    const within = distances[point * names.length + own] / (sizes[own] - 1);
    let between = Infinity;
    for (let other = 0; other < names.length; other++) {
      if (other !== own) between = Math.min(between, distances[point * names.length + other] / sizes[other]);
    }
    const larger = Math.max(within, between);
    if (larger > 0) sum += (between - within) / larger;
  }
  return { score: sum / size, sampleSize: size };
}

/** Sum of each point's distances to the points of each class, [size, classCount]. */
function distancesToClasses(
  coordinates: Float64Array,
  size: number,
  columns: number,
  classes: Int32Array,
  classCount: number,
): Float64Array {
  const sums = new Float64Array(size * classCount);
  for (let point = 0; point < size; point++) {
    for (let other = 0; other < point; other++) {
      let squares = 0;
      for (let column = 0; column < columns; column++) {
        const difference = coordinates[point * columns + column] - coordinates[other * columns + column];
        squares += difference * difference;
      }
      const distance = Math.sqrt(squares);
      sums[point * classCount + classes[other]] += distance;
      sums[other * classCount + classes[point]] += distance;
    }
  }
  return sums;
}

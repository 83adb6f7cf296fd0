import { principalComponents } from '@weft/analysis';

/** More dimensions are reduced to so many. */
const MOST_DIMENSIONS = 32;
const NEIGHBOURS = 5;

/**
 * How far latents lie from those of normal training images: the mean distance to the five nearest ones. Latents of more
 * than 32 dimensions are reduced to their first 32 principal components.
 *
 * @param normal     latents of normal training images, [n, dimensions], n >= 2
 * @param dimensions numbers a latent has
 * @returns a function that gives a distance for each row of other latents, [m, dimensions]
 * @see Bergman, Cohen and Hoshen (2020), Deep nearest neighbor anomaly detection
 * @example
 * const distance = latentDistances(Float32Array.of(0, 0, 2, 0), 2); // two latents of two numbers
 * distance(Float32Array.of(1, 0)); // [1]
 */
export function latentDistances(normal: Float32Array, dimensions: number): (latents: Float32Array) => Float64Array {
  const rows = normal.length / dimensions;
  const project = projection(normal, rows, dimensions);
  const reference = project(normal);
  const kept = reference.length / rows;
  return (latents) => {
    const points = project(latents);
    const distances = new Float64Array(points.length / kept);
    for (let row = 0; row < distances.length; row++) {
      distances[row] = nearestMean(points.subarray(row * kept, (row + 1) * kept), reference, kept);
    }
    return distances;
  };
}

function projection(normal: Float32Array, rows: number, dimensions: number): (latents: Float32Array) => Float64Array {
  const kept = Math.min(MOST_DIMENSIONS, rows);
  if (dimensions <= kept) return (latents) => Float64Array.from(latents);
  const { mean, components } = principalComponents(normal, rows, dimensions, { components: kept });
  return (latents) => {
    const count = latents.length / dimensions;
    const projected = new Float64Array(count * kept);
    const centred = new Float64Array(dimensions);
    for (let row = 0; row < count; row++) {
      for (let at = 0; at < dimensions; at++) centred[at] = latents[row * dimensions + at] - mean[at];
      for (let component = 0; component < kept; component++) {
        const offset = component * dimensions;
        let sum = 0;
        for (let at = 0; at < dimensions; at++) sum += centred[at] * components[offset + at];
        projected[row * kept + component] = sum;
      }
    }
    return projected;
  };
}

/** Mean distance of a point to its nearest ones. */
function nearestMean(point: Float64Array, reference: Float64Array, dimensions: number): number {
  const nearest: number[] = [];
  let farthest = Number.POSITIVE_INFINITY;
  for (let offset = 0; offset < reference.length; offset += dimensions) {
    let square = 0;
    for (let at = 0; at < dimensions && square < farthest; at++) {
      const difference = point[at] - reference[offset + at];
      square += difference * difference;
    }
    if (square >= farthest) continue;
    if (nearest.length === NEIGHBOURS) nearest.pop();
    nearest.push(square);
    nearest.sort((a, b) => a - b);
    if (nearest.length === NEIGHBOURS) farthest = nearest[NEIGHBOURS - 1];
  }
  return nearest.reduce((sum, square) => sum + Math.sqrt(square), 0) / nearest.length;
}

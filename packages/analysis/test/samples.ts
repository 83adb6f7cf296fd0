import { RandomStream } from '@weft/core';
import fc from 'fast-check';

/** Samples of moderate numbers, of at least so many values. */
export function samples(minLength = 1): fc.Arbitrary<number[]> {
  return fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength, maxLength: 60 });
}

/** A data matrix whose columns are random mixtures of independent variables with the given deviations. */
export function mixtures(rows: number, columns: number, deviations: readonly number[], seed = 1): Float64Array {
  const stream = new RandomStream(seed, 1);
  const mixing = deviations.map(() => Float64Array.from({ length: columns }, () => stream.normal()));
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const values = deviations.map((deviation) => deviation * stream.normal());
    for (let column = 0; column < columns; column++) {
      data[row * columns + column] = 3 + values.reduce((sum, value, index) => sum + value * mixing[index][column], 0);
    }
  }
  return data;
}

/** Points of as many classes as there are centres, with a deviation of 1 about them, the classes taking turns. */
export function blobs(
  perClass: number,
  centres: readonly (readonly number[])[],
  seed = 1,
): { points: Float64Array; labels: Uint8Array; rows: number; columns: number } {
  const stream = new RandomStream(seed, 2);
  const columns = centres[0].length;
  const rows = perClass * centres.length;
  const labels = Uint8Array.from({ length: rows }, (_, row) => row % centres.length);
  const points = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      points[row * columns + column] = centres[labels[row]][column] + stream.normal();
    }
  }
  return { points, labels, rows, columns };
}

/** Float32 images with values in [0, 1). */
export function randomImages(length: number, seed = 1): Float32Array {
  const stream = new RandomStream(seed, 3);
  return Float32Array.from({ length }, () => stream.uniform());
}

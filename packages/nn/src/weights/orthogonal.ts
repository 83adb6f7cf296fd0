import type { RandomStream } from '@weft/core';

/**
 * A matrix with orthogonal columns of length `gain`, or rows where it has fewer of them: the Q of a QR decomposition, with
 * a positive diagonal of R, of normal numbers.
 *
 * Gram and Schmidt's method, modified and run twice over each vector, keeps float64's precision.
 *
 * @param data    row-major, where the matrix goes
 * @param columns how many it has
 * @see Saxe et al. (2014), Exact solutions to the nonlinear dynamics of learning; Giraud et al. (2005), on running twice
 */
export function fillOrthogonal(data: Float32Array, columns: number, gain: number, random: RandomStream): void {
  const rows = data.length / columns;
  const [length, count] = [Math.max(rows, columns), Math.min(rows, columns)];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (const other of [...vectors, ...vectors]) {
      const along = dot(vector, other);
      for (let i = 0; i < length; i++) vector[i] -= along * other[i];
    }
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  for (const [which, vector] of vectors.entries()) {
    for (let i = 0; i < length; i++)
      data[rows < columns ? which * columns + i : i * columns + which] = gain * vector[i];
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

import { kernelDensity, principalComponents } from '@weft/analysis';
import { RandomStream } from '@weft/core';
import { type Measurement, measureInTurn } from '../measure.js';

/** Analysis at the sizes of a run: latents of 10,000 test images, their errors on a grid of 512 points. */
export async function measureAnalysis(): Promise<Measurement[]> {
  const stream = new RandomStream(1, 0);
  const [rows, columns, rank] = [10_000, 3_136, 20];
  const factors = Float32Array.from({ length: rank * columns }, () => stream.normal());
  const latents = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let factor = 0; factor < rank; factor++) {
      const score = stream.normal() / (1 + factor);
      for (let column = 0; column < columns; column++)
        latents[row * columns + column] += score * factors[factor * columns + column];
    }
  }
  const errors = Float64Array.from({ length: rows }, () => 0.01 + 0.002 * stream.normal());
  const grid = Float64Array.from({ length: 512 }, (_, index) => index * 4e-5);
  const density = () => void kernelDensity(errors, grid);
  const components = () => void principalComponents(latents, rows, columns, { components: 2 });
  return [
    ...(await measureInTurn('analysis', [{ name: 'kernel density 10,000 x 512', prepare: () => ({ run: density }) }])),
    // A few runs of seconds, however short the time.
    ...(await measureInTurn(
      'analysis',
      [{ name: 'PCA 10,000 x 3,136 to 2', prepare: () => ({ run: components }) }],
      1,
    )),
  ];
}

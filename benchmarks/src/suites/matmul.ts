import { matmul, placeholder } from '@weft/core';
import { type Case, type Measurement, measureInTurn } from '../measure.js';
import { compileOptions, type Numerics } from '../numerics.js';
import { measurePeak } from '../peak.js';
import { runnable } from '../programs.js';

/** Rows, inner length, columns: cubes, and what convolutions of the autoencoder come down to. */
const SIZES = [
  [64, 64, 64],
  [128, 128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [1000, 1000, 1000],
  [8, 256, 256],
  [72, 32, 64],
  [32, 64, 64],
  [6272, 9, 32],
] as const;

/** Matrix products on one core, and what share they are of what the core can do in registers. */
export async function measureProducts(numerics: readonly Numerics[]): Promise<Measurement[]> {
  const peaks = Object.fromEntries(numerics.map((kind) => [kind, measurePeak(kind)]));
  const cases = SIZES.flatMap(([m, k, n]) =>
    numerics.map((kind): Case => {
      const a = placeholder({ shape: [m, k], dtype: 'float32' }, 'a');
      const b = placeholder({ shape: [k, n], dtype: 'float32' }, 'b');
      return {
        name: `${m} x ${k} x ${n}, ${kind}`,
        prepare: () => runnable([matmul(a, b)], [a, b], compileOptions(kind)),
        work: 2 * m * k * n * 1e-9,
        unit: 'GFLOP/s',
        reference: { value: peaks[kind], name: `peak, ${peaks[kind].toFixed(1)}` },
      };
    }),
  );
  return measureInTurn('matmul', cases, 400);
}

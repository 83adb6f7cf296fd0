import { type ConvolutionOption, conv2d, grad, matmul, mul, placeholder, sum, upsample2d } from '@weft/core';
import { type Case, type Measurement, measure } from './measure.js';
import { runnable } from './programs.js';

const float32 = (name: string, ...shape: number[]) => placeholder({ shape, dtype: 'float32' }, name);

/** Matrix products on one core, in GFLOP a second. */
export function measureProducts(sizes: readonly number[]): Promise<Measurement[]> {
  const cases = sizes.map((size): Case => {
    const [a, b] = [float32('a', size, size), float32('b', size, size)];
    const program = once(() => runnable([matmul(a, b)], [a, b]));
    return {
      name: `${size} x ${size} x ${size}`,
      run: () => program().run(),
      work: 2 * size ** 3 * 1e-9,
      unit: 'GFLOP/s',
    };
  });
  return inTurn('matmul', cases);
}

/** Height and width, channels, filters, and whether the image is upsampled by 2 first. */
const CONVOLUTIONS = [
  [28, 1, 32, false],
  [14, 32, 64, false],
  [7, 64, 64, false],
  [7, 64, 32, true],
  [14, 32, 1, true],
  [32, 3, 32, false],
  [64, 32, 32, false],
] as const;

/** Convolutions of 3x3 forward and backward, eight images on one core; the rate counts a direct convolution's work. */
export function measureConvolutions(): Promise<Measurement[]> {
  const cases = CONVOLUTIONS.flatMap(([size, channels, filters, isUpsampled]) =>
    (['auto', 'direct', 'winograd2', 'winograd4', 'winograd6', 'winograd7'] as const).map(
      (convolution: ConvolutionOption): Case => {
        const output = isUpsampled ? 2 * size : size;
        const program = once(() => {
          const x = float32('x', 8, size, size, channels);
          const weight = float32('weight', 3, 3, channels, filters);
          const target = float32('g', 8, output, output, filters);
          const y = conv2d(isUpsampled ? upsample2d(x) : x, weight, { padding: 'same' });
          const gradients = grad(sum(mul(y, target)), [x, weight]);
          return runnable([y, ...gradients], [x, weight, target], { convolution });
        });
        const macs = 8 * output * output * 9 * channels * filters;
        return {
          name: `${size}x${size}x${channels} -> ${filters}${isUpsampled ? ' upsampled' : ''} ${convolution}`,
          run: () => program().run(),
          work: 3 * 2 * macs * 1e-9,
          unit: 'nominal GFLOP/s',
        };
      },
    ),
  );
  return inTurn('conv2d', cases);
}

/** Programs share one memory, so each is made when its turn comes, and measured before the next. */
async function inTurn(suite: string, cases: readonly Case[]): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const one of cases) results.push(...(await measure(suite, [one], 400)));
  return results;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

import { conv2d, conv2dTranspose, grad, mul, placeholder, sum, type Tensor, upsample2d } from '@weft/core';
import type { ConvolutionOption } from '@weft/core/program';
import { type Case, type Measurement, measureInTurn } from '../measure.js';
import { compileOptions, type Numerics } from '../numerics.js';
import { runnable } from '../programs.js';

interface Convolution {
  /** Height and width. */
  readonly size: number;
  readonly channels: number;
  readonly filters: number;
  /** Whether the image is upsampled by 2 first. */
  readonly isUpsampled?: boolean;
  /** As many as channels are a depthwise convolution. Default 1. */
  readonly groups?: number;
  /** Whether it is the transposed of a convolution with stride 2, and gives an image twice as large. */
  readonly isTransposed?: boolean;
}

const CONVOLUTIONS: readonly Convolution[] = [
  { size: 28, channels: 1, filters: 32 },
  { size: 14, channels: 32, filters: 64 },
  { size: 7, channels: 64, filters: 64 },
  { size: 7, channels: 64, filters: 32, isUpsampled: true },
  { size: 14, channels: 32, filters: 1, isUpsampled: true },
  { size: 32, channels: 3, filters: 32 },
  { size: 64, channels: 32, filters: 32 },
  { size: 32, channels: 64, filters: 64, groups: 64 },
  { size: 14, channels: 256, filters: 256, groups: 256 },
  { size: 14, channels: 64, filters: 64, groups: 4 },
  { size: 14, channels: 64, filters: 32, isTransposed: true },
];

/** What is asked for; several options may come to one algorithm, which is measured once. */
const OPTIONS: readonly ConvolutionOption[] = ['auto', 'direct', 'winograd2', 'winograd4', 'winograd6', 'winograd7'];

const BATCH = 8;

/** Passes, and how many times forward's products each of them stands for. */
const PASSES = { forward: 1, 'input gradient': 1, 'weight gradient': 1, 'all three': 3 } as const;
type Pass = keyof typeof PASSES;

/**
 * Convolutions of 3x3 by every algorithm, eight images on one core, pass by pass. The rate counts the products of a
 * direct convolution. A weight gradient alone transforms its input; after forward, in `all three`, that is done.
 */
export function measureConvolutions(numerics: readonly Numerics[]): Promise<Measurement[]> {
  const cases = CONVOLUTIONS.flatMap((convolution) =>
    algorithmsOf(convolution).flatMap(({ option, label }) =>
      numerics.flatMap((kind) =>
        (Object.keys(PASSES) as Pass[]).map((pass): Case => {
          const { size, channels, filters, isUpsampled, groups = 1, isTransposed } = convolution;
          const output = isUpsampled ? 2 * size : size;
          const macs = (BATCH * output * output * 9 * channels * filters) / groups;
          const how = [
            isUpsampled && ' upsampled',
            isTransposed && ' transposed',
            groups > 1 && ` in ${groups} groups`,
          ];
          return {
            name: `${size}x${size}x${channels} -> ${filters}${how.filter(Boolean).join('')}, ${label}, ${pass}, ${kind}`,
            prepare: () => compiled(convolution, pass, { ...compileOptions(kind), convolution: option }),
            work: PASSES[pass] * 2 * macs * 1e-9,
            unit: 'nominal GFLOP/s',
          };
        }),
      ),
    ),
  );
  return measureInTurn('conv2d', cases, 150);
}

function compiled(convolution: Convolution, pass: Pass, options: Parameters<typeof runnable>[2]) {
  const { size, channels, filters, isUpsampled, isTransposed, groups = 1 } = convolution;
  const float32 = (name: string, ...shape: number[]) => placeholder({ shape, dtype: 'float32' }, name);
  const x = float32('x', BATCH, size, size, channels);
  const weight = float32('weight', 3, 3, ...(isTransposed ? [filters, channels] : [channels / groups, filters]));
  const y = isTransposed
    ? conv2dTranspose(x, weight, { strides: 2, padding: 'same' })
    : conv2d(isUpsampled ? upsample2d(x) : x, weight, { padding: 'same', groups });
  const target = float32('target', ...y.shape);
  const gradients = (parameters: Tensor[]) => grad(sum(mul(y, target)), parameters);
  const outputs: Record<Pass, () => Tensor[]> = {
    forward: () => [y],
    'input gradient': () => gradients([x]),
    'weight gradient': () => gradients([weight]),
    'all three': () => [y, ...gradients([x, weight])],
  };
  return runnable(outputs[pass](), [x, weight, target], options);
}

/** The distinct algorithms that the options come to; the one that the shapes choose bears a star. */
function algorithmsOf(convolution: Convolution): { option: ConvolutionOption; label: string }[] {
  const found = new Map<string, ConvolutionOption>();
  for (const option of OPTIONS) {
    compiled(convolution, 'forward', {
      convolution: option,
      record: ({ algorithm }) => {
        if (!found.has(algorithm)) found.set(algorithm, option);
      },
    });
  }
  return [...found].map(([algorithm, option]) => ({ option, label: option === 'auto' ? `${algorithm}*` : algorithm }));
}

import type { Matrix } from '../operations/tiles.js';

/**
 * A fast algorithm for short correlations along one dimension: `output = O ((I input) * (W weight))`, where `*` is
 * element by element. Along two dimensions the maps are applied to rows and columns.
 */
export interface BilinearAlgorithm {
  /** What it is called in messages and records. */
  readonly name: string;
  /** I, products x pixels of an input tile. */
  readonly input: Matrix;
  /** W, products x taps of the kernel. */
  readonly weight: Matrix;
  /** O, pixels of an output tile x products. */
  readonly output: Matrix;
  /** Pixels of the input from one tile to the next. */
  readonly step: number;
}

const transposed = (matrix: Matrix): Matrix => matrix[0].map((_, column) => matrix.map((row) => row[column]));

/** Coefficients of the product of (x - root) over roots, lowest power first. */
function polynomial(roots: readonly number[]): number[] {
  return roots.reduce<number[]>(
    (p, root) => p.concat(0).map((_, power) => (power > 0 ? p[power - 1] : 0) - root * (p[power] ?? 0)),
    [1],
  );
}

/**
 * Winograd's minimal filtering F(m, r): m outputs of a correlation with r taps from m + r - 1 products.
 *
 * By Toom and Cook's construction: products of polynomials are known from their values at m + r - 2 points and at
 * infinity; correlation is the transpose of that (Lavin & Gray 2016, section 4; Blahut 2010, chapter 5).
 *
 * @param outputs m
 * @param taps    r
 * @param points  m + r - 2 distinct numbers; their choice decides the rounding error
 */
export function winograd(outputs: number, taps: number, points: readonly number[]): BilinearAlgorithm {
  const products = outputs + taps - 1;
  if (points.length !== products - 1 || new Set(points).size !== points.length) {
    throw new RangeError(`winograd: F(${outputs}, ${taps}) needs ${products - 1} distinct points, got [${points}].`);
  }
  const evaluate = (length: number): Matrix => [
    ...points.map((point) => Array.from({ length }, (_, power) => point ** power)),
    Array.from({ length }, (_, power) => Number(power === length - 1)),
  ];
  const normalisers = points.map((a, i) => points.reduce((p, b, j) => (i === j ? p : p * (a - b)), 1));
  const lagrange = points.map((_, i) => {
    const coefficients = polynomial(points.filter((_point, j) => j !== i));
    return [...coefficients, 0];
  });
  return {
    name: `winograd F(${outputs},${taps})`,
    input: [...lagrange, polynomial(points)],
    weight: evaluate(taps).map((row, i) => row.map((x) => x / (normalisers[i] ?? 1))),
    output: transposed(evaluate(outputs)),
    step: outputs,
  };
}

/**
 * Winograd's F(m x m, 3x3) by m. Points come in pairs of opposite sign, so that parts of the transformations are shared;
 * within that they were picked by the error of float32 against float64 on random images of 32 channels, which is, as
 * relative L2: 2e-7, 1e-6, 2e-6 and 6e-6.
 */
export const WINOGRAD = {
  2: winograd(2, 3, [0, 1, -1]),
  4: winograd(4, 3, [0, 1, -1, 1 / 2, -1 / 2]),
  6: winograd(6, 3, [0, 1, -1, 1 / 2, -1 / 2, 2, -2]),
  7: winograd(7, 3, [1 / 4, -1 / 4, 11 / 16, -11 / 16, 9 / 8, -9 / 8, 2, -2]),
} as const satisfies Record<number, BilinearAlgorithm>;

/** Outputs along one side of a tile, for which there is an algorithm. */
export type WinogradOutputs = keyof typeof WINOGRAD;

/**
 * Nearest upsampling by 2 followed by 3 taps, without the upsampled signal: with s = w0 + w1 + w2 the even output is
 * s x[i] + w0 (x[i-1] - x[i]) and the odd one s x[i] + w2 (x[i+1] - x[i]), three products for two outputs.
 */
export const UPSAMPLE_2 = {
  name: 'upsample 2 + 3 taps',
  input: [
    [0, 1, 0],
    [1, -1, 0],
    [0, -1, 1],
  ],
  weight: [
    [1, 1, 1],
    [1, 0, 0],
    [0, 0, 1],
  ],
  output: [
    [1, 1, 0],
    [1, 0, 1],
  ],
  step: 1,
} as const satisfies BilinearAlgorithm;

/** The product of two matrices. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0].map((_, column) => row.reduce((sum, x, k) => sum + x * b[k][column], 0)));
}

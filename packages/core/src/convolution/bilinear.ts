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

/** F(2x2, 3x3). */
export const WINOGRAD_2 = winograd(2, 3, [0, 1, -1]);

/** F(4x4, 3x3). */
export const WINOGRAD_4 = winograd(4, 3, [0, 1, -1, 2, -2]);

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

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

/** A zero without a sign: JSON has no other. */
const unsigned = (x: number) => x + 0;

const transposed = (matrix: Matrix): Matrix => matrix[0].map((_, column) => matrix.map((row) => row[column]));

/** A power by multiplications, which are exact here; `**` may be rounded differently from engine to engine. */
const powerOf = (base: number, exponent: number) => new Array<number>(exponent).fill(base).reduce((p, x) => p * x, 1);

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
    ...points.map((point) => Array.from({ length }, (_, exponent) => powerOf(point, exponent))),
    Array.from({ length }, (_, power) => Number(power === length - 1)),
  ];
  const normalisers = points.map((a, i) => points.reduce((p, b, j) => (i === j ? p : p * (a - b)), 1));
  const lagrange = points.map((_, i) => {
    const coefficients = polynomial(points.filter((_point, j) => j !== i));
    return [...coefficients, 0];
  });
  return {
    name: `winograd F(${outputs},${taps})`,
    input: [...lagrange, polynomial(points)].map((row) => row.map(unsigned)),
    weight: evaluate(taps).map((row, i) => row.map((x) => unsigned(x / (normalisers[i] ?? 1)))),
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
 * Nearest upsampling by 2 followed by a correlation with 3 taps, without the upsampled signal: 2 m outputs of m pixels
 * from 2 m + 1 products.
 *
 * Even outputs are w0 x[i-1] + (w1 + w2) x[i], odd ones (w0 + w1) x[i] + w2 x[i+1]: two correlations with two taps. By
 * the construction of `winograd`, the even ones take the points and zero, the odd ones the points and infinity. Then
 * both need the same values of the signal at the points, and at the point 1 also of the taps, w0 + w1 + w2: that
 * product is one for both. With m = 1 it is s x[i] + w0 (x[i-1] - x[i]) and s x[i] + w2 (x[i+1] - x[i]).
 *
 * @param pixels m
 * @param points m distinct numbers without zero, 1 among them; their choice decides the rounding error
 */
export function upsampled(pixels: number, points: readonly number[]): BilinearAlgorithm {
  const isFit = points.length === new Set(points).size && points.includes(1) && !points.includes(0);
  if (points.length !== pixels || !isFit) {
    throw new RangeError(
      `upsampled: ${pixels} pixels need ${pixels} distinct points without 0, 1 among them; got [${points}].`,
    );
  }
  const input: number[][] = [];
  const weight: number[][] = [];
  const columns: number[][] = [];
  const product = (signal: readonly number[], taps: readonly number[], output: (i: number, odd: boolean) => number) => {
    input.push([...signal]);
    weight.push([...taps]);
    columns.push(Array.from({ length: 2 * pixels }, (_, place) => output(place >> 1, place % 2 === 1)));
  };
  for (const point of points) {
    const others = points.filter((other) => other !== point);
    const normaliser = others.reduce((p, other) => p * (point - other), 1);
    const signal = [0, ...polynomial(others).map((x) => unsigned(x / normaliser)), 0];
    if (point === 1) product(signal, [1, 1, 1], () => 1);
    else {
      product(signal, [1 / point, 1, 1], (i, odd) => (odd ? 0 : powerOf(point, i)));
      product(signal, [1, 1, point], (i, odd) => (odd ? powerOf(point, i) : 0));
    }
  }
  const all = polynomial(points);
  product([...all.map((x) => unsigned(x / all[0])), 0], [1, 0, 0], (i, odd) => Number(!odd && i === 0));
  product([0, ...all.map(unsigned)], [0, 0, 1], (i, odd) => Number(odd && i === pixels - 1));
  return { name: `upsampling of ${pixels} pixels`, input, weight, output: transposed(columns), step: pixels };
}

/** Upsampling by 2 before 3x3, by the pixels along a side of a tile. The error of float32 is 3e-7 to 5e-6. */
export const UPSAMPLE = {
  1: upsampled(1, [1]),
  2: upsampled(2, [1, -1]),
  4: upsampled(4, [1, -1, 1 / 2, -1 / 2]),
  7: upsampled(7, [1, -1, 5 / 8, -5 / 8, 5 / 2, -5 / 2, 1 / 4]),
} as const satisfies Record<number, BilinearAlgorithm>;

/** Pixels along one side of a tile, for which there is an algorithm. */
export type UpsampledPixels = keyof typeof UPSAMPLE;

/** The product of two matrices. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0].map((_, column) => row.reduce((sum, x, k) => sum + x * b[k][column], 0)));
}

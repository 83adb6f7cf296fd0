/** A tall data matrix whose columns are to be read as deviations from their means, without a copy being made. */
export interface CentredMatrix {
  /** values, row-major, length rows x columns */
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** what is subtracted from each column, length columns */
  readonly mean: Float64Array;
}

/** Rows that are centred together: their float64 copies stay in the first-level cache while all vectors pass over them. */
const PANEL = 4;

/**
 * Product of the centred matrix with a few vectors: one pass over the data, sums in float64, in fixed order.
 *
 * @param matrix  the matrix X, [rows, columns]
 * @param vectors vectors v of length columns
 * @returns for each v the vector (X - mean) v, of length rows
 */
export function centredProducts(matrix: CentredMatrix, vectors: readonly Float64Array[]): Float64Array[] {
  const { rows, columns } = matrix;
  const products = vectors.map(() => new Float64Array(rows));
  const panel = emptyPanel(columns);
  const sums = new Float64Array(2 * PANEL);
  for (let row = 0; row < rows; row += PANEL) {
    fillPanel(panel, matrix, row);
    const filled = Math.min(PANEL, rows - row);
    for (let index = 0; index < vectors.length; index += 2) {
      const last = index + 1 === vectors.length;
      dotPanel(panel, vectors[index], vectors[last ? index : index + 1], sums);
      for (let lane = 0; lane < filled; lane++) {
        products[index][row + lane] = sums[lane];
        if (!last) products[index + 1][row + lane] = sums[PANEL + lane];
      }
    }
  }
  return products;
}

/**
 * Product of the transposed centred matrix with a few vectors: one pass over the data, sums in float64, in fixed order.
 *
 * @param matrix  the matrix X, [rows, columns]
 * @param vectors vectors w of length rows
 * @returns for each w the vector (X - mean)ᵀ w, of length columns
 */
export function centredTransposedProducts(matrix: CentredMatrix, vectors: readonly Float64Array[]): Float64Array[] {
  const { rows, columns } = matrix;
  const products = vectors.map(() => new Float64Array(columns));
  const panel = emptyPanel(columns);
  const weights = new Float64Array(2 * PANEL);
  const unused = new Float64Array(columns);
  for (let row = 0; row < rows; row += PANEL) {
    fillPanel(panel, matrix, row);
    const filled = Math.min(PANEL, rows - row);
    for (let index = 0; index < vectors.length; index += 2) {
      const last = index + 1 === vectors.length;
      weights.fill(0);
      for (let lane = 0; lane < filled; lane++) {
        weights[lane] = vectors[index][row + lane];
        if (!last) weights[PANEL + lane] = vectors[index + 1][row + lane];
      }
      addPanel(panel, weights, products[index], last ? unused : products[index + 1]);
    }
  }
  return products;
}

function emptyPanel(columns: number): Float64Array[] {
  return Array.from({ length: PANEL }, () => new Float64Array(columns));
}

/** Rows past the end of the matrix become zeros, so that the kernels need no special case. */
function fillPanel(panel: readonly Float64Array[], matrix: CentredMatrix, firstRow: number): void {
  const { data, rows, columns, mean } = matrix;
  for (let lane = 0; lane < PANEL; lane++) {
    const target = panel[lane];
    const start = (firstRow + lane) * columns;
    if (firstRow + lane >= rows) target.fill(0);
    else for (let column = 0; column < columns; column++) target[column] = data[start + column] - mean[column];
  }
}

/** Eight running sums at once: a single one would wait for its own last addition at every step. */
function dotPanel(
  [row0, row1, row2, row3]: readonly Float64Array[],
  left: Float64Array,
  right: Float64Array,
  sums: Float64Array,
): void {
  let left0 = 0;
  let left1 = 0;
  let left2 = 0;
  let left3 = 0;
  let right0 = 0;
  let right1 = 0;
  let right2 = 0;
  let right3 = 0;
  for (let column = 0; column < row0.length; column++) {
    const a = left[column];
    const b = right[column];
    left0 += row0[column] * a;
    right0 += row0[column] * b;
    left1 += row1[column] * a;
    right1 += row1[column] * b;
    left2 += row2[column] * a;
    right2 += row2[column] * b;
    left3 += row3[column] * a;
    right3 += row3[column] * b;
  }
  sums[0] = left0;
  sums[1] = left1;
  sums[2] = left2;
  sums[3] = left3;
  sums[4] = right0;
  sums[5] = right1;
  sums[6] = right2;
  sums[7] = right3;
}

function addPanel(
  [row0, row1, row2, row3]: readonly Float64Array[],
  [left0, left1, left2, left3, right0, right1, right2, right3]: Float64Array,
  left: Float64Array,
  right: Float64Array,
): void {
  for (let column = 0; column < row0.length; column++) {
    const a = row0[column];
    const b = row1[column];
    const c = row2[column];
    const d = row3[column];
    left[column] += left0 * a + left1 * b + (left2 * c + left3 * d);
    right[column] += right0 * a + right1 * b + (right2 * c + right3 * d);
  }
}

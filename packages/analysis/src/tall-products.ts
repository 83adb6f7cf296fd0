/** A tall data matrix whose columns are to be read as deviations from their means, without a copy being made. */
export interface CentredMatrix {
  /** values, row-major, length rows x columns */
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  /** what is subtracted from each column, length columns */
  readonly mean: Float64Array;
}

/**
 * So many rows are centred together and interleaved, so that their float64 copies stay in the cache while all vectors pass
 * over them and one address serves them all.
 */
const PANEL = 4;
/** Vectors per pass of each kernel over a panel: as many as leave their sums in registers, by measurement. */
const DOTS = 3;
const UPDATES = 2;

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
  const groups = interleaved(vectors, DOTS, columns);
  const panel = new Float64Array(PANEL * columns);
  const sums = new Float64Array(PANEL * DOTS);
  for (let row = 0; row < rows; row += PANEL) {
    fillPanel(panel, matrix, row);
    const filled = Math.min(PANEL, rows - row);
    groups.forEach((group, index) => {
      dotPanel(panel, group, sums);
      for (let member = 0; member < DOTS && index * DOTS + member < vectors.length; member++) {
        for (let lane = 0; lane < filled; lane++) {
          products[index * DOTS + member][row + lane] = sums[member * PANEL + lane];
        }
      }
    });
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
  const sums = Array.from({ length: Math.ceil(vectors.length / UPDATES) }, () => new Float64Array(UPDATES * columns));
  const panel = new Float64Array(PANEL * columns);
  const weights = new Float64Array(UPDATES * PANEL);
  for (let row = 0; row < rows; row += PANEL) {
    fillPanel(panel, matrix, row);
    const filled = Math.min(PANEL, rows - row);
    sums.forEach((group, index) => {
      weights.fill(0);
      for (let member = 0; member < UPDATES && index * UPDATES + member < vectors.length; member++) {
        const vector = vectors[index * UPDATES + member];
        for (let lane = 0; lane < filled; lane++) weights[member * PANEL + lane] = vector[row + lane];
      }
      addPanel(panel, weights, group);
    });
  }
  return vectors.map((_, index) => {
    const group = sums[Math.floor(index / UPDATES)];
    return Float64Array.from({ length: columns }, (_, column) => group[column * UPDATES + (index % UPDATES)]);
  });
}

/** Groups of vectors, in each the first elements of all its members first; the last group is filled up with zeros. */
function interleaved(vectors: readonly Float64Array[], size: number, length: number): Float64Array[] {
  const groups = Array.from({ length: Math.ceil(vectors.length / size) }, () => new Float64Array(size * length));
  vectors.forEach((vector, index) => {
    const group = groups[Math.floor(index / size)];
    for (let position = 0; position < length; position++) group[position * size + (index % size)] = vector[position];
  });
  return groups;
}

/** Past the end of the matrix the panel keeps what it had: the callers give those rows no weight and read no sum of them. */
function fillPanel(panel: Float64Array, matrix: CentredMatrix, firstRow: number): void {
  const { data, rows, columns, mean } = matrix;
  for (let lane = 0; lane < PANEL && firstRow + lane < rows; lane++) {
    const start = (firstRow + lane) * columns;
    for (let column = 0; column < columns; column++) {
      panel[column * PANEL + lane] = data[start + column] - mean[column];
    }
  }
}

/** Many running sums at once: a single one would wait for its own last addition at every step. */
function dotPanel(panel: Float64Array, vectors: Float64Array, sums: Float64Array): void {
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  let c0 = 0;
  let c1 = 0;
  let c2 = 0;
  let c3 = 0;
  for (let place = 0, position = 0; place < panel.length; place += PANEL, position += DOTS) {
    const a = vectors[position];
    const b = vectors[position + 1];
    const c = vectors[position + 2];
    const row0 = panel[place];
    const row1 = panel[place + 1];
    const row2 = panel[place + 2];
    const row3 = panel[place + 3];
    a0 += row0 * a;
    b0 += row0 * b;
    c0 += row0 * c;
    a1 += row1 * a;
    b1 += row1 * b;
    c1 += row1 * c;
    a2 += row2 * a;
    b2 += row2 * b;
    c2 += row2 * c;
    a3 += row3 * a;
    b3 += row3 * b;
    c3 += row3 * c;
  }
  sums.set([a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3]);
}

function addPanel(panel: Float64Array, weights: Float64Array, sums: Float64Array): void {
  const [a0, a1, a2, a3, b0, b1, b2, b3] = weights;
  for (let place = 0, position = 0; place < panel.length; place += PANEL, position += UPDATES) {
    const row0 = panel[place];
    const row1 = panel[place + 1];
    const row2 = panel[place + 2];
    const row3 = panel[place + 3];
    sums[position] += a0 * row0 + a1 * row1 + (a2 * row2 + a3 * row3);
    sums[position + 1] += b0 * row0 + b1 * row1 + (b2 * row2 + b3 * row3);
  }
}

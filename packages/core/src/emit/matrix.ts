import type { Matrix } from '../operations/tiles.js';
import type { Code, FunctionBuilder, Local, Width } from './assembler.js';
import { binary, float, local, multiplyAdd } from './functions.js';
import { keep } from './pairs.js';

/** The rows of a matrix without repetition, and for each of them the places at which it stands. */
export function distinctRows(matrix: Matrix): { readonly rows: Matrix; readonly places: readonly number[][] } {
  const places = new Map<string, number[]>();
  matrix.forEach((row, index) => {
    const key = String(row);
    places.set(key, [...(places.get(key) ?? []), index]);
  });
  const list = [...places.values()];
  return { rows: list.map(([first]) => matrix[first]), places: list };
}

/** Two rows of a matrix as the sum and the difference of parts, which are then computed once. */
interface Pair {
  readonly plus: number;
  readonly minus: number;
}

/**
 * Writes `matrix · inputs`, element by element of vectors; zeros and ones cost nothing.
 *
 * Winograd's matrices are made of points in pairs of opposite sign. Where the points make rows, two of them are a + b
 * and a - b: the parts a and b are computed once for both. Where they make columns, the inputs of two of them occur as
 * their sum and their difference alone.
 *
 * @param read   code for each input; it is read once
 * @param width  of inputs and results
 * @param store  is given each result as a local
 */
export function applyMatrix(
  f: FunctionBuilder,
  matrix: Matrix,
  read: readonly Code[],
  width: Width,
  store: (row: number, value: Local) => void,
): void {
  const held = (code: Code) => keep(f, code, width);
  const inputs = read.map(held);
  const rows = matrix.map((row) => [...row]);
  for (const { plus, minus } of pairsOf(transposed(matrix))) {
    const [a, b] = [inputs[plus], inputs[minus]].map((input) => local(input));
    inputs[plus] = held(binary('f32x4.add', a, b));
    inputs[minus] = held(binary('f32x4.sub', a, b));
    for (const row of rows) {
      const isSum = row[plus] === row[minus];
      [row[plus], row[minus]] = isSum ? [row[plus], 0] : [0, row[plus]];
    }
  }
  const pairs = pairsOf(rows);
  const inPair = new Set(pairs.flatMap(({ plus, minus }) => [plus, minus]));
  for (const { plus, minus } of pairs) {
    const isShared = (column: number) => rows[plus][column] === rows[minus][column];
    const part = (takes: (column: number) => boolean) =>
      held(
        combination(
          rows[plus].map((x, column) => (takes(column) ? x : 0)),
          inputs,
        ),
      );
    const shared = part(isShared);
    const opposed = part((column) => !isShared(column));
    store(plus, held(binary('f32x4.add', local(shared), local(opposed))));
    store(minus, held(binary('f32x4.sub', local(shared), local(opposed))));
  }
  rows.forEach((row, index) => {
    if (!inPair.has(index)) store(index, held(combination(row, inputs)));
  });
}

const transposed = (matrix: Matrix): Matrix => matrix[0].map((_, column) => matrix.map((row) => row[column]));

/** Rows that agree in some columns and are opposite in all others, at least one of each. */
function pairsOf(matrix: Matrix): Pair[] {
  const pairs: Pair[] = [];
  const taken = new Set<number>();
  for (let plus = 0; plus < matrix.length; plus++) {
    for (let minus = plus + 1; minus < matrix.length && !taken.has(plus); minus++) {
      const columns = matrix[plus].map((x, c) => ({ x, y: matrix[minus][c] })).filter(({ x, y }) => x !== 0 || y !== 0);
      const same = columns.filter(({ x, y }) => x === y).length;
      const opposite = columns.filter(({ x, y }) => x === -y).length;
      if (taken.has(minus) || same + opposite < columns.length || same === 0 || opposite === 0) continue;
      pairs.push({ plus, minus });
      taken.add(plus).add(minus);
    }
  }
  return pairs;
}

/** A weighted sum of vectors, from left to right. */
function combination(weights: readonly number[], inputs: readonly Local[]): Code {
  let sum: Code | undefined;
  weights.forEach((weight, index) => {
    if (weight === 0) return;
    const input = local(inputs[index]);
    if (sum && Math.abs(weight) === 1) {
      sum = binary(weight > 0 ? 'f32x4.add' : 'f32x4.sub', sum, input);
      return;
    }
    if (sum) sum = multiplyAdd(input, float(weight), sum);
    else sum = weight === 1 ? input : binary('f32x4.mul', input, float(weight));
  });
  return sum ?? float(0);
}

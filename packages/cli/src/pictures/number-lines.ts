import type { LatentRow, Latents } from './latents.js';

/** The shortest text that a float32 is read back from. */
function floatText(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

/** Lines of numbers as bytes: one text of all may be longer than texts can be. What stands before the numbers, and how a line is written, is up to the caller. */
export function numberLines(
  { rows, values, size }: Latents,
  line: (cells: readonly (string | number)[]) => string,
  before: (row: LatentRow) => readonly (string | number)[],
): Buffer[] {
  return rows.map((row, which) => {
    const numbers = Array.from(values.subarray(which * size, (which + 1) * size), floatText);
    return Buffer.from(line([...before(row), ...numbers]));
  });
}

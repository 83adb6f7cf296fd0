import Papa from 'papaparse';

/** A value in a table. */
export type CsvCell = boolean | number | string | null | undefined;

/** A text that is no table. The message is a sentence about it, without its name. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

/**
 * Rows as CSV (RFC 4180), the first of them the names of the columns. Nothing is written for null and undefined.
 *
 * @param newline ends each row; default that of the RFC
 * @example
 * encodeCsv([['trial', 'psnr'], ['a, b', 27.5]]); // 'trial,psnr\r\n"a, b",27.5\r\n'
 */
export function encodeCsv(rows: readonly (readonly CsvCell[])[], newline: '\n' | '\r\n' = '\r\n'): string {
  if (rows.length === 0) return '';
  return `${Papa.unparse(rows as CsvCell[][], { newline })}${newline}`;
}

/**
 * The rows of a CSV text (RFC 4180), the first of them the names of the columns.
 *
 * @returns cells as texts; all rows have as many
 * @throws CsvError if quotes do not match, or a row has more or fewer cells than the first
 * @example
 * decodeCsv('trial,psnr\r\n"a, b",27.5\r\n'); // [['trial', 'psnr'], ['a, b', '27.5']]
 */
export function decodeCsv(text: string): string[][] {
  if (text === '') return [];
  // Lines may end in several ways in one file; those within quotes are a cell's own.
  const even = text.replace(/"[^"]*"|\r\n?/g, (found) => (found[0] === '"' ? found : '\n'));
  const { data, errors } = Papa.parse<string[]>(even, { delimiter: ',' });
  const [fault] = errors;
  if (fault) {
    throw new CsvError(
      `Row ${(fault.row ?? 0) + 1} has a quote that is not closed, or stands alone. Write a quote in a cell twice, and the cell in quotes.`,
    );
  }
  const rows = /[\r\n]$/.test(text) ? data.slice(0, -1) : data;
  const other = rows.findIndex((row) => row.length !== rows[0].length);
  if (other >= 0) {
    throw new CsvError(
      `Row ${other + 1} has ${rows[other].length} cells, but the first has ${rows[0].length}. Give each row as many.`,
    );
  }
  return rows;
}

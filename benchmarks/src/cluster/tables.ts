/** A table as Markdown, to be copied into docs/CLUSTER.md: numbers stand to the right. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column].length)));
  const isNumeric = head.map((_, column) => rows.every((row) => /^[-\d]/.test(row[column])));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (isNumeric[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join(' | ')} |`;
  const rule = widths.map((width, at) => (isNumeric[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Milliseconds, with as many digits as say something. */
export function milliseconds(seconds: number): string {
  const value = 1000 * seconds;
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

/** A share as percent. */
export const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** Bytes as kilobytes of 1000. */
export const kilobytes = (bytes: number): string => Math.round(bytes / 1000).toLocaleString('en');

/** Control characters, and those that turn the direction of writing. */
const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text without what would move a terminal's cursor, colour what follows, or show letters in another order: names in
 * files and on command lines may hold it. It is written as JSON writes it, `\u001b`; lines and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) =>
    character === '\n' || character === '\t'
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A measurement with four significant digits: "0.003612", "24.57". */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : String(value);
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6)) return value.toExponential(3);
  return value.toPrecision(4);
}

/** A whole number with its thousands grouped: "48,000". */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}

/** An amount with three digits and a prefix: "298 kB", "1.28 G"; "-" for none. */
export function formatAmount(value: number, unit: string): string {
  if (value === 0) return '-';
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  // Of 999.6 three digits are 1,000.
  const power = Math.min(prefixes.length - 1, Math.floor(Math.log10(Math.max(1, value * 1.0005)) / 3));
  const scaled = value / 1000 ** power;
  const digits = power === 0 ? 0 : scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
  return `${scaled.toFixed(digits)} ${prefixes[power]}${unit}`.trimEnd();
}

/** A duration: "8.4 s", "4:05", "1:02:33". */
export function formatDuration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] > 0 ? parts : parts.slice(1);
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** Rows as a table: the first column to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

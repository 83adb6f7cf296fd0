/** One line: `y[i]` at `x[i]`. Lines may have different numbers of points. */
export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Whether it is background to the other lines: thin and grey. */
  readonly isFaint?: boolean;
}

/** What a line chart shows. */
export interface LineChartOptions {
  /** What the chart shows, in a few words: heading of its table and name for screen readers. */
  readonly title: string;
  /** Label of the horizontal axis. */
  readonly xLabel: string;
  /** Label of the vertical axis. */
  readonly yLabel: string;
  /** Whether the vertical axis is logarithmic; values must be above 0 then. */
  readonly logarithmic?: boolean;
}

/** At most four digits that count. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

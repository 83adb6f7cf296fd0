/** What a chart has to show. */
export interface ChartFacts {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly epochs: number;
  /** Finite. */
  readonly losses: readonly number[];
  /** Whether losses are drawn by their logarithms, if all are above 0. */
  readonly isLog: boolean;
}

/** Where epochs and losses lie in a chart, in pixels. */
export interface Scales {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  x(epoch: number): number;
  y(loss: number): number;
  epochAt(x: number): number;
  readonly epochTicks: readonly number[];
  readonly lossTicks: readonly number[];
}

/** The places of a chart's values, with round numbers at its edges. */
export function scalesFor({ width, height, epochs, losses, isLog }: ChartFacts): Scales {
  const [left, right, top, bottom] = [56, 12, 10, height - 38];
  const log = isLog && losses.every((loss) => loss > 0);
  const of = (loss: number) => (log ? Math.log10(loss) : loss);
  const values = losses.map(of);
  const [lowest, highest] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const spread = highest - lowest || Math.abs(highest) || 1;
  const [from, to] = [
    log || lowest < 0 ? lowest - spread * 0.05 : Math.max(0, lowest - spread * 0.05),
    highest + spread * 0.05,
  ];
  const inner = width - left - right;
  return {
    ...{ width, height, left, right, top, bottom },
    x: (epoch) => left + (epoch / epochs) * inner,
    y: (loss) => bottom - ((of(loss) - from) / (to - from)) * (bottom - top),
    epochAt: (x) => ((x - left) / inner) * epochs,
    epochTicks: ticks(0, epochs, Math.max(2, Math.floor(inner / 70))).filter(Number.isInteger),
    lossTicks: log ? logTicks(from, to) : ticks(from, to, 5),
  };
}

/** About so many round numbers between two. */
function ticks(from: number, to: number, about: number): number[] {
  const rough = (to - from) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => (first + at) * step);
}

/** 1, 2 and 5 of each power of ten between two logarithms. */
function logTicks(from: number, to: number): number[] {
  const powers = Array.from(
    { length: Math.floor(to) - Math.floor(from) + 1 },
    (_, at) => 10 ** (Math.floor(from) + at),
  );
  const all = powers.flatMap((power) => [power, 2 * power, 5 * power]);
  const within = all.filter((tick) => Math.log10(tick) >= from && Math.log10(tick) <= to);
  return within.length > 8
    ? within.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6))
    : within;
}

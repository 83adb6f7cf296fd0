/** A line of numbers on a line of pixels. */
export interface Scale {
  /** Pixel of a value. */
  readonly at: (value: number) => number;
  /** Round values to be marked, rising. */
  readonly ticks: readonly number[];
}

/** Steps between marks, times a power of ten. */
const STEPS = [1, 2, 5, 10];

/** At most about `count` round numbers from `low` to `high`. */
function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Of whole numbers, so that rounding errors do not add up.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

export function linearScale(low: number, high: number, from: number, to: number, count: number): Scale {
  const span = high > low ? high - low : 1;
  return { at: (value) => from + ((value - low) / span) * (to - from), ticks: ticks(low, high, count) };
}

/** Marks powers of ten and multiples of them; within one power of ten, round numbers. */
export function logScale(low: number, high: number, from: number, to: number): Scale {
  const inner = linearScale(Math.log10(low), Math.log10(high), from, to, 5);
  const decades = Math.log10(high / low);
  if (decades < 1) return { at: (value) => inner.at(Math.log10(value)), ticks: ticks(low, high, 5) };
  const factors = decades > 3 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 3, 5, 7];
  const marks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) marks.push(Number((factor * 10 ** power).toPrecision(12)));
  }
  return { at: (value) => inner.at(Math.log10(value)), ticks: marks.filter((mark) => mark >= low && mark <= high) };
}

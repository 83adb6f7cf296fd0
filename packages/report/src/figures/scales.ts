import { extent } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import type { PlotAxis } from './plot.js';
import { logarithmicTicks } from './ticks.js';

/** Values that span more than this factor are drawn on a logarithmic axis. */
const LOGARITHMIC_FROM = 5;

/** From the unit of the data to pixels, with the ticks to write. */
export interface ScaledAxis {
  readonly scale: (value: number) => number;
  readonly ticks: number[];
  readonly logarithmic: boolean;
  /** Values at both ends. */
  readonly domain: readonly [low: number, high: number];
}

/** Pixels at the low and at the high end of an axis. */
export type Span = readonly [low: number, high: number];

/**
 * An axis for some values: logarithmic where they are positive and span more than a factor of five, linear otherwise.
 *
 * @param values at least one finite number; others are not looked at
 * @param factor the span from which the axis is logarithmic
 */
export function fittedAxis(values: Iterable<number>, span: Span, factor = LOGARITHMIC_FROM): ScaledAxis {
  const [low, high] = extent([...values].filter(Number.isFinite)) as [number, number];
  return low > 0 && high / low > factor ? logarithmicAxis(low, high, span) : linearAxis(low, high, span);
}

/** A linear axis around two values, which does not show less than 0 of values that are not negative. */
function linearAxis(low: number, high: number, span: Span): ScaledAxis {
  // A flat history must look flat: at least a tenth of its height is shown.
  const range = Math.max(high - low, Math.abs(high) * 0.1, Number.MIN_VALUE * 1e10);
  const middle = (low + high) / 2;
  const bottom = middle - range * 0.58;
  const domain = [low >= 0 ? Math.max(0, bottom) : bottom, middle + range * 0.58];
  const scale = scaleLinear(domain, span).nice(6);
  return { scale, ticks: scale.ticks(6), logarithmic: false, domain: scale.domain() as [number, number] };
}

/** A logarithmic axis whose ends are ticks. */
function logarithmicAxis(low: number, high: number, span: Span): ScaledAxis {
  const candidates = logarithmicTicks(low, high);
  const bottom = candidates.findLast((tick) => tick <= low) ?? low;
  const top = candidates.find((tick) => tick >= high) ?? high;
  return {
    scale: scaleLog([bottom, top], span),
    ticks: candidates.filter((tick) => tick >= bottom && tick <= top),
    logarithmic: true,
    domain: [bottom, top],
  };
}

/** An axis for whole numbers from 1, such as epochs: each is a tick up to 20, beyond that the first and round ones. */
export function epochAxis(epochs: number, span: Span): ScaledAxis {
  const padding = epochs === 1 ? 0.5 : (epochs - 1) * 0.02;
  const round = scaleLinear([0, epochs], [0, 1]).ticks(10);
  const domain = [1 - padding, epochs + padding] as const;
  return {
    domain,
    scale: scaleLinear(domain, span),
    ticks:
      epochs <= 20
        ? Array.from({ length: epochs }, (_, index) => index + 1)
        : [1, ...round.filter((tick) => tick > 1 && Number.isInteger(tick))],
    logarithmic: false,
  };
}

/** A scaled axis as plain data. */
export function plotAxis({ ticks, logarithmic, domain }: ScaledAxis, title: string, whole = false): PlotAxis {
  return { title, domain, ticks, logarithmic, ...(whole && { whole }) };
}

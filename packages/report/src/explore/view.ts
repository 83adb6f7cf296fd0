import { ticks as tickValues } from 'd3-array';
import type { PlotAxis, PlotFrame } from '../figures/plot.js';
import { logarithmicTicks } from '../figures/ticks.js';

/** A stretch of an axis: shares of its whole length, from its low end on. */
export type Stretch = readonly [from: number, to: number];

/** The part of a plot that is shown. */
export interface View {
  readonly x: Stretch;
  readonly y: Stretch;
}

/** All of the plot. */
export const WHOLE: View = { x: [0, 1], y: [0, 1] };

/** How many times a plot may be enlarged. */
export const MOST_ENLARGED = 40;
/** Ticks of an axis, about. */
const TICKS = 6;
/** Fewer logarithmic ticks than these are replaced by linear ones. */
const LEAST_LOGARITHMIC = 3;

/** Whether all of the plot is shown. */
export function isWhole({ x, y }: View): boolean {
  return x[0] === 0 && x[1] === 1 && y[0] === 0 && y[1] === 1;
}

/**
 * A view enlarged about a place, which stays where it is. It does not leave the plot.
 *
 * @param factor above 1 enlarges
 * @param at     the place, in shares of what is shown, from the left and from the bottom
 */
export function zoomed({ x, y }: View, factor: number, at: { x: number; y: number }): View {
  return { x: narrowed(x, factor, at.x), y: narrowed(y, factor, at.y) };
}

/** A view moved by shares of what is shown, as far as the plot goes. */
export function moved({ x, y }: View, by: { x: number; y: number }): View {
  return { x: within(x[0] + by.x * (x[1] - x[0]), x[1] - x[0]), y: within(y[0] + by.y * (y[1] - y[0]), y[1] - y[0]) };
}

/** A view moved no further than it takes to show a place, given in shares of the whole plot. */
export function showing(view: View, place: { x: number; y: number }): View {
  return { x: around(view.x, place.x), y: around(view.y, place.y) };
}

/** The frame of a plot whose axes show a view of it. */
export function framed<Frame extends PlotFrame>(frame: Frame, view: View): Frame {
  return isWhole(view) ? frame : { ...frame, x: shownAxis(frame.x, view.x), y: shownAxis(frame.y, view.y) };
}

/** Where a value lies on an axis: 0 at its low end, 1 at its high end. */
export function shareOf({ domain, logarithmic }: PlotAxis, value: number): number {
  const position = logarithmic ? Math.log : (each: number) => each;
  const [low, high] = domain.map(position);
  return (position(value) - low) / (high - low);
}

/** The value at a share of an axis. */
function valueAt({ domain, logarithmic }: PlotAxis, share: number): number {
  const [low, high] = logarithmic ? domain.map(Math.log) : domain;
  const position = low + share * (high - low);
  return logarithmic ? Math.exp(position) : position;
}

function shownAxis(axis: PlotAxis, [from, to]: Stretch): PlotAxis {
  const domain = [valueAt(axis, from), valueAt(axis, to)] as const;
  return { ...axis, domain, ticks: ticksOf(axis, domain) };
}

function ticksOf({ logarithmic, whole }: PlotAxis, [low, high]: readonly [number, number]): readonly number[] {
  if (logarithmic) {
    const found = logarithmicTicks(low, high).filter((tick) => tick >= low && tick <= high);
    if (found.length >= LEAST_LOGARITHMIC) return found;
  }
  const found = tickValues(low, high, TICKS);
  return whole ? found.filter(Number.isInteger) : found;
}

function narrowed([from, to]: Stretch, factor: number, at: number): Stretch {
  const length = Math.min(1, Math.max(1 / MOST_ENLARGED, (to - from) / factor));
  const fixed = from + at * (to - from);
  return within(fixed - at * length, length);
}

function around([from, to]: Stretch, share: number): Stretch {
  const length = to - from;
  if (share >= from && share <= to) return [from, to];
  return within(share - length / 2, length);
}

/** A stretch of some length within the axis; a whole one has exact ends. */
function within(from: number, length: number): Stretch {
  // What was enlarged and made smaller again may lack a last bit.
  if (length > 1 - 1e-9) return [0, 1];
  const start = Math.min(1 - length, Math.max(0, from));
  return [start, start + length];
}

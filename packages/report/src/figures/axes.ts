import { powerOfTen } from '../text/numbers.js';
import { element, group, label, type Markup } from './svg.js';
import { FIGURE_WIDTH, GRID, MUTED_INK, RULE, SMALL_TEXT_SIZE } from './theme.js';

/** The rectangle in which data are drawn, in pixels of the figure's body. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The plot area that leaves room for both axes' ticks and titles. */
export const PLOT: PlotArea = { left: 112, right: FIGURE_WIDTH - 28, top: 16, bottom: 420 };
/** Height from the bottom of a plot area to the end of the figure's body: ticks, title, margin. */
export const BELOW_PLOT = 74;

export interface Axis {
  /** From the unit of the data to pixels. */
  readonly scale: (value: number) => number;
  readonly ticks: readonly number[];
  readonly title: string;
  readonly area?: PlotArea;
}

/** Bottom axis with ticks and a title. */
export function bottomAxis({ scale, title, ticks, area = PLOT }: Axis): Markup {
  const { texts, factor } = tickTexts(ticks);
  const marks = ticks.flatMap((tick, index) => [
    line(scale(tick), area.bottom, scale(tick), area.bottom + 6, RULE),
    label(scale(tick), area.bottom + 23, texts[index], CENTRED),
  ]);
  return group({ 'font-size': SMALL_TEXT_SIZE }, [
    line(area.left, area.bottom, area.right, area.bottom, RULE),
    ...marks,
    label((area.left + area.right) / 2, area.bottom + 52, withFactor(title, factor), { ...CENTRED, 'font-size': 15 }),
  ]);
}

/** Left axis with ticks, grid lines and a title set along it. */
export function leftAxis({ scale, title, ticks, area = PLOT }: Axis): Markup {
  const { texts, factor } = tickTexts(ticks);
  const marks = ticks.flatMap((tick, index) => [
    line(area.left, scale(tick), area.right, scale(tick), GRID),
    label(area.left - 10, scale(tick) + 5, texts[index], { 'text-anchor': 'end' }),
  ]);
  return group({ 'font-size': SMALL_TEXT_SIZE }, [
    ...marks,
    sideways(34, (area.top + area.bottom) / 2, withFactor(title, factor)),
  ]);
}

/** Text centred on a point and turned to read upwards. */
export function sideways(x: number, y: number, text: string, size = 15): Markup {
  return element('text', { transform: `translate(${x} ${y}) rotate(-90)`, ...CENTRED, 'font-size': size }, text);
}

/**
 * Ticks as texts with no more decimals than they need. Very small and very large ticks share a power of ten, which
 * belongs into the axis title.
 */
export function tickTexts(ticks: readonly number[]): { texts: string[]; factor: string } {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  const magnitude = largest === 0 ? 0 : Math.floor(Math.log10(largest));
  const exponent = magnitude < -3 || magnitude > 5 ? magnitude : 0;
  // Ten digits are more than a tick has; they take off what the binary division left behind.
  const shown = ticks.map((tick) => Number((tick / 10 ** exponent).toPrecision(10)));
  const decimals = shown.map(decimalsOf);
  // Ticks over many decades would otherwise read 10.00000 beside 0.00001.
  const shared = Math.max(0, ...decimals) - Math.min(...decimals) <= 4 ? Math.max(0, ...decimals) : undefined;
  return {
    texts: shown.map((tick, index) => {
      const places = shared ?? decimals[index];
      const options = { minimumFractionDigits: places, maximumFractionDigits: places };
      return (tick < 0 ? '−' : '') + Math.abs(tick).toLocaleString('en-GB', options);
    }),
    factor: exponent === 0 ? '' : powerOfTen(exponent),
  };
}

function decimalsOf(value: number): number {
  const [digits, exponent = '0'] = String(value).split('e');
  return Math.min(20, Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent)));
}

/** Puts a power of ten before the unit: "error (a unit)" becomes "error (10⁻⁵ a unit)". */
function withFactor(title: string, factor: string): string {
  if (factor === '') return title;
  return title.includes('(') ? title.replace('(', `(${factor} `) : `${title} (${factor})`;
}

/** The title of a logarithmic axis says so, within the brackets of its unit if it has one. */
export function logarithmicTitle(title: string): string {
  return title.endsWith(')') ? `${title.slice(0, -1)}, log scale)` : `${title} (log scale)`;
}

/** A quantity without the unit in brackets behind it. */
export function withoutUnit(title: string): string {
  return title.replace(/ \([^()]*\)$/, '');
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: string): Markup {
  return element('line', { x1, y1, x2, y2, stroke });
}

/** A message in the middle of the plot, for data that can't be drawn. */
export function emptyPlot(message: string, area: PlotArea = PLOT): Markup {
  const box = { x: area.left, y: area.top, width: area.right - area.left, height: area.bottom - area.top };
  return group({}, [
    element('rect', { ...box, fill: 'none', stroke: GRID }),
    label((area.left + area.right) / 2, (area.top + area.bottom) / 2, message, { ...CENTRED, fill: MUTED_INK }),
  ]);
}

const CENTRED = { 'text-anchor': 'middle' } as const;

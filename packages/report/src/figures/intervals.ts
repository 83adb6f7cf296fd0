import { median } from 'd3-array';
import { counted, formatNumber } from '../text/numbers.js';
import { BELOW_PLOT, bottomAxis, emptyPlot, line, logarithmicTitle, PLOT, type PlotArea } from './axes.js';
import { requireNumber, requireOptions, requireSome } from './checks.js';
import { composeFigure, type Drawing, type FigureHeading, HEADING_OPTIONS, subtitleOf } from './compose-figure.js';
import type { Figure, Numbers } from './figure.js';
import { type LegendEntry, placeLegendRow } from './legend.js';
import { fittedAxis } from './scales.js';
import { coordinate, element, group, label, type Markup, shortened, textWidth } from './svg.js';
import { GRID, INK, MUTED_INK, SMALL_TEXT_SIZE, TRAINING, VALIDATION } from './theme.js';

/** What was measured in one group, such as the runs of one model. */
export interface IntervalGroup {
  readonly name: string;
  /** A number for each run or image, each drawn as a point; none where the interval says it all. */
  readonly values: Numbers;
  /** An estimate with its limits, as `bootstrapInterval` of `@weft/analysis` gives it; leave it out for the median alone. */
  readonly interval?: { readonly estimate: number; readonly lower: number; readonly upper: number };
}

export interface IntervalsOptions extends FigureHeading {
  /** At most 40, drawn one below the other. */
  readonly groups: readonly IntervalGroup[];
  /** Quantity and unit of the values. */
  readonly valueName: string;
  /** What the intervals are; default `95 % interval`. */
  readonly intervalName?: string;
  /** Values to compare with, drawn as lines across all groups. */
  readonly references?: readonly { readonly name: string; readonly value: number }[];
}

const OPTIONS = [...HEADING_OPTIONS, 'groups', 'valueName', 'intervalName', 'references'];
const MOST_GROUPS = 40;
const NAME_WIDTH = 230;
const TOP = 20;
/** Beyond it an even share of the points is drawn. */
const MOST_POINTS = 500;
/** Up to so many groups the caption tells each one's estimate. */
const LISTED_GROUPS = 6;
const LOGARITHMIC_FROM = 20;

/**
 * Estimates with their intervals, group by group, and the values that they are of.
 *
 * @throws RangeError if there is no group or more than 40, a reference is not finite, or an option is not known
 * @example
 * const errors = [0.011, 0.012, 0.0115];
 * intervalsFigure({
 *   name: 'seeds',
 *   title: 'Test errors of three seeds',
 *   valueName: 'Mean squared error (squared pixel intensity)',
 *   groups: [{ name: 'CAE', values: errors, interval: bootstrapInterval(errors, { seed: 1 }) }],
 * }).name; // 'seeds'
 */
export function intervalsFigure(options: IntervalsOptions): Figure {
  const caller = 'intervalsFigure';
  const { groups, valueName, intervalName = '95 % interval', references = [] } = options;
  requireOptions(caller, options, OPTIONS);
  requireSome(caller, 'groups', groups);
  requireNumber(caller, 'the number of groups', groups.length, { from: 1, to: MOST_GROUPS });
  for (const { name, value } of references) requireNumber(caller, `the reference ${name}`, value);
  const rows = groups.map(rowOf);
  const dropped = rows.reduce((sum, row) => sum + row.dropped, 0);
  const known = rows.filter(({ estimate }) => Number.isFinite(estimate));
  const hasIntervals = rows.some(({ limits }) => limits);
  const hasPoints = rows.some(({ values }) => values.length > 0) || !hasIntervals;
  const thinned = rows.some(({ values }) => values.length > MOST_POINTS);
  return composeFigure(options, {
    caption: [
      `${valueName} of ${counted(groups.length, 'group')}: ${hasIntervals ? `estimates with their ${intervalName}` : 'medians'}${hasPoints ? `${hasIntervals ? ',' : ''} and the single values` : ''}.`,
      known.length > 0 && known.length <= LISTED_GROUPS
        ? `${known.map((row) => `${row.name} ${numbersOf(row)}`).join('; ')}.`
        : '',
      references.length > 0
        ? `For comparison: ${references.map(({ name, value }) => `${name} ${formatNumber(value)}`).join(', ')}.`
        : '',
      thinned ? `Of more than ${MOST_POINTS} values an even share is drawn.` : '',
      dropped > 0 ? `${counted(dropped, 'value')} not finite and left out.` : '',
    ],
    description: `Dot plot. ${rows.map((row) => `${row.name}: ${numbersOf(row)}, ${counted(row.values.length, 'value')}`).join('. ')}.`,
    ...draw(rows, valueName, intervalName, references, subtitleOf(options)),
  });
}

interface Row {
  readonly name: string;
  readonly values: readonly number[];
  readonly dropped: number;
  readonly estimate: number;
  readonly limits: readonly [number, number] | undefined;
}

function rowOf({ name, values, interval }: IntervalGroup): Row {
  const finite = Array.from(values).filter(Number.isFinite);
  const hasLimits = interval && Number.isFinite(interval.lower) && Number.isFinite(interval.upper);
  return {
    name,
    values: finite,
    dropped: values.length - finite.length,
    estimate: interval?.estimate ?? median(finite) ?? Number.NaN,
    limits: hasLimits ? [interval.lower, interval.upper] : undefined,
  };
}

function numbersOf({ estimate, limits }: Row): string {
  return limits
    ? `${formatNumber(estimate)} [${limits.map((limit) => formatNumber(limit)).join(', ')}]`
    : formatNumber(estimate);
}

function draw(
  rows: readonly Row[],
  valueName: string,
  intervalName: string,
  references: NonNullable<IntervalsOptions['references']>,
  subtitle: string,
): Pick<Drawing, 'body' | 'height'> {
  const names = rows.map(({ name }) => shortened(name, NAME_WIDTH, SMALL_TEXT_SIZE));
  const numbers = rows.map((row) => (Number.isFinite(row.estimate) ? numbersOf(row) : 'no value'));
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => textWidth(text, SMALL_TEXT_SIZE)));
  const pitch = rows.length > 12 ? 34 : 50;
  const { legend, offset } = placeLegendRow(entriesOf(rows, intervalName, references), subtitle);
  const area: PlotArea = {
    left: 24 + widest(names) + 14,
    right: PLOT.right - widest(numbers) - 14,
    top: TOP + offset,
    bottom: TOP + offset + pitch * rows.length,
  };
  const height = area.bottom + BELOW_PLOT;
  const shown = rows.flatMap(({ values, limits = [], estimate }) => [...values, ...limits, estimate]);
  if (!shown.some(Number.isFinite)) return { body: [emptyPlot('No value is a finite number', area)], height };
  const all = [...shown, ...references.map(({ value }) => value)];
  const { scale, ticks, logarithmic } = fittedAxis(all, [area.left + 8, area.right - 8], LOGARITHMIC_FROM);
  const middle = (row: number) => area.top + (row + 0.5) * pitch;
  return {
    body: [
      ...ticks.map((tick) => line(scale(tick), area.top, scale(tick), area.bottom, GRID)),
      ...rows.map((_, row) => line(area.left, middle(row) + pitch / 2, area.right, middle(row) + pitch / 2, GRID)),
      ...references.map(({ name, value }) => referenceMarkup(name, scale(value), area)),
      ...rows.map((row, index) => rowMarkup(row, middle(index), scale)),
      group(
        { 'font-size': SMALL_TEXT_SIZE },
        names.flatMap((name, row) => [
          label(area.left - 14, middle(row) + 5, name, { 'text-anchor': 'end' }),
          label(area.right + 14, middle(row) + 5, numbers[row], { fill: MUTED_INK }),
        ]),
      ),
      bottomAxis({ scale, ticks, title: logarithmic ? logarithmicTitle(valueName) : valueName, area }),
      legend,
    ],
    height,
  };
}

/** The interval with its estimate above, the single values below it. */
function rowMarkup({ name, values, estimate, limits }: Row, y: number, scale: (value: number) => number): Markup {
  const stride = Math.max(1, Math.ceil(values.length / MOST_POINTS));
  const points = values.filter((_, index) => index % stride === 0);
  return group({ 'data-series': name }, [
    ...points.map((value) => point(scale(value), y + 8)),
    ...(limits ? [whiskers(scale(limits[0]), scale(limits[1]), y - 6)] : []),
    ...(Number.isFinite(estimate) ? [estimateMark(scale(estimate), y - 6)] : []),
  ]);
}

function entriesOf(
  rows: readonly Row[],
  intervalName: string,
  references: NonNullable<IntervalsOptions['references']>,
): LegendEntry[] {
  const hasLimits = rows.some(({ limits }) => limits);
  const interval = (x: number, y: number) => group({}, [whiskers(x - 16, x + 16, y), estimateMark(x, y)]);
  const points = (x: number, y: number) => group({}, [point(x - 9, y), point(x, y), point(x + 8, y)]);
  const named = references.length === 1 ? shortened(references[0].name, 220) : 'references';
  return [
    hasLimits ? { text: intervalName, sample: interval } : { text: 'median', sample: estimateMark },
    ...(rows.some(({ values }) => values.length > 0) || !hasLimits ? [{ text: 'single values', sample: points }] : []),
    ...(references.length > 0
      ? [{ text: named, sample: (x: number, y: number) => element('path', { ...REFERENCE, d: `M${x - 18} ${y}h36` }) }]
      : []),
  ];
}

function referenceMarkup(name: string, x: number, { top, bottom }: PlotArea): Markup {
  return element('path', { ...REFERENCE, 'data-reference': name, d: `M${coordinate(x)} ${top}V${bottom}` });
}

const REFERENCE = { stroke: VALIDATION, 'stroke-width': 1.8, 'stroke-dasharray': '7 4', fill: 'none' };

function point(x: number, y: number): Markup {
  return element('circle', {
    cx: x,
    cy: y,
    r: 3.4,
    fill: TRAINING,
    'fill-opacity': 0.25,
    stroke: TRAINING,
    'stroke-width': 1,
  });
}

function whiskers(from: number, to: number, y: number): Markup {
  const [x1, x2, middle] = [coordinate(from), coordinate(to), coordinate(y)];
  const d = `M${x1} ${middle}H${x2}M${x1} ${coordinate(y - 5)}v10M${x2} ${coordinate(y - 5)}v10`;
  return element('path', { d, stroke: INK, 'stroke-width': 2, fill: 'none' });
}

function estimateMark(x: number, y: number): Markup {
  return element('circle', { cx: x, cy: y, r: 5, fill: INK });
}

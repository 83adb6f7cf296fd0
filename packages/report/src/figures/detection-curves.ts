import { ticks } from 'd3-array';
import { counted, formatNumber } from '../text/numbers.js';
import { BELOW_PLOT, type PlotArea } from './axes.js';
import { requireLength, requireOptions, requireShares, requireSome } from './checks.js';
import { composeFigure, type Drawing, type FigureHeading, HEADING_OPTIONS } from './compose-figure.js';
import type { Figure, Numbers } from './figure.js';
import { type LegendEntry, legendColumn, legendHeight } from './legend.js';
import { type LinesPlot, linesAxes, linesContent, plotMark } from './lines-plot.js';
import { type Point, referenceEntry, type Series, seriesEntry, seriesStyle } from './series.js';
import { shortened, textWidth } from './svg.js';
import { FIGURE_WIDTH } from './theme.js';

/** What the curves of both figures have in common. */
interface DetectionCurve {
  /** What is compared, such as a model or a class; leave it out if there is one curve only. */
  readonly name?: string;
  /** Score from which on an example was called positive at each point, falling. Needed to mark one. */
  readonly thresholds?: Numbers;
  /** The threshold that was chosen, marked on the curve. */
  readonly threshold?: number;
}

/** A receiver operating characteristic, as `rocCurve` of `@weft/analysis` gives it. */
export interface RocFigureCurve extends DetectionCurve {
  /** Shares in [0, 1], rising from 0 to 1. */
  readonly falsePositiveRates: Numbers;
  readonly truePositiveRates: Numbers;
}

/** Precisions and recalls, as `precisionRecallCurve` of `@weft/analysis` gives them. */
export interface PrecisionRecallFigureCurve extends DetectionCurve {
  /** Shares in [0, 1]; recalls rise to 1, where precision is the share of positive examples. */
  readonly recalls: Numbers;
  readonly precisions: Numbers;
}

export interface RocOptions extends FigureHeading {
  readonly curves: readonly RocFigureCurve[];
}

export interface PrecisionRecallOptions extends FigureHeading {
  readonly curves: readonly PrecisionRecallFigureCurve[];
}

const OPTIONS = [...HEADING_OPTIONS, 'curves'];
const SIDE = 500;
const AREA: PlotArea = { left: 112, right: 112 + SIDE, top: 16, bottom: 16 + SIDE };
const LEGEND_LEFT = AREA.right + 24;
const LEGEND_TEXT_WIDTH = FIGURE_WIDTH - 24 - LEGEND_LEFT - 46;
/** Up to so many curves the caption lists each one's area. */
const LISTED_CURVES = 6;

/**
 * Receiver operating characteristics with their areas, the line of chance, and the chosen thresholds.
 *
 * @throws RangeError if there is no curve, its lists differ in length or hold no shares, a threshold is marked without
 * `thresholds`, or an option is not known
 * @example
 * const curve = rocCurve([0.9, 0.4, 0.1], [1, 1, 0]);
 * rocFigure({ name: 'roc', title: 'Scratches', curves: [{ name: 'CAE', ...curve, threshold: 0.3 }] }).name; // 'roc'
 */
export function rocFigure(options: RocOptions): Figure {
  const caller = 'rocFigure';
  requireOptions(caller, options, OPTIONS);
  requireSome(caller, 'curves', options.curves);
  const curves = options.curves.map((curve, index) => {
    requireCurve(caller, `curves[${index}]`, curve, {
      falsePositiveRates: curve.falsePositiveRates,
      truePositiveRates: curve.truePositiveRates,
    });
    const points = pointsOf(curve.falsePositiveRates, curve.truePositiveRates);
    return { ...curve, points, area: trapezoids(points) };
  });
  return composeFigure(options, {
    ...draw({
      curves,
      areaName: 'AUROC',
      x: 'False positive rate (share of the normal examples)',
      y: 'True positive rate (share of the anomalous examples)',
      chance: [{ text: 'chance (0.5)', from: { x: 0, y: 0 }, to: { x: 1, y: 1 } }],
    }),
    caption: [
      `Receiver operating characteristic${curves.length > 1 ? `s of ${counted(curves.length, 'curve')}` : ''}; the area below is the probability that an anomalous example has the higher score.`,
      areaSentence('Area', curves),
      ...markedSentences(curves, 'false positive rate', 'true positive rate'),
    ],
  });
}

/**
 * Precision against recall, with average precisions, the precision of chance, and the chosen thresholds.
 *
 * @throws RangeError if there is no curve, its lists differ in length or hold no shares, a threshold is marked without
 * `thresholds`, or an option is not known
 * @example
 * const curve = precisionRecallCurve([0.9, 0.4, 0.1], [1, 1, 0]);
 * precisionRecallFigure({ name: 'pr', title: 'Scratches', curves: [curve] }).name; // 'pr'
 */
export function precisionRecallFigure(options: PrecisionRecallOptions): Figure {
  const caller = 'precisionRecallFigure';
  requireOptions(caller, options, OPTIONS);
  requireSome(caller, 'curves', options.curves);
  const curves = options.curves.map((curve, index) => {
    requireCurve(caller, `curves[${index}]`, curve, { recalls: curve.recalls, precisions: curve.precisions });
    const points = pointsOf(curve.recalls, curve.precisions);
    return { ...curve, points, area: steps(points), outline: stepped(points), positives: points[points.length - 1].y };
  });
  const shares = [...new Set(curves.map(({ positives }) => formatNumber(positives)))];
  const chance = shares.map((share) => {
    const y = curves.find(({ positives }) => formatNumber(positives) === share)!.positives;
    return { text: `chance (${share})`, from: { x: 0, y }, to: { x: 1, y } };
  });
  return composeFigure(options, {
    ...draw({ curves, areaName: 'AP', x: 'Recall', y: 'Precision', chance }),
    caption: [
      `Precision against recall${curves.length > 1 ? ` of ${counted(curves.length, 'curve')}` : ''}.`,
      areaSentence('Average precision', curves),
      shares.length === 1 ? `By chance precision is ${shares[0]}, the share of anomalous examples.` : '',
      ...markedSentences(curves, 'recall', 'precision'),
    ],
  });
}

interface Measured extends DetectionCurve {
  readonly points: readonly Point[];
  readonly area: number;
  /** The line, if it does not go straight from point to point. */
  readonly outline?: readonly Point[];
}

interface Panel {
  readonly curves: readonly Measured[];
  readonly areaName: string;
  readonly x: string;
  readonly y: string;
  readonly chance: readonly { readonly text: string; readonly from: Point; readonly to: Point }[];
}

function draw({ curves, areaName, x, y, chance }: Panel): Pick<Drawing, 'body' | 'height' | 'data'> {
  const series = curves.map((curve, index): Series => {
    const measure = `${areaName} ${formatNumber(curve.area)}`;
    const name = curve.name && shortened(curve.name, LEGEND_TEXT_WIDTH - textWidth(` · ${measure}`));
    const text = name ? `${name} · ${measure}` : measure;
    return {
      ...seriesStyle(index, curves.length),
      text,
      points: thinned(curve.outline ?? curve.points),
      unmarked: true,
    };
  });
  const marked = curves.map(markedPoint).filter((point) => point !== undefined);
  const entries: LegendEntry[] = series.map(seriesEntry);
  for (const { text } of chance.length > 3 ? [{ text: 'chance' }] : chance) entries.push(referenceEntry(text));
  if (marked.length > 0) entries.push({ text: thresholdText(curves), sample: (x, y) => plotMark('target', x, y) });
  const shares = { domain: [0, 1], ticks: ticks(0, 1, 5), logarithmic: false } as const;
  const data: LinesPlot = {
    kind: 'lines',
    area: AREA,
    height: Math.max(AREA.bottom, AREA.top + legendHeight(entries.length)) + BELOW_PLOT,
    x: { ...shares, title: x },
    y: { ...shares, title: y },
    upright: true,
    series,
    references: chance.map(({ from, to }) => ({ from, to })),
    marks: marked.map((point) => ({ kind: 'target', ...point, text: 'threshold' })),
  };
  const legend = legendColumn(LEGEND_LEFT, AREA.top + 12, entries);
  return { body: [...linesAxes(data), ...linesContent(data), legend], height: data.height, data };
}

function requireCurve(caller: string, path: string, curve: DetectionCurve, lists: Record<string, Numbers>): void {
  const [[first, wanted]] = Object.entries(lists);
  requireSome(caller, `${path}.${first}`, wanted);
  for (const [name, values] of Object.entries(lists)) {
    requireLength(caller, `${path}.${name}`, values, wanted.length, `as ${first} does`);
    requireShares(caller, `${path}.${name}`, values);
  }
  if (curve.thresholds) {
    requireLength(caller, `${path}.thresholds`, curve.thresholds, wanted.length, `as ${first} does`);
  } else if (curve.threshold !== undefined) {
    throw new RangeError(`${caller}: ${path} has a threshold but no thresholds. Give those of all points to mark it.`);
  }
}

/** The last point whose examples were all called positive at the chosen threshold. */
function markedPoint({ points, thresholds, threshold }: Measured): Point | undefined {
  if (thresholds === undefined || threshold === undefined) return undefined;
  return points[Array.from(thresholds).findLastIndex((value) => value >= threshold)];
}

function thresholdText(curves: readonly Measured[]): string {
  const chosen = curves.flatMap(({ threshold }) => (threshold === undefined ? [] : [threshold]));
  return chosen.length === 1 ? `threshold ${formatNumber(chosen[0])}` : 'chosen thresholds';
}

function areaSentence(what: string, curves: readonly Measured[]): string {
  const said = ({ name, area }: Measured) => `${name ? `${name} ` : ''}${formatNumber(area)}`;
  if (curves.length <= LISTED_CURVES) return `${what}: ${curves.map(said).join(', ')}.`;
  const ordered = curves.toSorted((a, b) => b.area - a.area);
  const mean = curves.reduce((sum, { area }) => sum + area, 0) / curves.length;
  return `${what}: from ${said(ordered[ordered.length - 1])} to ${said(ordered[0])}, mean ${formatNumber(mean)}.`;
}

function markedSentences(curves: readonly Measured[], x: string, y: string): string[] {
  const marked = curves.flatMap((curve) => {
    const point = markedPoint(curve);
    return point ? [{ ...curve, point }] : [];
  });
  if (marked.length > LISTED_CURVES) return ['Targets mark the chosen thresholds.'];
  return marked.map(({ name, threshold, point }) => {
    const whose = name && curves.length > 1 ? ` of ${name}` : '';
    return `At the threshold${whose}, ${formatNumber(threshold!)}, the ${x} is ${formatNumber(point.x)} and the ${y} ${formatNumber(point.y)}.`;
  });
}

function pointsOf(x: Numbers, y: Numbers): Point[] {
  return Array.from(x, (value, index) => ({ x: value, y: y[index] }));
}

function trapezoids(points: readonly Point[]): number {
  return points.reduce((area, { x, y }, at) => {
    const before = points[at - 1] ?? { x: 0, y: 0 };
    return area + ((x - before.x) * (y + before.y)) / 2;
  }, 0);
}

function steps(points: readonly Point[]): number {
  return points.reduce((area, { x, y }, at) => area + y * (x - (points[at - 1]?.x ?? 0)), 0);
}

/** Steps between the points, below which the area is the average precision. */
function stepped(points: readonly Point[]): Point[] {
  return points.flatMap((point, at) => [{ x: points[at - 1]?.x ?? 0, y: point.y }, point]);
}

/** Without the points that lie within half a pixel of the one before: a curve of many examples is no longer to draw. */
function thinned(points: readonly Point[]): Point[] {
  const nearest = 0.5 / SIDE;
  const kept: Point[] = [];
  points.forEach((point, at) => {
    const last = kept[kept.length - 1];
    const apart = !last || Math.max(Math.abs(point.x - last.x), Math.abs(point.y - last.y)) >= nearest;
    if (apart || at === points.length - 1) kept.push(point);
  });
  return kept;
}

import { z } from 'zod';
import { list } from '../record/fields.js';
import type { BarsPlot } from './bars-plot.js';
import type { LinesPlot } from './lines-plot.js';
import type { PointsPlot } from './points-plot.js';

/** What a figure shows, as plain data from which a page makes it explorable. */
export type FigureData = LinesPlot | BarsPlot | PointsPlot;

/** A number; null stands for one that is not finite. */
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const numbers = list(number);
const point = z.strictObject({ x: number, y: number });
/** Colours come into attributes and canvases. */
const colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'expected a colour such as #0b4f8a');
const colours = z.string().regex(/^[0-9a-f]{1536}$/i, 'expected 256 colours');
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'expected base64');
const pixels = z.number().min(-10_000).max(10_000);
const size = z.int().min(1).max(4096);
const shape = z.int().min(0).max(1000);

const axis = z.strictObject({
  title: z.string(),
  domain: z.tuple([z.number(), z.number()]),
  ticks: list(z.number()),
  logarithmic: z.boolean(),
  whole: z.boolean().optional(),
});
const frame = {
  area: z.strictObject({ left: pixels, right: pixels, top: pixels, bottom: pixels }),
  height: pixels,
  x: axis,
  y: axis,
};

const series = z.strictObject({
  text: z.string(),
  colour,
  dashes: z
    .string()
    .regex(/^[\d. ]*$/, 'expected lengths of dashes')
    .optional(),
  mark: z.union([z.literal('disc'), z.literal('square'), z.strictObject({ shape })]),
  points: list(point),
  band: list(z.strictObject({ x: number, low: number, high: number })).optional(),
  unmarked: z.boolean().optional(),
  unjoined: z.boolean().optional(),
});
const lines = z.strictObject({
  kind: z.literal('lines'),
  ...frame,
  series: list(series),
  references: list(z.strictObject({ from: point, to: point })).optional(),
  marks: list(z.strictObject({ kind: z.enum(['ring', 'target']), text: z.string(), x: number, y: number })).optional(),
  upright: z.boolean().optional(),
});

const pictures = z.strictObject({
  titles: list(z.string()).refine((titles) => titles.length > 1, 'expected two titles at least'),
  height: size,
  width: size,
  png: base64,
  colours: colours.optional(),
  errorColours: colours,
  images: list(z.strictObject({ index: z.int().min(0), error: z.number(), className: z.string().optional() })),
});
const bars = z
  .strictObject({
    kind: z.literal('bars'),
    ...frame,
    edges: numbers,
    heights: numbers,
    counts: numbers,
    curve: z.strictObject({ text: z.string(), x: numbers, y: numbers }).optional(),
    pictures: pictures.optional(),
  })
  .refine(({ edges, heights, counts }) => heights.length === edges.length - 1 && counts.length === heights.length, {
    error: 'expected one edge more than bars',
  });

const points = z
  .strictObject({
    kind: z.literal('points'),
    ...frame,
    classes: list(
      z.strictObject({ name: z.string().optional(), colour, shape, mean: z.tuple([z.number(), z.number()]) }),
    ),
    across: numbers,
    up: numbers,
    members: list(z.int().min(0)),
    images: list(z.int().min(0)).optional(),
    radius: z.number().min(0).max(100),
  })
  .refine(({ across, up, members }) => up.length === across.length && members.length === across.length, {
    error: 'expected as many coordinates as classes of points',
  })
  .refine(({ members, classes }) => members.every((member) => member < classes.length), {
    error: 'expected indices of classes',
  });

const figureData = z.discriminatedUnion('kind', [lines, bars, points]);

/**
 * The data of a figure as text; numbers that are not finite become null.
 *
 * @example
 * const { data } = linesFigure({ name: 'line', title: 'A line', xTitle: 'x', yTitle: 'y', series: [{ name: 'y', x: [1], y: [2] }] });
 * figureDataText(data!).slice(0, 16); // '{"kind":"lines",'
 */
export function figureDataText(data: FigureData): string {
  return `${JSON.stringify(data)}\n`;
}

/**
 * Reads what {@link figureDataText} wrote.
 *
 * @param text content of a file such as `figures/figure-2.json`, which may come from anywhere
 * @returns the data; undefined if the text is no data of a figure, which then stays a picture
 * @example
 * parseFigureData('{"kind":"lines"}'); // undefined
 */
export function parseFigureData(text: string): FigureData | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = figureData.safeParse(json);
  return parsed.success ? (parsed.data as FigureData) : undefined;
}

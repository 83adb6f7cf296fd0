import { quantile } from '@weft/analysis';
import { counted, formatNumber } from '../text/numbers.js';
import { requireLength, requireNumber, requireOptions } from './checks.js';
import { imageColours, MAGMA, mappedColours } from './colour-map.js';
import { composeFigure, type FigureHeading, HEADING_OPTIONS } from './compose-figure.js';
import { type DatasetInfo, type Figure, type Images, lowered, type Numbers } from './figure.js';
import { type ImageRow, imageCount, imageGrid } from './image-grid.js';
import { LEGEND_Y, legendRow } from './legend.js';
import { maskOutline, outlineMarkup } from './mask-outline.js';
import { FIGURE_WIDTH } from './theme.js';

export interface ErrorHeatmapsOptions extends FigureHeading {
  readonly dataset: DatasetInfo;
  /** [n, height, width, channels], flat. */
  readonly pictures: Images;
  /** As many; leave them out for none. */
  readonly reconstructions?: Images;
  /** An error for each pixel, [n, height, width], flat, from 0. */
  readonly heatMaps: Numbers;
  /** Pixels that belong to a defect are not 0, [n, height, width], flat: they get an outline. */
  readonly masks?: Numbers;
  /** A text below each picture, such as its score. */
  readonly captions?: readonly string[];
  /** What the errors are; default: squared error. */
  readonly errorName?: string;
  /** The error of the brightest colour; default: the 99.9th percentile of those shown. */
  readonly brightest?: number;
}

const OPTIONS = ['pictures', 'reconstructions', 'heatMaps', 'masks', 'captions', 'errorName', 'brightest'];
const COLUMNS = 8;
const FEWEST_COLUMNS = 5;
/** One pixel with a huge error would leave all others dark. */
const BRIGHTEST_SHARE = 0.999;

/**
 * Pictures over their reconstructions over their errors, pixel by pixel, with outlines of the defects that are known.
 * Pictures are in grey or in their colours, so that bright colours are errors. The first eight are drawn.
 *
 * @throws RangeError if pictures, reconstructions, heat maps, masks or captions do not fit each other, or an option is not
 * known or out of bounds
 * @example
 * const dataset = { name: 'screws', synthetic: false, classNames: [], height: 2, width: 2, channels: 1 };
 * errorHeatmaps({
 *   name: 'heatmaps',
 *   title: 'Where the errors are',
 *   dataset,
 *   pictures: Uint8Array.of(0, 0, 255, 255),
 *   reconstructions: Uint8Array.of(0, 0, 255, 0),
 *   heatMaps: [0, 0, 0, 1],
 * }).name; // 'heatmaps'
 */
export function errorHeatmaps(options: ErrorHeatmapsOptions): Figure {
  const caller = 'errorHeatmaps';
  const { dataset, pictures, reconstructions, masks, captions, errorName = 'Squared error' } = options;
  requireOptions(caller, options, [...HEADING_OPTIONS, ...OPTIONS]);
  const count = imageCount(`${caller}: pictures`, pictures, dataset);
  const pixels = dataset.height * dataset.width;
  const each = `one for each pixel of ${counted(count, 'picture')}`;
  if (reconstructions) requireLength(caller, 'reconstructions', reconstructions, pictures.length, 'as pictures does');
  requireLength(caller, 'heatMaps', options.heatMaps, count * pixels, each);
  if (masks) requireLength(caller, 'masks', masks, count * pixels, each);
  if (captions) requireLength(caller, 'captions', captions, count, 'one for each picture');
  if (options.brightest !== undefined)
    requireNumber(caller, 'brightest', options.brightest, { from: Number.MIN_VALUE });
  const shown = Math.min(COLUMNS, count);
  const heatMaps = Float32Array.from(Array.prototype.slice.call(options.heatMaps, 0, shown * pixels));
  const { top, cut } = brightestOf(heatMaps, options.brightest);
  const outlined = masks ? outlines(masks, dataset) : undefined;
  const rows = rowsOf(options, heatMaps, top, outlined);
  const key = {
    title: errorName,
    low: '0',
    high: cut ? `≥ ${formatNumber(top)}` : formatNumber(top),
    table: MAGMA,
  };
  const { body, height } = imageGrid(shown === 0 ? [] : rows, Math.max(shown, FEWEST_COLUMNS), dataset, key);
  const legend = outlined
    ? [legendRow(FIGURE_WIDTH - 28, LEGEND_Y, [{ text: 'marked defect', sample: sampleOutline }])]
    : [];
  const order = rows.map(({ title }) => lowered(title ?? '')).join(', ');
  return composeFigure(options, {
    caption: [
      `${counted(shown, 'picture')} from top to bottom: ${order}.`,
      heatMaps.length > 0 && cut
        ? `Colours end at ${formatNumber(top)}; the largest value is ${formatNumber(largest(heatMaps))}.`
        : '',
      outlined
        ? `Outlines are of the marked defects, which ${counted(marked(masks!, shown, pixels), 'picture has', 'pictures have')}.`
        : '',
      count > shown ? `Drawn are the first ${shown} of ${count}.` : '',
    ],
    body: [...legend, ...body],
    height,
  });
}

type Overlay = NonNullable<ImageRow['overlay']>;

function rowsOf(
  { dataset, pictures, reconstructions, captions, errorName = 'Squared error' }: ErrorHeatmapsOptions,
  heatMaps: Float32Array,
  top: number,
  overlay: Overlay | undefined,
): ImageRow[] {
  const { width, channels } = dataset;
  const colours = (image: Images) => imageColours(image, channels, { map: 'grey', width });
  const outlined = overlay ? { overlay } : {};
  return [
    { title: 'Picture', images: pictures, colours, ...(captions ? { captions } : {}), ...outlined },
    ...(reconstructions ? [{ title: 'Reconstruction', images: reconstructions, colours }] : []),
    {
      title: errorName,
      images: heatMaps,
      channels: 1,
      colours: (image: Images) => mappedColours(image, 0, top, MAGMA),
      ...outlined,
    },
  ];
}

function outlines(masks: Numbers, { height, width }: DatasetInfo): Overlay {
  const pixels = height * width;
  return (column, x, y, scale) => {
    const mask = Array.from({ length: pixels }, (_, pixel) => masks[column * pixels + pixel] !== 0);
    return outlineMarkup(maskOutline(mask, height, width, scale), x, y);
  };
}

function sampleOutline(x: number, y: number) {
  return outlineMarkup('M0 0h26v12h-26z', x - 13, y - 6);
}

/** The error of the brightest colour, and whether some are larger. */
function brightestOf(heatMaps: Float32Array, wanted: number | undefined): { top: number; cut: boolean } {
  const finite = Float64Array.from(heatMaps).filter(Number.isFinite);
  if (finite.length === 0) return { top: wanted ?? 1, cut: false };
  const highest = largest(heatMaps);
  const top = wanted ?? quantile(finite, BRIGHTEST_SHARE);
  // A tail that is hardly longer is no reason to cut it.
  const end = wanted === undefined && (highest < top * 1.5 || top <= 0) ? Math.max(highest, 0) : top;
  return { top: end > 0 ? end : 1, cut: highest > end };
}

function largest(values: Float32Array): number {
  return values.reduce(
    (most, value) => (Number.isFinite(value) && value > most ? value : most),
    Number.NEGATIVE_INFINITY,
  );
}

function marked(masks: Numbers, shown: number, pixels: number): number {
  return Array.from({ length: shown }, (_, picture) =>
    Array.prototype.slice.call(masks, picture * pixels, (picture + 1) * pixels).some((value) => value !== 0),
  ).filter(Boolean).length;
}
